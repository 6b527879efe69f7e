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
    /// Every pair of rules that tie, each pair once.
    pub fn new(rules: Vec<Rule>) -> Result<Self, Vec<Tie>> {
        let mut routes: Vec<Route> =
            rules.iter().enumerate().flat_map(|(index, rule)| Route::of(rule, index)).collect();
        routes.sort_by(Route::by_specificity);
        let mut ties: Vec<Tie> = routes
            .windows(2)
            .filter_map(|pair| match pair {
                [one, two] if one.by_specificity(two) == Ordering::Equal => {
                    Some(Tie { first: one.rule.min(two.rule), second: one.rule.max(two.rule) })
                }
                _ => None,
            })
            .collect();
        ties.sort_by_key(|tie| (tie.first, tie.second));
        ties.dedup();
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
