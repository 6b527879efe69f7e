//! A requirement in its parts, each with what came of it: for whoever wants to know why.

use std::borrow::Cow;

use crate::claim_test::Expected;
use crate::policy::Governing;
use crate::requirement::{Facts, Requirement, View};
use crate::rule::Access;
use crate::unmet::Unmet;

/// A requirement, or a part of one, and what came of it for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'p> {
    /// What is asked.
    pub requirement: &'p Requirement,
    /// Whether it is met.
    pub outcome: Result<(), Unmet<'p>>,
    /// The requirements that it is made of.
    pub parts: Vec<Part<'p>>,
}

impl<'p> Governing<'p> {
    /// What the rule asks, in its parts, where it asks for more than a principal. Each part is asked by the very check that
    /// decides, also those that the decision did not have to look at.
    #[must_use]
    pub fn parts(&self, facts: Facts<'_>) -> Option<Part<'p>> {
        match &self.rule.access {
            Access::Require(requirement) => Some(part(requirement, &self.view(facts))),
            _ => None,
        }
    }

    /// What a claim is compared with in this request, where that is a part of the path or a header; `None` where there is
    /// none.
    #[must_use]
    pub fn written<'a>(&'a self, expected: &Expected, facts: Facts<'a>) -> Option<Cow<'a, str>> {
        expected.written(&self.view(facts))
    }
}

/// Recursion is bounded by [`Requirement::MAX_DEPTH`].
fn part<'p>(requirement: &'p Requirement, view: &View<'_>) -> Part<'p> {
    let parts = match requirement {
        Requirement::All(several) | Requirement::Any(several) => several.as_slice(),
        Requirement::Not(one) => std::slice::from_ref(&**one),
        _ => &[],
    };
    let parts = parts.iter().map(|one| part(one, view)).collect();
    Part { requirement, outcome: requirement.check(view), parts }
}
