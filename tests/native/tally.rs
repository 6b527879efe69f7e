//! What was found.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::alone::Decided;
use crate::requests::Asked;
use crate::table::Kind;
use crate::wire::Answer;

/// Counts, and what is not as it should be.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    requests: usize,
    tricky: usize,
    with_rule: usize,
    allowed: usize,
    refused_by_envoy: usize,
    known: BTreeMap<Kind, (usize, String)>,
    unknown: usize,
    problems: Vec<String>,
}

impl Tally {
    pub(crate) fn count(
        &mut self,
        asked: &Asked,
        claimgate: &Answer,
        native: &Answer,
        decided: &Decided,
    ) {
        self.requests += 1;
        self.tricky += usize::from(asked.trick.is_some());
        self.with_rule += usize::from(decided.rule.is_some());
        self.allowed += usize::from(claimgate.is_allowed() && native.is_allowed());
        self.refused_by_envoy += usize::from(matches!(native.status, 0 | 400));
    }

    /// A difference that may be in the table; the first of its kind is kept.
    pub(crate) fn known(&mut self, kind: Kind, told: impl FnOnce() -> String) {
        self.known.entry(kind).or_insert_with(|| (0, told())).0 += 1;
    }

    pub(crate) fn unknown(&mut self, told: &str) {
        self.unknown += 1;
        self.problem(format!("a difference: {told}"));
    }

    pub(crate) fn problem(&mut self, told: String) {
        self.problems.push(told);
    }

    /// What must not be; the first of many.
    pub(crate) fn problems(&self, rows: &BTreeSet<Kind>) -> Vec<String> {
        let new = self.known.iter().filter(|(kind, _)| !rows.contains(kind));
        let new = new.map(|(kind, (count, first))| {
            format!("not in docs/differences.md: {kind} ({count}); {first}")
        });
        new.chain(self.problems.iter().take(SHOWN).cloned()).collect()
    }

    /// What a long run must show: each row of the table, and enough of what agreement is worth something for.
    pub(crate) fn lacks(&self, rows: &BTreeSet<Kind>) -> Vec<String> {
        let stale = rows.iter().filter(|row| !self.known.contains_key(row));
        let mut lacks: Vec<_> = stale
            .map(|row| format!("docs/differences.md has {row}, which no request shows"))
            .collect();
        for (what, count) in
            [("for which there is a rule", self.with_rule), ("that are allowed", self.allowed)]
        {
            if count * 5 < self.requests {
                lacks.push(format!("there are only {count} requests {what}"));
            }
        }
        lacks
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let differ = self.known.values().map(|(count, _)| count).sum::<usize>() + self.unknown;
        let share = |count: usize| count * 100 / self.requests.max(1);
        let agree = self.requests - differ;
        write!(
            formatter,
            "{} requests: {}% have a rule, {}% are allowed by both, {}% have a trick, {} are refused by Envoy itself; both \
             agree on {agree}; of the others {} are unexplained",
            self.requests,
            share(self.with_rule),
            share(self.allowed),
            share(self.tricky),
            self.refused_by_envoy,
            self.unknown,
        )?;
        for (kind, (count, _)) in &self.known {
            write!(formatter, "\n  {count:6} {kind}")?;
        }
        Ok(())
    }
}

/// Problems that are shown.
const SHOWN: usize = 12;
