//! What a rule asks, and whether a request has it.

use authn::{Names, Numbers, Principal};

use crate::claim_test::ClaimTest;
use crate::roles::Grant;
use crate::target::Target;
use crate::unmet::Unmet;

/// What a rule asks. Nested at most as deep as [`Requirement::MAX_DEPTH`], which whoever builds one sees to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// One of these roles.
    Roles(Vec<Grant>),
    /// Every one of these roles.
    AllRoles(Vec<Grant>),
    /// One of these permissions.
    Permissions(Vec<Grant>),
    /// Every one of these permissions.
    AllPermissions(Vec<Grant>),
    /// Every one of these scopes.
    Scopes(Scopes),
    /// A claim with one of these values.
    Claim(ClaimTest),
    /// One of these requirements.
    Any(Vec<Self>),
    /// Every one of these requirements.
    All(Vec<Self>),
    /// Not this. Met by nobody who is not a principal: what is not known of somebody is no proof.
    Not(Box<Self>),
}

/// Scopes that are asked for, by name and number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes {
    /// As the policy says them.
    pub names: Vec<String>,
    numbers: Vec<usize>,
}

impl Scopes {
    /// These scopes, each of which is given its number among the policy's.
    #[must_use]
    pub fn new(names: Vec<String>, of_policy: &mut Names) -> Self {
        let numbers = names.iter().map(|name| of_policy.add(name)).collect();
        Self { names, numbers }
    }
}

/// What a requirement is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Who is asking, if somebody was established.
    pub principal: Option<&'a Principal>,
    /// What for.
    pub target: &'a Target<'a>,
    /// Values of the headers that the policy [names](crate::Policy::headers), in that order: `None` where a
    /// header is not there, or several times.
    pub headers: &'a [Option<&'a [u8]>],
}

/// The facts of a request, seen by the rule that governs it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) facts: Facts<'a>,
    /// The roles of who is asking.
    pub(crate) roles: &'a Numbers,
    /// Where the rule's variables are in the path.
    pub(crate) captures: &'a [Capture],
}

/// Where a path variable takes its value: one segment, or all from one on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Capture {
    Segment(usize),
    Rest(usize),
}

impl Requirement {
    /// How deep `any`, `all` and `not` may be nested.
    pub const MAX_DEPTH: usize = 16;

    /// Whether it is met.
    pub(crate) fn check<'r>(&'r self, view: &View<'_>) -> Result<(), Unmet<'r>> {
        let has = |grant: &Grant| view.roles.intersects(&grant.by);
        match self {
            Self::Roles(grants) => met(grants.iter().any(has), Unmet::Roles(grants)),
            Self::Permissions(grants) => met(grants.iter().any(has), Unmet::Permissions(grants)),
            Self::AllRoles(grants) => match grants.iter().find(|grant| !has(grant)) {
                Some(missing) => Err(Unmet::Role(missing)),
                None => Ok(()),
            },
            Self::AllPermissions(grants) => match grants.iter().find(|grant| !has(grant)) {
                Some(missing) => Err(Unmet::Permission(missing)),
                None => Ok(()),
            },
            Self::Scopes(scopes) => {
                let granted = view.facts.principal.map(Principal::scope_numbers);
                let all =
                    |granted: &Numbers| scopes.numbers.iter().all(|one| granted.contains(*one));
                met(granted.is_some_and(all), Unmet::Scopes(scopes))
            }
            Self::Claim(test) => met(test.passes(view), Unmet::Claim(test)),
            Self::All(all) => all.iter().try_for_each(|one| one.check(view)),
            Self::Any(any) => {
                let mut unmet = Vec::new();
                for one in any {
                    match one.check(view) {
                        Ok(()) => return Ok(()),
                        Err(missing) => unmet.push(missing),
                    }
                }
                Err(Unmet::Any(unmet))
            }
            Self::Not(one) => {
                let fails = view.facts.principal.is_some() && one.check(view).is_err();
                met(fails, Unmet::Not(one))
            }
        }
    }
}

fn met<U>(is_met: bool, unmet: U) -> Result<(), U> {
    if is_met { Ok(()) } else { Err(unmet) }
}

#[cfg(test)]
mod tests;
