//! `roles`: hierarchy and permissions.

use authz::PermissionPattern;
use deserr::Deserr;

use super::problem::{Invalid, Problems};
use super::value::{Given, Name, NonEmpty};

/// One role. Without members it is a name that rules may ask for.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct RoleConfig {
    #[deserr(default)]
    pub(crate) inherits: Given<NonEmpty<Name>>,
    #[deserr(default)]
    pub(crate) permissions: Given<NonEmpty<PermissionPatternConfig>>,
}

/// One of a role's `permissions`.
#[derive(Debug, Deserr)]
#[deserr(try_from(&String) = PermissionPatternConfig::parse -> Invalid, error = Problems)]
pub(crate) struct PermissionPatternConfig(pub(crate) PermissionPattern);

impl PermissionPatternConfig {
    fn parse(text: &str) -> Result<Self, Invalid> {
        Ok(Self(PermissionPattern::parse(text)?))
    }
}
