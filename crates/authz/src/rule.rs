//! One row of the permission table.

use crate::pattern::{HostPattern, MethodPattern, PathPattern};
use crate::requirement::{Requirement, View};
use crate::unmet::Unmet;

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
    /// The path variables that its requirement compares claims with. Each of its paths has them.
    pub variables: Vec<String>,
    /// Who may reach its targets.
    pub access: Access,
    /// What a client that may not is told.
    pub message: Option<String>,
    /// Whether a client that may not is told that there is nothing at all.
    pub hidden: bool,
    /// Whether its denials stop a request; if not, they are only noted (shadow).
    pub enforced: bool,
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
    /// Who meets this.
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

    pub(crate) fn permits(&self, view: &View<'_>) -> Result<(), Unmet<'_>> {
        match (&self.access, view.facts.principal) {
            (Access::Public, _) | (Access::Authenticated, Some(_)) => Ok(()),
            (Access::Require(requirement), Some(_)) => requirement.check(view),
            // What the anonymous role may do; of the rest, nothing is known yet.
            (Access::Require(requirement), None) => {
                requirement.check(view).map_err(|_| Unmet::NoPrincipal)
            }
            (Access::Nobody, _) => Err(Unmet::Nobody),
            (Access::Authenticated, None) => Err(Unmet::NoPrincipal),
        }
    }
}
