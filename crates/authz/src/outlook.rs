//! What may be said of a rule for everybody who has some roles, whatever else their tokens say.

use std::fmt;
use std::ops::Not;

use authn::Numbers;

use crate::claim_test::ClaimTest;
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

/// What a requirement asks of a token beside roles.
#[derive(Debug, Clone, Copy)]
pub enum Said<'p> {
    /// A claim.
    Claim(&'p ClaimTest),
    /// A scope.
    Scope(&'p str),
}

/// Whom an outlook is for.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// The roles of its principal and of everybody; without a token, those of everybody alone.
    pub roles: &'a Numbers,
    /// Whether there is a principal.
    pub principal: bool,
    /// What is known of its token beside roles.
    pub said: &'a dyn Fn(Said<'_>) -> Outlook,
}

impl fmt::Debug for Asker<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = formatter.debug_struct("Asker");
        fields
            .field("roles", self.roles)
            .field("principal", &self.principal)
            .finish_non_exhaustive()
    }
}

impl Rule {
    /// Whether a request may by this rule, as far as is known of who asks.
    #[must_use]
    pub fn outlook(&self, who: Asker<'_>) -> Outlook {
        match &self.access {
            Access::Public => Outlook::Yes,
            Access::Nobody => Outlook::No,
            Access::Authenticated => known(who.principal),
            Access::Require(requirement) => requirement.outlook(who),
        }
    }
}

impl Requirement {
    /// What [`check`](Self::check) says to all of whom this is known. Recursion is bounded by
    /// [`Requirement::MAX_DEPTH`].
    fn outlook(&self, who: Asker<'_>) -> Outlook {
        let has = |grant: &Grant| grant.is_of(who.roles);
        match self {
            Self::Roles(grants) | Self::Permissions(grants) => known(grants.iter().any(has)),
            Self::AllRoles(grants) | Self::AllPermissions(grants) => known(grants.iter().all(has)),
            // Without a token there is nothing to go by.
            Self::Scopes(_) | Self::Claim(_) | Self::Not(_) if !who.principal => Outlook::No,
            Self::Claim(test) => (who.said)(Said::Claim(test)),
            Self::Scopes(scopes) => {
                every(scopes.names.iter().map(|name| (who.said)(Said::Scope(name))))
            }
            Self::All(all) => every(all.iter().map(|one| one.outlook(who))),
            // Some of them, unless every one is not.
            Self::Any(any) => !every(any.iter().map(|one| !one.outlook(who))),
            Self::Not(one) => !one.outlook(who),
        }
    }
}

impl Not for Outlook {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Depends => Self::Depends,
        }
    }
}

/// Of several that must all be: one that is not decides.
fn every(several: impl Iterator<Item = Outlook>) -> Outlook {
    let mut all = Outlook::Yes;
    for one in several {
        match one {
            Outlook::No => return Outlook::No,
            Outlook::Depends => all = Outlook::Depends,
            Outlook::Yes => {}
        }
    }
    all
}

fn known(holds: bool) -> Outlook {
    if holds { Outlook::Yes } else { Outlook::No }
}
