//! The permission table, compiled.

use std::cmp::Ordering;

use crate::pattern::{HostPattern, MethodPattern, PathPattern};
use crate::rule::Rule;
use crate::target::Target;

/// The whole permission table, compiled: finds the rule that governs a target.
#[derive(Debug, Clone)]
pub struct Policy {
    rules: Vec<Rule>,
    /// Every combination of a rule's patterns, the most specific first.
    routes: Vec<Route>,
}

/// One host, path and method that a rule governs.
#[derive(Debug, Clone)]
struct Route {
    host: HostPattern,
    path: PathPattern,
    method: MethodPattern,
    /// Index of the rule.
    rule: usize,
}

/// Two rules, or one rule twice, would govern the same targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    /// Index of the rule that stands first.
    pub first: usize,
    /// Index of the other one; the same where a rule repeats itself.
    pub second: usize,
}

impl Policy {
    /// Compiles these rules, whose order does not matter.
    ///
    /// # Errors
    /// Every rule that ties with an earlier one, beside the first such.
    pub fn new(rules: Vec<Rule>) -> Result<Self, Vec<Tie>> {
        let mut routes: Vec<Route> =
            rules.iter().enumerate().flat_map(|(index, rule)| Route::of(rule, index)).collect();
        routes.sort_by(Route::by_specificity);
        let ties = ties(&routes);
        if ties.is_empty() { Ok(Self { rules, routes }) } else { Err(ties) }
    }

    /// The rule that governs this target: the most specific one that matches it.
    #[must_use]
    pub fn governing(&self, target: &Target<'_>) -> Option<&Rule> {
        let route = self.routes.iter().find(|route| route.matches(target))?;
        self.rules.get(route.rule)
    }

    /// The rules, in the order in which they were given.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

/// The ties among routes in order of specificity, in the order of the rules.
fn ties(routes: &[Route]) -> Vec<Tie> {
    let mut ties = Vec::new();
    let mut routes = routes.iter();
    let mut first = routes.next();
    for route in routes {
        match first {
            // The sort is stable: the first of those that are equal is of the rule that stands first.
            Some(first) if first.by_specificity(route) == Ordering::Equal => {
                ties.push(Tie { first: first.rule, second: route.rule });
            }
            _ => first = Some(route),
        }
    }
    ties.sort_by_key(|tie| (tie.second, tie.first));
    ties.dedup();
    ties
}

impl Route {
    fn of(rule: &Rule, index: usize) -> impl Iterator<Item = Self> {
        rule.hosts.iter().flat_map(move |host| {
            rule.paths.iter().flat_map(move |path| {
                rule.methods.iter().map(move |method| Self {
                    host: host.clone(),
                    path: path.clone(),
                    method: method.clone(),
                    rule: index,
                })
            })
        })
    }

    fn by_specificity(&self, other: &Self) -> Ordering {
        (self.host.cmp(&other.host))
            .then_with(|| self.path.by_specificity(&other.path))
            .then_with(|| self.method.cmp(&other.method))
    }

    fn matches(&self, target: &Target<'_>) -> bool {
        self.method.matches(target.method)
            && self.path.matches(&target.path)
            && self.host.matches(target.host.as_str())
    }
}

#[cfg(test)]
mod tests;
