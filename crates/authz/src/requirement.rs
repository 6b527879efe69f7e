//! What a rule asks, and whether a request has it.

use std::borrow::Cow;

use authn::{Names, Numbers, Principal};

use crate::claim_test::{ClaimTest, Same};
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
    /// Not this, for certain. Never met without a principal, or where a claim cannot be compared: what is not known is
    /// no proof.
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

impl Capture {
    /// The value, percent-decoded. A rest has none where a slash inside a segment would pass for one between two.
    pub(crate) fn value<'t>(self, target: &'t Target<'_>) -> Option<Cow<'t, str>> {
        match self {
            Self::Segment(index) => target.path.iter().nth(index).map(Cow::Borrowed),
            Self::Rest(index) => {
                let rest: Vec<&str> = target.path.iter().skip(index).collect();
                let is_plain = !rest.iter().any(|segment| segment.contains('/'));
                is_plain.then(|| Cow::Owned(rest.join("/")))
            }
        }
    }
}

impl Requirement {
    /// How deep `any`, `all` and `not` may be nested.
    pub const MAX_DEPTH: usize = 16;

    /// Shows itself, and every requirement that it is made of.
    pub fn each<'r>(&'r self, show: &mut impl FnMut(&'r Self)) {
        show(self);
        match self {
            Self::All(several) | Self::Any(several) => {
                for one in several {
                    one.each(show);
                }
            }
            Self::Not(one) => one.each(show),
            _ => {}
        }
    }

    /// Whether it is met.
    pub(crate) fn check<'r>(&'r self, view: &View<'_>) -> Result<(), Unmet<'r>> {
        let has = |grant: &Grant| grant.is_of(view.roles);
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
            Self::Claim(test) => match test.compare(view) {
                Same::Yes => Ok(()),
                Same::No => Err(Unmet::Claim(test)),
                Same::Unknown => Err(Unmet::Incomparable(test)),
            },
            Self::All(all) => check_all(all, view),
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
            Self::Not(_) if view.facts.principal.is_none() => Err(Unmet::NoPrincipal),
            Self::Not(one) => match one.check(view) {
                Ok(()) => Err(Unmet::Not(one)),
                Err(unmet) if unmet.is_certain() => Ok(()),
                Err(unknown) => Err(unknown),
            },
        }
    }

    /// Whether it asks that something is not what the client writes in a path or a header, which can be written in more
    /// than one way.
    #[must_use]
    pub fn negates_request(&self) -> bool {
        match self {
            Self::Any(several) | Self::All(several) => several.iter().any(Self::negates_request),
            Self::Not(one) => one.reads_request(),
            _ => false,
        }
    }

    fn reads_request(&self) -> bool {
        match self {
            Self::Claim(test) => test.reads_request(),
            Self::Any(several) | Self::All(several) => several.iter().any(Self::reads_request),
            Self::Not(one) => one.reads_request(),
            _ => false,
        }
    }
}

/// One that is certainly not met counts before one of which that is not known.
fn check_all<'r>(all: &'r [Requirement], view: &View<'_>) -> Result<(), Unmet<'r>> {
    let mut result = Ok(());
    for one in all {
        match one.check(view) {
            Ok(()) => {}
            Err(unmet) if unmet.is_certain() => return Err(unmet),
            Err(unknown) => result = Err(unknown),
        }
    }
    result
}

fn met<U>(is_met: bool, unmet: U) -> Result<(), U> {
    if is_met { Ok(()) } else { Err(unmet) }
}

#[cfg(test)]
mod tests;
