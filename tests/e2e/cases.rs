//! Every case of `tests/cases` and `envoy/policy-examples`, through Envoy and through the gate alone: one truth, two
//! readers.

use anyhow::{Result, ensure};
use claimgate_tests::cases::{Case, Suite};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::token::Issuer;
use claimgate_tests::upstream::Upstream;
use gate::Gate;
use serde_json::{Value, json};

mod coverage;
mod matrix;
mod outcome;

use outcome::{Outcome, by_the_gate, through_envoy};

#[test]
fn every_case_is_decided_as_written_in_envoy() -> Result<()> {
    let mut failures = Vec::new();
    for suite in Suite::all()? {
        let (issuer, forger) = (Issuer::new()?, Issuer::new()?);
        let upstream = Upstream::start()?;
        let policy = with_signature(&suite, json!({ "jwt_authn": { "metadata": "payload" } }))?;
        let config = Config::new(upstream.addr(), issuer.jwks()).policy(&policy);
        let envoy = Envoy::start(&config.issuer(&policy["issuers"][0]).build()?)?;
        for case in &suite.cases {
            let hits = upstream.hits();
            let token = suite.token(case, &policy, &issuer, &forger);
            let outcome = through_envoy(case, token.as_deref(), &envoy)?;
            failures.extend(differences(&suite, case, &outcome));
            let reached = upstream.hits() > hits;
            if reached != (case.expect.status == 200) {
                failures.push(format!("{}: the upstream was reached: {reached}", case.title()));
            }
        }
    }
    ensure!(failures.is_empty(), "these cases came out differently:\n{}", failures.join("\n"));
    Ok(())
}

#[test]
fn every_case_is_decided_as_written_by_the_gate_alone() -> Result<()> {
    let mut failures = Vec::new();
    for suite in Suite::all()? {
        for (case, outcome) in natively(&suite)? {
            failures.extend(differences(&suite, case, &outcome));
        }
    }
    ensure!(failures.is_empty(), "these cases came out differently:\n{}", failures.join("\n"));
    Ok(())
}

/// What the tests exchange in a policy, its signature, must be right as it is written too.
#[test]
fn every_policy_is_taken_as_it_is_written() -> Result<()> {
    for suite in Suite::all()? {
        let gate = Gate::from_configuration(suite.policy()?.to_string().as_bytes())?;
        assert_eq!(gate.warnings(), [], "{}", suite.path.display());
    }
    Ok(())
}

/// The cases of a suite with what the gate alone makes of them.
fn natively(suite: &Suite) -> Result<Vec<(&Case, Outcome)>> {
    let issuer = Issuer::new()?;
    let policy = with_signature(suite, json!({ "decode_only": true }))?;
    let gate = Gate::from_configuration(policy.to_string().as_bytes())?;
    // Without a check of signatures, a forged token is as good as any.
    let cases = suite.cases.iter().filter(|case| !suite.is_forged(case));
    let outcome = |case| {
        let token = suite.token(case, &policy, &issuer, &issuer);
        Ok((case, by_the_gate(case, token.as_deref(), &gate)?))
    };
    cases.map(outcome).collect()
}

/// The policy under test, with this signature and with each decision in the log.
fn with_signature(suite: &Suite, signature: Value) -> Result<Value> {
    let mut policy = suite.policy()?;
    policy["issuers"][0]["signature"] = signature;
    policy["audit"] = json!({ "decisions": "all" });
    Ok(policy)
}

/// A line for each thing that is not as expected.
fn differences(suite: &Suite, case: &Case, outcome: &Outcome) -> Vec<String> {
    let expect = &case.expect;
    let title = format!("{}: {}", suite.path.display(), case.title());
    let expected_and_found = [
        ("status", Some(json!(expect.status)), json!(outcome.status)),
        ("code", expect.code.as_ref().map(|code| json!(code)), outcome.audit["code"].clone()),
        ("rule", expect.rule.as_ref().map(|rule| json!(rule)), outcome.audit["rule"].clone()),
        ("message", expect.message.as_ref().map(|it| json!(it)), outcome.message.clone()),
    ];
    expected_and_found
        .into_iter()
        .filter_map(|(what, expected, found)| Some((what, expected?, found)))
        .filter(|(_, expected, found)| expected != found)
        .map(|(what, expected, found)| {
            format!("{title}: expected {what} {expected}, found {found}; audit: {}", outcome.audit)
        })
        .collect()
}
