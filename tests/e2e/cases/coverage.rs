//! No rule of a policy without a case that it allows and one that it denies.

use anyhow::{Context, Result, ensure};
use claimgate_tests::cases::Suite;
use gate::Gate;
use serde_json::Value;

use super::natively;

#[test]
fn every_rule_has_a_case_that_it_allows_and_one_that_it_denies() -> Result<()> {
    let mut missing = Vec::new();
    for suite in Suite::all()? {
        let outcomes = natively(&suite)?;
        let policy = suite.policy()?;
        let gate = Gate::from_configuration(policy.to_string().as_bytes())?;
        let rows = policy["rules"].as_array().context("a policy has rules")?;
        for (rule, row) in gate.rules().iter().zip(rows) {
            let own = outcomes.iter().filter(|(_, outcome)| outcome.audit["rule"] == rule.name);
            let own: Vec<_> =
                own.map(|(case, outcome)| (outcome.status, case.principal.is_some())).collect();
            let lacks = |wanted: &[u16]| !own.iter().any(|(status, _)| wanted.contains(status));
            if can_allow(row) && lacks(&[200]) {
                missing.push(format!("{}: {}: allowed", suite.path.display(), rule.name));
            }
            // A 401 says nothing of what the rule asks for, unless it asks for nothing but a token, or is open to
            // those who have none.
            let is_open = row["allow"].is_string() || own.contains(&(200, false));
            if can_deny(row) && lacks(if is_open { &[401, 403] } else { &[403] }) {
                missing.push(format!("{}: {}: denied", suite.path.display(), rule.name));
            }
        }
    }
    ensure!(missing.is_empty(), "rules without a case that is\n{}", missing.join("\n"));
    Ok(())
}

fn can_allow(row: &Value) -> bool {
    row["allow"] != "nobody"
}

fn can_deny(row: &Value) -> bool {
    row["allow"] != "public"
}
