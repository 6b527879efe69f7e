//! `rules`: the permission table.

use authz::{HostPattern, MethodPattern};
use deserr::{Deserr, IntoValue, Value, ValuePointerRef};

use super::allow::AllowConfig;
use super::grpc::GrpcConfig;
use super::mode::ModeConfig;
use super::problem::{Invalid, Problems};
use super::value::{Given, Message, Name, NonEmpty};

/// One row of the permission table. It has one of `path`, `paths` and `grpc`, which is checked on the row as it is written;
/// so are the patterns of the first two, whose grammar depends on the configuration's `paths`.
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
    #[deserr(default)]
    pub(crate) grpc: Given<GrpcConfig>,
    pub(crate) allow: AllowConfig,
    #[deserr(default)]
    pub(crate) message: Given<Message>,
    #[deserr(default)]
    pub(crate) status: Given<HidingStatus>,
    #[deserr(default)]
    pub(crate) mode: Given<ModeConfig>,
}

/// `status`: what a denial of the rule says instead of 401 and 403.
#[derive(Debug, Deserr)]
#[deserr(try_from(u32) = HidingStatus::parse -> Invalid, error = Problems)]
pub(crate) struct HidingStatus;

impl HidingStatus {
    fn parse(status: u32) -> Result<Self, Invalid> {
        match status {
            404 => Ok(Self),
            _ => Err(Invalid(format!(
                "expected 404, which hides what the rule governs, found {status}"
            ))),
        }
    }
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
