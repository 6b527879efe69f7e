//! `rules[].allow`: who may.

use authz::Permission;
use deserr::{Deserr, IntoValue, Map as _, Value, ValuePointerRef};

use super::claim_values::ClaimValues;
#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems, found, unknown};
use super::value::{Given, Members, Name, NonEmpty};

/// `allow`: a word, or what is asked for.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, rename_all = "lowercase"))]
pub(crate) enum AllowConfig {
    /// Everybody, with a token or without.
    Public,
    /// Anybody with a valid token.
    Authenticated,
    /// Nobody at all.
    Nobody,
    /// Those who meet what is asked for.
    #[cfg_attr(feature = "schema", schemars(untagged))]
    Require(Box<RequirementConfig>),
}

/// A requirement: members that must all hold, at least one of them.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    rename = "Requirement", extend("minProperties" = 1), transform = json_schema::object::<Self>
))]
pub(crate) struct RequirementConfig {
    /// The principal has one of these roles.
    #[deserr(default)]
    pub(crate) roles: Given<NonEmpty<Name>>,
    /// The principal has every one of these roles.
    #[deserr(default)]
    pub(crate) all_roles: Given<NonEmpty<Name>>,
    /// One of the principal's roles permits one of these.
    #[deserr(default)]
    pub(crate) permissions: Given<NonEmpty<PermissionConfig>>,
    /// The principal's roles permit every one of these.
    #[deserr(default)]
    pub(crate) all_permissions: Given<NonEmpty<PermissionConfig>>,
    /// The token has all of these, in `scope` or `scp`: at most 32, of 1024 bytes together.
    #[deserr(default)]
    pub(crate) scopes: Given<ScopesConfig>,
    /// Each claim named is what is said, or one of a list, by type: `"5"` is not `5`. `"{id}"` is what stands in the path at
    /// `{id}`, `{ header: x-tenant }` the value of that header. `a.b` nests; `["https://x.y/dept"]` as a key is a literal
    /// name.
    #[deserr(default)]
    pub(crate) claims: Given<Members<ClaimValues>>,
    /// One of these requirements is met. Up to 16 deep, as `all` and `not`.
    #[deserr(default)]
    pub(crate) any: Given<NonEmpty<Nested>>,
    /// Every one of these requirements is met.
    #[deserr(default)]
    pub(crate) all: Given<NonEmpty<Nested>>,
    /// It is known that this requirement is not met.
    #[deserr(default)]
    pub(crate) not: Given<Box<Nested>>,
}

/// A requirement inside another. As deep as the configuration is nested, which its readers bound.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, schema_with = "json_schema::permission"))]
pub(crate) struct PermissionConfig(pub(crate) Permission);

impl PermissionConfig {
    fn parse(text: &str) -> Result<Self, Invalid> {
        Ok(Self(Permission::parse(text)?))
    }
}

/// `scopes`. A challenge repeats the list, and clients take headers of a few kilobytes only, all together.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, with = "NonEmpty<ScopeConfig>", extend("maxItems" = Self::MAX)
))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, extend("pattern" = r"^[!#-\[\]-~]{1,256}$")))]
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
