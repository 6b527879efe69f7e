//! `roles`: hierarchy and permissions.

use authz::PermissionPattern;
use deserr::Deserr;

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems};
use super::value::{Given, Name, NonEmpty};

/// One role. Without members it is a name that rules may ask for.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Role", transform = json_schema::object::<Self>))]
pub(crate) struct RoleConfig {
    /// Roles that whoever has this one has too.
    #[deserr(default)]
    pub(crate) inherits: Given<NonEmpty<Name>>,
    /// What it permits: `resource:action`, `resource:*` or `*`.
    #[deserr(default)]
    pub(crate) permissions: Given<NonEmpty<PermissionPatternConfig>>,
}

/// One of a role's `permissions`.
#[derive(Debug, Deserr)]
#[deserr(try_from(&String) = PermissionPatternConfig::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, schema_with = "json_schema::permission_pattern"))]
pub(crate) struct PermissionPatternConfig(pub(crate) PermissionPattern);

impl PermissionPatternConfig {
    fn parse(text: &str) -> Result<Self, Invalid> {
        Ok(Self(PermissionPattern::parse(text)?))
    }
}
