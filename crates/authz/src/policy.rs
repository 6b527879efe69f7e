//! The permission table, compiled.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use authn::{Names, Numbers, Vocabulary};

use crate::hosts::Hosts;
use crate::matching::Matching;
use crate::pattern::{HostPattern, MethodPattern, PathPattern};
use crate::requirement::{Capture, Facts, Requirement, View};
use crate::roles::Roles;
use crate::rule::{Access, Rule};
use crate::target::Target;
use crate::unmet::Unmet;

/// The whole permission table, compiled: finds the rule that governs a target, and knows who may.
#[derive(Debug, Clone)]
pub struct Policy {
    rules: Vec<Rule>,
    /// Every combination of a rule's host, path and method; those of one rule stand together.
    rows: Vec<Row>,
    hosts: Hosts,
    headers: Vec<String>,
    /// The roles of a request without a token, and of every other.
    everybody: Numbers,
}

/// One host, path and method that a rule governs.
#[derive(Debug, Clone)]
struct Row {
    /// Index of the rule.
    rule: usize,
    /// Where the rule's variables are in this path.
    captures: Box<[Capture]>,
}

/// What requirements speak of. Each that is built may add to it.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// The roles.
    pub roles: Roles,
    /// The scopes.
    pub scopes: Names,
    /// The request headers that claims are compared with, in lower case.
    pub headers: Vec<String>,
}

/// The rule that governs a target.
#[derive(Debug, Clone, Copy)]
pub struct Governing<'p> {
    /// The rule.
    pub rule: &'p Rule,
    /// Its place among the rules.
    pub index: usize,
    captures: &'p [Capture],
    everybody: &'p Numbers,
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
    /// Compiles these rules, whose order does not matter; with the words that an
    /// [`Authenticator`](authn::Authenticator) for it needs.
    ///
    /// # Errors
    /// Every rule that ties with an earlier one.
    pub fn new(rules: Vec<Rule>, words: Words) -> Result<(Self, Vocabulary), Vec<Tie>> {
        let mut hosts = Hosts::default();
        let mut rows: Vec<Row> = Vec::new();
        let mut ties = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            for (host, path, method) in combinations(rule) {
                if let Err(other) = hosts.add(host, path, method, rows.len()) {
                    let first = rows.get(other).map_or(index, |row| row.rule);
                    ties.push(Tie { first, second: index });
                }
                let captures = rule.variables.iter().filter_map(|name| path.capture(name));
                rows.push(Row { rule: index, captures: captures.collect() });
            }
        }
        ties.sort_by_key(|tie| (tie.second, tie.first));
        ties.dedup();
        if !ties.is_empty() {
            return Err(ties);
        }
        let Words { roles, scopes, headers } = words;
        let (names, everybody) = roles.into_names();
        let claims = claims(&rules);
        let vocabulary = Vocabulary { roles: names, everybody: everybody.clone(), scopes, claims };
        Ok((Self { rules, rows, hosts, headers, everybody }, vocabulary))
    }

    /// The rule that governs this target: the most specific one that matches it.
    #[must_use]
    pub fn governing(&self, target: &Target<'_>) -> Option<Governing<'_>> {
        let row = self.hosts.each(target, ControlFlow::Break).break_value()?;
        self.governing_by(row)
    }

    /// The rules that match this target, the most specific first: that one [governs](Self::governing), the others would in
    /// its absence, one after the other. A rule stands here for each of its rows.
    #[must_use]
    pub fn matching(&self, target: &Target<'_>) -> Vec<Matching<'_>> {
        let mut matching = Vec::new();
        let _ = self.hosts.each(target, |row| {
            matching.extend(self.matching_by(row));
            ControlFlow::<()>::Continue(())
        });
        matching
    }

    /// The rules that would match this target with another method or another host, each once.
    #[must_use]
    pub fn near(&self, target: &Target<'_>) -> Vec<Matching<'_>> {
        let near = |rule| {
            let rows = combinations(rule);
            let mut rows = rows.map(|(host, path, method)| Matching { rule, host, path, method });
            rows.find(|one| one.is_near(target))
        };
        self.rules.iter().filter_map(near).collect()
    }

    fn governing_by(&self, row: usize) -> Option<Governing<'_>> {
        let row = self.rows.get(row)?;
        let rule = self.rules.get(row.rule)?;
        let (index, everybody) = (row.rule, &self.everybody);
        Some(Governing { rule, index, captures: &row.captures, everybody })
    }

    /// The rule of a row, and by which of its patterns.
    fn matching_by(&self, row: usize) -> Option<Matching<'_>> {
        let index = self.rows.get(row)?.rule;
        let first = self.rows.partition_point(|other| other.rule < index);
        let rule = self.rules.get(index)?;
        let (host, path, method) = combinations(rule).nth(row.checked_sub(first)?)?;
        Some(Matching { rule, host, path, method })
    }

    /// The rules, in the order in which they were given.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The request headers that claims are compared with, in lower case.
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// How many steps it takes at most to find the rule for a target, whatever the target.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.hosts.steps()
    }
}

impl<'p> Governing<'p> {
    /// Whether who is asking may.
    ///
    /// # Errors
    /// [`Unmet`]: what is missing.
    pub fn permits(&self, facts: Facts<'_>) -> Result<(), Unmet<'p>> {
        self.rule.permits(&self.view(facts))
    }

    /// Where the rule's [variables](Rule::variables) take their values: `segment 2`, or `segments from 2 on`.
    pub fn places(&self) -> impl Iterator<Item = String> {
        self.captures.iter().map(|capture| match capture {
            Capture::Segment(index) => format!("segment {}", index.saturating_add(1)),
            Capture::Rest(index) => format!("segments from {} on", index.saturating_add(1)),
        })
    }

    /// The facts of a request as this rule sees them.
    pub(crate) fn view<'a>(&'a self, facts: Facts<'a>) -> View<'a> {
        let roles = facts.principal.map_or(self.everybody, authn::Principal::role_numbers);
        View { facts, roles, captures: self.captures }
    }
}

/// The top-level claims that these rules look at.
fn claims(rules: &[Rule]) -> BTreeSet<String> {
    let mut claims = BTreeSet::new();
    for rule in rules {
        if let Access::Require(requirement) = &rule.access {
            requirement.each(&mut |one| {
                if let Requirement::Claim(test) = one {
                    claims.extend(test.path.names().next().map(str::to_owned));
                }
            });
        }
    }
    claims
}

/// The rows of a rule, by their patterns.
pub(crate) fn combinations(
    rule: &Rule,
) -> impl Iterator<Item = (&HostPattern, &PathPattern, &MethodPattern)> {
    rule.hosts.iter().flat_map(move |host| {
        rule.paths
            .iter()
            .flat_map(move |path| rule.methods.iter().map(move |method| (host, path, method)))
    })
}

#[cfg(test)]
mod tests;
