//! No rule of a policy without a case that it allows and one that it denies.

use anyhow::{Result, ensure};
use claimgate_cli::suite::Coverage;
use claimgate_tests::cases::suites;

use super::runner;

#[test]
fn every_rule_has_a_case_that_it_allows_and_one_that_it_denies() -> Result<()> {
    let mut missing = Vec::new();
    for suite in suites()? {
        let runner = runner(&suite)?;
        let outcomes = runner.try_all(suite.checks());
        for rule in Coverage::of(runner.gate(), &outcomes) {
            for lack in rule.lacks {
                missing.push(format!("{}: {}: {lack:?}", suite.path.display(), rule.rule));
            }
        }
    }
    ensure!(missing.is_empty(), "rules without a case that is\n{}", missing.join("\n"));
    Ok(())
}
