//! `roles`, `provider` and `role_map` of an issuer: where roles are read, and what they are called here.

use authn::ClaimPath;
use deserr::{Deserr, IntoValue, Value, ValuePointerRef};

use super::problem::{Invalid, Problems, found};
use super::value::Given;

/// One of `roles`: `realm_access.roles`, `["https://example.com/roles"]`, `{ claim: scope, split: " " }`.
#[derive(Debug)]
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

#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
struct SplitConfig {
    claim: ClaimPathConfig,
    #[deserr(default)]
    split: Given<Separator>,
}

/// What separates the roles in a string.
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = Separator::parse -> Invalid, error = Problems)]
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
pub(crate) enum ProviderConfig {
    Keycloak,
    Auth0,
    Cognito,
    Entra,
    Okta,
}
