//! What may be said of a rule for everybody who has some roles, whatever else their tokens say.

use authn::Numbers;

use crate::requirement::Requirement;
use crate::roles::Grant;
use crate::rule::{Access, Rule};

/// Whether those with some roles may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// Each of them may.
    Yes,
    /// None of them may.
    No,
    /// It depends: on claims, on scopes, on the request.
    Depends,
}

impl Rule {
    /// Whether a request may that comes with a principal that has these roles, or without one (`None`), as far as roles
    /// tell. `everybody` are the roles of a request without a token.
    #[must_use]
    pub fn outlook(&self, roles: Option<&Numbers>, everybody: &Numbers) -> Outlook {
        match (&self.access, roles) {
            (Access::Public, _) | (Access::Authenticated, Some(_)) => Outlook::Yes,
            (Access::Nobody, _) | (Access::Authenticated, None) => Outlook::No,
            (Access::Require(requirement), Some(roles)) => requirement.outlook(roles, true),
            (Access::Require(requirement), None) => requirement.outlook(everybody, false),
        }
    }
}

impl Requirement {
    /// What [`check`](Self::check) says to all who have these roles. Recursion is bounded by [`Requirement::MAX_DEPTH`].
    fn outlook(&self, roles: &Numbers, principal: bool) -> Outlook {
        let has = |grant: &Grant| roles.intersects(&grant.by);
        match self {
            Self::Roles(grants) | Self::Permissions(grants) => known(grants.iter().any(has)),
            Self::AllRoles(grants) | Self::AllPermissions(grants) => known(grants.iter().all(has)),
            // Without a token there is nothing to go by.
            Self::Scopes(_) | Self::Claim(_) | Self::Not(_) if !principal => Outlook::No,
            Self::Scopes(_) | Self::Claim(_) => Outlook::Depends,
            Self::All(all) => joined(all, roles, principal, Outlook::No, Outlook::Yes),
            Self::Any(any) => joined(any, roles, principal, Outlook::Yes, Outlook::No),
            Self::Not(one) => match one.outlook(roles, principal) {
                Outlook::Yes => Outlook::No,
                Outlook::No => Outlook::Yes,
                Outlook::Depends => Outlook::Depends,
            },
        }
    }
}

/// Of several requirements: the deciding outlook if one of them has it, else that of all of them.
fn joined(
    several: &[Requirement],
    roles: &Numbers,
    principal: bool,
    deciding: Outlook,
    of_all: Outlook,
) -> Outlook {
    let mut joined = of_all;
    for one in several {
        match one.outlook(roles, principal) {
            outlook if outlook == deciding => return deciding,
            Outlook::Depends => joined = Outlook::Depends,
            _ => {}
        }
    }
    joined
}

fn known(holds: bool) -> Outlook {
    if holds { Outlook::Yes } else { Outlook::No }
}
