//! `roles`, `provider` and `role_map` of an issuer: where roles are read, and what they are called here.

use authn::ClaimPath;
use deserr::{Deserr, IntoValue, Value, ValuePointerRef};

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems, found};
use super::value::Given;

/// One of `roles`: `realm_access.roles`, `["https://example.com/roles"]`, `{ claim: scope, split: " " }`.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, schema_with = "json_schema::role_source"))]
pub(crate) struct RoleSourceConfig {
    pub(crate) claim: ClaimPathConfig,
    pub(crate) split: Given<Separator>,
}

impl Deserr<Problems> for RoleSourceConfig {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        if let value @ Value::Map(_) = value {
            let SplitConfig { claim, split } =
                SplitConfig::deserialize_from_value(value, location)?;
            return Ok(Self { claim, split });
        }
        let claim = ClaimPathConfig::deserialize_from_value(value, location)?;
        Ok(Self { claim, split: Given::default() })
    }
}

/// A claim that holds roles, and what separates them in a string.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    rename = "RoleSource", transform = json_schema::object::<Self>
))]
pub(super) struct SplitConfig {
    /// Where the claim is: `a.b` nests, a list is literal names.
    claim: ClaimPathConfig,
    /// What separates the roles of a string; left out, a string is one role, blanks and all.
    #[deserr(default)]
    split: Given<Separator>,
}

/// What separates the roles in a string.
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = Separator::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, extend("minLength" = 1)))]
pub(crate) struct Separator(pub(crate) String);

impl Separator {
    fn parse(text: String) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid("the separator is empty".to_owned()));
        }
        Ok(Self(text))
    }
}

/// A claim path: names joined by dots, or a list of literal names.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, schema_with = "json_schema::claim_path"))]
pub(crate) struct ClaimPathConfig(pub(crate) ClaimPath);

impl Deserr<Problems> for ClaimPathConfig {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let path = match value {
            Value::String(text) => ClaimPath::parse(&text),
            value @ Value::Sequence(_) => {
                ClaimPath::literal(Vec::<String>::deserialize_from_value(value, location)?)
            }
            other => {
                let found = found(&other);
                let message = format!("expected a claim path (a string or a list), found {found}");
                return Err(Problems::at(location, message));
            }
        };
        path.map(Self).map_err(|invalid| Problems::at(location, invalid.to_string()))
    }
}

/// `provider`: whose tokens these are, which says where roles are.
#[derive(Debug, Clone, Copy, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, rename_all = "lowercase"))]
pub(crate) enum ProviderConfig {
    /// `realm_access.roles`, and `resource_access.<client>.roles` for each of the issuer's `audiences`.
    Keycloak,
    /// The one top-level claim whose name is an `http(s)` URL that ends in `/roles`.
    Auth0,
    /// `cognito:groups`.
    Cognito,
    /// `roles`, the app roles.
    Entra,
    /// `groups`.
    Okta,
}
