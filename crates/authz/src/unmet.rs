//! Why a rule refuses, in words for the log.

use std::fmt;

use crate::claim_test::ClaimTest;
use crate::requirement::{Requirement, Scopes};
use crate::roles::Grant;

/// What a request lacks to meet its rule. Names what the policy asks for, never a value of the request's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmet<'p> {
    /// The rule lets nobody through.
    Nobody,
    /// There is no principal, and the rule needs one.
    NoPrincipal,
    /// None of these roles is there.
    Roles(&'p [Grant]),
    /// This role is not there.
    Role(&'p Grant),
    /// None of these permissions is there.
    Permissions(&'p [Grant]),
    /// This permission is not there.
    Permission(&'p Grant),
    /// Not all of these scopes are there.
    Scopes(&'p Scopes),
    /// The claim is not there, or has another value.
    Claim(&'p ClaimTest),
    /// The claim cannot be compared with what the rule asks for.
    Incomparable(&'p ClaimTest),
    /// None of several requirements is met, for these reasons.
    Any(Vec<Unmet<'p>>),
    /// What must not be met is.
    Not(&'p Requirement),
}

impl Unmet<'_> {
    /// Whether it is known not to be met, rather than not known to be.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        match self {
            Self::NoPrincipal | Self::Incomparable(_) => false,
            Self::Any(unmet) => unmet.iter().all(Unmet::is_certain),
            _ => true,
        }
    }

    /// The scopes that would have helped, if scopes were asked for: those that are asked for first.
    #[must_use]
    pub fn scopes(&self) -> Option<&[String]> {
        match self {
            Self::Scopes(scopes) => Some(&scopes.names),
            Self::Any(unmet) => unmet.iter().find_map(Unmet::scopes),
            _ => None,
        }
    }
}

impl fmt::Display for Unmet<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => formatter.write_str("the rule lets nobody through"),
            Self::NoPrincipal => formatter.write_str("the rule needs a principal"),
            Self::Roles(roles) => write!(formatter, "has none of the roles {:?}", names(roles)),
            Self::Role(role) => write!(formatter, "lacks the role {:?}", role.name),
            Self::Permissions(permissions) => {
                write!(formatter, "has none of the permissions {:?}", names(permissions))
            }
            Self::Permission(permission) => {
                write!(formatter, "lacks the permission {:?}", permission.name)
            }
            Self::Scopes(scopes) => write!(formatter, "lacks one of the scopes {:?}", scopes.names),
            Self::Claim(test) => write!(formatter, "claim {test}"),
            Self::Incomparable(test) => {
                write!(formatter, "claim `{}` cannot be compared for certain", test.name)
            }
            Self::Any(unmet) => {
                let reasons: Vec<_> = unmet.iter().map(ToString::to_string).collect();
                write!(formatter, "none of: {}", reasons.join("; "))
            }
            Self::Not(_) => formatter.write_str("meets what `not` names"),
        }
    }
}

fn names(grants: &[Grant]) -> Vec<&str> {
    grants.iter().map(|grant| grant.name.as_str()).collect()
}
