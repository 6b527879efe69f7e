//! What a rule asks of the principal.

use std::fmt;

use authn::Principal;

/// What a rule asks of the principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// Any one of these roles.
    Roles(Vec<String>),
}

impl Requirement {
    /// Whether this principal meets the requirement.
    ///
    /// # Errors
    /// [`Unmet`]: what was asked and not there.
    pub fn check(&self, principal: &Principal) -> Result<(), Unmet<'_>> {
        match self {
            Self::Roles(roles) => {
                if roles.iter().any(|role| principal.has_role(role)) {
                    Ok(())
                } else {
                    Err(Unmet::Roles(roles))
                }
            }
        }
    }
}

/// A requirement that a principal does not meet, in words for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmet<'a> {
    /// The rule lets nobody through.
    Nobody,
    /// There is no principal.
    NoPrincipal,
    /// None of these roles is there.
    Roles(&'a [String]),
}

impl fmt::Display for Unmet<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => formatter.write_str("the rule lets nobody through"),
            Self::NoPrincipal => formatter.write_str("the rule needs a principal"),
            Self::Roles(roles) => write!(formatter, "has none of the roles {roles:?}"),
        }
    }
}
