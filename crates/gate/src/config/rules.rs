//! `rules`: the permission table.

use authz::{HostPattern, MethodPattern};
use deserr::{Deserr, IntoValue, Value, ValuePointerRef};

use super::problem::{Invalid, Problems, found, unknown};
use super::value::{Given, Message, Name, NonEmpty};

/// One row of the permission table. It has `path` or `paths`, which is checked on the row as it is written; so are
/// these patterns, whose grammar depends on the configuration's `paths`.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct RuleConfig {
    #[deserr(default)]
    pub(crate) name: Given<Name>,
    #[deserr(default)]
    pub(crate) hosts: Given<NonEmpty<Pattern<HostPattern>>>,
    #[deserr(default)]
    pub(crate) methods: Given<NonEmpty<Pattern<MethodPattern>>>,
    #[deserr(default)]
    pub(crate) path: Given<String>,
    #[deserr(default)]
    pub(crate) paths: Given<NonEmpty<String>>,
    pub(crate) allow: AllowConfig,
    #[deserr(default)]
    pub(crate) message: Given<Message>,
}

/// A pattern, with the text it was written as.
#[derive(Debug)]
pub(crate) struct Pattern<P> {
    pub(crate) text: String,
    pub(crate) compiled: P,
}

/// A pattern that is written as one string.
pub(crate) trait Parse: Sized {
    fn parse(text: &str) -> Result<Self, Invalid>;
}

impl Parse for HostPattern {
    fn parse(text: &str) -> Result<Self, Invalid> {
        Ok(Self::parse(text)?)
    }
}

impl Parse for MethodPattern {
    fn parse(text: &str) -> Result<Self, Invalid> {
        Ok(Self::parse(text)?)
    }
}

impl<P: Parse> Deserr<Problems> for Pattern<P> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let text = String::deserialize_from_value(value, location)?;
        match P::parse(&text) {
            Ok(compiled) => Ok(Self { text, compiled }),
            Err(Invalid(message)) => Err(Problems::at(location, message)),
        }
    }
}

/// `allow`: who may.
#[derive(Debug)]
pub(crate) enum AllowConfig {
    Public,
    Authenticated,
    Nobody,
    Require(RequirementConfig),
}

/// A requirement: members that must all hold.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct RequirementConfig {
    pub(crate) roles: NonEmpty<Name>,
}

impl Deserr<Problems> for AllowConfig {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        const WORDS: &[&str] = &["public", "authenticated", "nobody"];
        match value {
            Value::String(word) => match word.as_str() {
                "public" => Ok(Self::Public),
                "authenticated" => Ok(Self::Authenticated),
                "nobody" => Ok(Self::Nobody),
                _ => Err(Problems::at(
                    location,
                    unknown("value", &word, WORDS) + ", or an object such as `{ roles: [admin] }`",
                )),
            },
            value @ Value::Map(_) => {
                RequirementConfig::deserialize_from_value(value, location).map(Self::Require)
            }
            other => {
                let found = found(&other);
                let message =
                    format!("expected `{}` or an object, found {found}", WORDS.join("`, `"));
                Err(Problems::at(location, message))
            }
        }
    }
}
