//! `rules[].allow`: who may.

use authz::Permission;
use deserr::{Deserr, IntoValue, Map as _, Value, ValuePointerRef};

use super::claim_values::ClaimValues;
use super::problem::{Invalid, Problems, found, unknown};
use super::value::{Given, Members, Name, NonEmpty};

/// `allow`: a word, or what is asked for.
#[derive(Debug)]
pub(crate) enum AllowConfig {
    Public,
    Authenticated,
    Nobody,
    Require(Box<RequirementConfig>),
}

/// A requirement: members that must all hold, at least one of them.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct RequirementConfig {
    #[deserr(default)]
    pub(crate) roles: Given<NonEmpty<Name>>,
    #[deserr(default)]
    pub(crate) all_roles: Given<NonEmpty<Name>>,
    #[deserr(default)]
    pub(crate) permissions: Given<NonEmpty<PermissionConfig>>,
    #[deserr(default)]
    pub(crate) all_permissions: Given<NonEmpty<PermissionConfig>>,
    #[deserr(default)]
    pub(crate) scopes: Given<ScopesConfig>,
    #[deserr(default)]
    pub(crate) claims: Given<Members<ClaimValues>>,
    #[deserr(default)]
    pub(crate) any: Given<NonEmpty<Nested>>,
    #[deserr(default)]
    pub(crate) all: Given<NonEmpty<Nested>>,
    #[deserr(default)]
    pub(crate) not: Given<Box<Nested>>,
}

/// A requirement inside another. As deep as the configuration is nested, which its readers bound.
#[derive(Debug)]
pub(crate) struct Nested(pub(crate) RequirementConfig);

impl Deserr<Problems> for Nested {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        if matches!(&value, Value::Map(members) if members.is_empty()) {
            return Err(Problems::at(location, "asks for nothing; name something"));
        }
        RequirementConfig::deserialize_from_value(value, location).map(Self)
    }
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
            value @ Value::Map(_) => Nested::deserialize_from_value(value, location)
                .map(|nested| Self::Require(Box::new(nested.0))),
            other => {
                let found = found(&other);
                let message =
                    format!("expected `{}` or an object, found {found}", WORDS.join("`, `"));
                Err(Problems::at(location, message))
            }
        }
    }
}

/// One of `permissions`.
#[derive(Debug, Deserr)]
#[deserr(try_from(&String) = PermissionConfig::parse -> Invalid, error = Problems)]
pub(crate) struct PermissionConfig(pub(crate) Permission);

impl PermissionConfig {
    fn parse(text: &str) -> Result<Self, Invalid> {
        Ok(Self(Permission::parse(text)?))
    }
}

/// `scopes`. A challenge repeats the list, and clients take headers of a few kilobytes only, all together.
#[derive(Debug)]
pub(crate) struct ScopesConfig(pub(crate) Vec<ScopeConfig>);

impl ScopesConfig {
    const MAX: usize = 32;
    const MAX_BYTES: usize = 1_024;
}

impl Deserr<Problems> for ScopesConfig {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let NonEmpty(scopes) = NonEmpty::<ScopeConfig>::deserialize_from_value(value, location)?;
        let count = scopes.len();
        if count > Self::MAX {
            let message = format!("expected at most {} scopes, found {count}", Self::MAX);
            return Err(Problems::at(location, message));
        }
        // As the challenge writes them: a blank after each but the last.
        let written = scopes.iter().map(|scope| scope.0.len().saturating_add(1)).sum::<usize>();
        let bytes = written.saturating_sub(1);
        if bytes > Self::MAX_BYTES {
            let most = Self::MAX_BYTES;
            let message =
                format!("expected scopes of at most {most} bytes together, found {bytes}");
            return Err(Problems::at(location, message));
        }
        Ok(Self(scopes))
    }
}

/// A scope-token of RFC 6749 section 3.3, which a challenge can name.
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = ScopeConfig::parse -> Invalid, error = Problems)]
pub(crate) struct ScopeConfig(pub(crate) String);

impl ScopeConfig {
    fn parse(text: String) -> Result<Self, Invalid> {
        let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        if (1..=256).contains(&text.len()) && text.bytes().all(allowed) {
            return Ok(Self(text));
        }
        let expected = "expected 1 to 256 printable ASCII characters without blanks, `\"` and `\\`";
        Err(Invalid(format!("{} is not a scope; {expected}", authn::text::quoted(&text))))
    }
}
