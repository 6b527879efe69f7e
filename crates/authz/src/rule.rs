//! One row of the permission table.

use authn::Principal;

use crate::pattern::{HostPattern, MethodPattern, PathPattern};
use crate::requirement::{Requirement, Unmet};

/// One row of the permission table: the targets it governs, and who may reach them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its unique name in configuration, logs and metrics.
    pub name: String,
    /// The hosts it governs; at least one pattern.
    pub hosts: Vec<HostPattern>,
    /// The methods it governs; at least one pattern.
    pub methods: Vec<MethodPattern>,
    /// The paths it governs; at least one pattern.
    pub paths: Vec<PathPattern>,
    /// Who may reach its targets.
    pub access: Access,
    /// What a client that may not is told.
    pub message: Option<String>,
}

/// Who may reach a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Anybody, with or without a token.
    Public,
    /// Any principal.
    Authenticated,
    /// No one at all.
    Nobody,
    /// Principals that meet this.
    Require(Requirement),
}

impl Rule {
    /// Whether the answer depends on who is asking. If not, no token is read.
    #[must_use]
    pub fn needs_principal(&self) -> bool {
        match self.access {
            Access::Public | Access::Nobody => false,
            Access::Authenticated | Access::Require(_) => true,
        }
    }

    /// Whether this principal, or a request without one, may reach the rule's targets. Where the rule
    /// needs a principal and there is none, nobody may.
    ///
    /// # Errors
    /// [`Unmet`]: what is missing.
    pub fn permits(&self, principal: Option<&Principal>) -> Result<(), Unmet<'_>> {
        match (&self.access, principal) {
            (Access::Public, _) | (Access::Authenticated, Some(_)) => Ok(()),
            (Access::Require(requirement), Some(principal)) => requirement.check(principal),
            (Access::Nobody, _) => Err(Unmet::Nobody),
            (Access::Authenticated | Access::Require(_), None) => Err(Unmet::NoPrincipal),
        }
    }
}
