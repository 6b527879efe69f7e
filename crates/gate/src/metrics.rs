//! What a gate counts: what it decided, the tokens that it knew, the keys that it got.
//!
//! Counted in memory, by names that are fixed when the configuration is taken: nothing that a client writes is part of
//! one. Whoever can show numbers takes them from time to time. (docs/adr/0020)

mod tags;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;

use authn::Authenticator;
use authz::Rule;
use foldhash::fast::FixedState;

use crate::decision::{Code, Decision, Denial};

/// The decisions that were not taken from here yet.
pub(crate) struct Metrics {
    /// What the rules are called in metric names, in their order.
    tags: Vec<String>,
    /// By rule, how often it let somebody through: most decisions, and counted without a search.
    allowed: Vec<Cell<u64>>,
    /// All others.
    decisions: RefCell<HashMap<Decided, u64, FixedState>>,
}

/// One way in which a request can end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Decided {
    /// Index of the rule that governs it, where one does.
    rule: Option<usize>,
    outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Outcome {
    enforced: bool,
    /// Of the denial, if it is one.
    code: Option<Code>,
}

impl Outcome {
    /// All there are.
    fn all() -> impl Iterator<Item = Self> {
        let codes = || std::iter::once(None).chain(Code::ALL.map(Some));
        [true, false]
            .into_iter()
            .flat_map(move |enforced| codes().map(move |code| Self { enforced, code }))
    }
}

impl fmt::Display for Outcome {
    /// `enforce.allowed`, `shadow.missing_token`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = if self.enforced { "enforce" } else { "shadow" };
        write!(formatter, "{mode}.{}", self.code.map_or("allowed", Code::as_str))
    }
}

impl Metrics {
    pub(crate) fn new(rules: &[Rule]) -> Self {
        let tags = tags::tags(rules.iter().map(|rule| rule.name.as_str()));
        Self { tags, allowed: vec![Cell::new(0); rules.len()], decisions: RefCell::default() }
    }

    /// Counts a decision.
    pub(crate) fn count(&self, decision: &Decision<'_>) {
        let rule = decision.index.and_then(|index| self.allowed.get(index));
        match rule.filter(|_| decision.enforced && decision.outcome.is_ok()) {
            Some(count) => count.set(count.get().saturating_add(1)),
            None => self.count_other(decision),
        }
    }

    #[inline(never)]
    fn count_other(&self, decision: &Decision<'_>) {
        let code = decision.outcome.as_ref().err().map(Denial::kind);
        let outcome = Outcome { enforced: decision.enforced, code };
        let decided = Decided { rule: decision.index, outcome };
        let mut decisions = self.decisions.borrow_mut();
        let count = decisions.entry(decided).or_insert(0);
        *count = count.saturating_add(1);
    }

    /// What was counted since this was last asked, by the names of the metrics.
    pub(crate) fn take(&self, authenticator: &Authenticator) -> Vec<(String, u64)> {
        let mut taken = self.take_decisions();
        let cache = authenticator.take_cache_counts();
        taken.extend([(HITS.to_owned(), cache.hits), (MISSES.to_owned(), cache.misses)]);
        for (issuer, keys) in authenticator.remote_keys() {
            let counts = keys.take_counts();
            taken.extend([(fetched(issuer), counts.fetched), (failed(issuer), counts.failed)]);
        }
        taken.retain(|(_, count)| *count > 0);
        taken
    }

    fn take_decisions(&self) -> Vec<(String, u64)> {
        let allowed = self.allowed.iter().enumerate().filter(|(_, count)| count.get() > 0);
        let allowed = allowed.map(|(index, count)| {
            let outcome = Outcome { enforced: true, code: None };
            (Decided { rule: Some(index), outcome }, count.take())
        });
        let mut others = self.decisions.borrow_mut();
        let counted: Vec<(Decided, u64)> = allowed.chain(others.drain()).collect();
        let of_rules = counted.iter().filter_map(|(Decided { rule, outcome }, count)| {
            let tag = self.tags.get((*rule)?)?;
            Some((format!("claimgate.rules.{tag}.{outcome}"), *count))
        });
        let total = |outcome| {
            let counts = counted.iter().filter(|(decided, _)| decided.outcome == outcome);
            counts.fold(0, |total: u64, (_, count)| total.saturating_add(*count))
        };
        let of_all = Outcome::all().map(|outcome| (decisions(outcome), total(outcome)));
        of_rules.chain(of_all).collect()
    }
}

/// The metrics that are there from the start. Those of a rule come with its first decision: ten thousand rules
/// have a hundred thousand, most of which never count anything.
pub(crate) fn names(authenticator: &Authenticator) -> Vec<String> {
    let mut names: Vec<String> = Outcome::all().map(decisions).collect();
    names.extend([HITS.to_owned(), MISSES.to_owned()]);
    names.extend(
        authenticator.remote_keys().flat_map(|(issuer, _)| [fetched(issuer), failed(issuer)]),
    );
    names
}

fn decisions(outcome: Outcome) -> String {
    format!("claimgate.decisions.{outcome}")
}

fn fetched(issuer: &str) -> String {
    format!("claimgate.jwks.{issuer}.fetched")
}

fn failed(issuer: &str) -> String {
    format!("claimgate.jwks.{issuer}.failed")
}

const HITS: &str = "claimgate.token_cache.hits";
const MISSES: &str = "claimgate.token_cache.misses";

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").field("rules", &self.tags.len()).finish_non_exhaustive()
    }
}
