//! What came of a suite.

use anyhow::Result;
use gate::UnixTime;
use serde::Serialize;

use crate::suite::{Check, Coverage, Lack, Outcome, Runner, Suite};

/// What came of one suite.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// The file.
    pub(super) file: String,
    pub(super) passed: usize,
    pub(super) failed: usize,
    /// Tests that were not run, for their title.
    pub(super) filtered_out: usize,
    /// Requests that no case lists for the one who made them, and that were denied, as they must.
    pub(super) not_listed: usize,
    pub(super) tests: Vec<Trial>,
    /// By rule; of a part of the tests it would say nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) coverage: Option<Vec<Coverage>>,
}

/// One test: what a case lists, what none lists though it gets through, or the coverage of a rule.
#[derive(Debug, Serialize)]
pub(super) struct Trial {
    pub(super) title: String,
    /// The line of the case, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    /// What is not as it must be, a sentence each; of a test that passed, nothing.
    pub(super) problems: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) found: Option<Outcome>,
}

impl Report {
    /// Runs a suite.
    pub(super) fn of(
        suite: &Suite,
        now: UnixTime,
        filter: Option<&str>,
        requires_coverage: bool,
    ) -> Result<Self> {
        let runner = Runner::new(suite, now)?;
        let (chosen, others): (Vec<_>, Vec<_>) = suite
            .checks()
            .into_iter()
            .partition(|check| filter.is_none_or(|text| check.title.contains(text)));
        let outcomes = runner.try_all(chosen);
        let coverage = filter.is_none().then(|| Coverage::of(runner.gate(), &outcomes));
        let covered = coverage.iter().flatten().filter(|_| requires_coverage).map(Trial::of_rule);
        let covered: Vec<_> = covered.collect();

        let mut tests = Vec::new();
        let mut not_listed = 0_usize;
        for (check, outcome) in outcomes {
            let listed = check.expect.is_some();
            let trial = Trial::of_check(check, outcome);
            if listed || trial.is_failed() {
                tests.push(trial);
            } else {
                not_listed = not_listed.saturating_add(1);
            }
        }
        tests.extend(covered);
        let failed = tests.iter().filter(|trial| trial.is_failed()).count();
        Ok(Self {
            file: suite.path.display().to_string(),
            passed: tests.len().saturating_sub(failed),
            failed,
            filtered_out: others.iter().filter(|check| check.expect.is_some()).count(),
            not_listed,
            tests,
            coverage,
        })
    }

    /// Whether nothing failed.
    pub(super) fn is_good(&self) -> bool {
        self.failed == 0
    }
}

impl Trial {
    fn of_check(check: Check<'_>, found: Outcome) -> Self {
        let problems = check.differences(&found);
        Self { title: check.title, line: Some(check.line), problems, found: Some(found) }
    }

    /// Whether a rule is covered.
    fn of_rule(coverage: &Coverage) -> Self {
        let problems = coverage.lacks.iter().map(|lack| {
            let what = match lack {
                Lack::Allowed => "allows",
                Lack::Denied => "denies",
            };
            format!("no case that it {what}")
        });
        let title = format!("coverage of rule {}", coverage.rule);
        Self { title, line: None, problems: problems.collect(), found: None }
    }

    pub(super) fn is_failed(&self) -> bool {
        !self.problems.is_empty()
    }

    /// What was found, for those who have to know why.
    pub(super) fn explanation(&self) -> Option<String> {
        let found = self.found.as_ref()?;
        let rule = found.rule.as_ref().map_or(String::new(), |rule| format!(" by rule `{rule}`"));
        let (Some(code), Some(reason)) = (&found.code, &found.reason) else {
            return Some(format!("allowed{rule}"));
        };
        let shadow = if found.is_let_through() { ", and let through" } else { "" };
        Some(format!("denied{rule}{shadow}: {code}: {reason}"))
    }
}
