//! Every case of `tests/cases` and `envoy/policy-examples`, by `claimgate test`'s own runner and through Envoy: one
//! truth, two readers.

use anyhow::{Result, ensure};
use claimgate_cli::suite::{Check, Outcome, Runner, Suite};
use claimgate_tests::cases::suites;
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::leaks;
use claimgate_tests::token::now;
use claimgate_tests::upstream::Upstream;
use gate::{Gate, UnixTime};
use serde_json::{Value, json};

mod coverage;
mod matrix;
mod wire;

use wire::Wire;

/// As the policies are shipped: behind `jwt_authn`, and behind what Envoy itself does to paths.
#[test]
fn every_case_is_decided_as_written_in_envoy() -> Result<()> {
    let mut failures = Vec::new();
    for suite in suites()? {
        let runner = runner(&suite)?;
        let upstream = Upstream::start()?;
        let mut policy = audited(&suite.config);
        policy["issuers"][0]["signature"] = json!({ "jwt_authn": { "metadata": "payload" } });
        let jwks = &runner.config()["issuers"][0]["signature"]["jwks"];
        let config = Config::new(upstream.addr(), jwks.clone()).policy(&policy);
        let envoy = Envoy::start(&config.issuer(&policy["issuers"][0]).build()?)?;
        let mut wire = Wire::new(&envoy)?;
        for check in suite.checks().iter().filter(|check| check.expect.is_some()) {
            let hits = upstream.hits();
            let outcome = wire.outcome(&runner.request(check))?;
            failures.extend(differences(&suite, check, &outcome));
            failures.extend(unexpected_hit(&suite, check, &outcome, upstream.hits() > hits));
        }
    }
    ensure!(failures.is_empty(), "these cases came out differently:\n{}", failures.join("\n"));
    Ok(())
}

/// The same configuration, keys and tokens for both, so that nothing but the engine could differ; every pair of a
/// request and a principal, listed or not.
#[test]
fn claimgate_test_and_the_module_give_the_same_answers() -> Result<()> {
    let mut failures = Vec::new();
    for suite in suites()? {
        let runner = runner(&suite)?;
        let upstream = Upstream::start()?;
        let config = Config::new(upstream.addr(), Value::Null).without_jwt_authn();
        let config = config.normalization(false).policy(&audited(runner.config()));
        let envoy = Envoy::start(&config.build()?)?;
        let mut wire = Wire::new(&envoy)?;
        for check in suite.checks() {
            let natively = runner.outcome(&check);
            failures.extend(differences(&suite, &check, &natively));
            let hits = upstream.hits();
            let outcome = wire.outcome(&runner.request(&check))?;
            failures.extend(unexpected_hit(&suite, &check, &outcome, upstream.hits() > hits));
            if timeless(natively.clone()) != timeless(outcome.clone()) {
                let place = place(&suite, &check);
                failures.push(format!("{place}: natively {natively:?}, in Envoy {outcome:?}"));
            }
        }
    }
    ensure!(failures.is_empty(), "these came out differently:\n{}", failures.join("\n"));
    Ok(())
}

/// What the tests exchange in a policy, its signature, must be right as it is written too.
#[test]
fn every_policy_is_taken_as_it_is_written() -> Result<()> {
    for suite in suites()? {
        let gate = Gate::from_configuration(suite.config.to_string().as_bytes())?;
        assert_eq!(gate.warnings(), [], "{}", suite.path.display());
    }
    Ok(())
}

/// A runner whose tokens and keys must be in no log.
fn runner(suite: &Suite) -> Result<Runner<'_>> {
    let runner = Runner::new(suite, UnixTime::from_seconds(now()))?;
    runner.tokens().for_each(leaks::note_token);
    for issuer in runner.config()["issuers"].as_array().into_iter().flatten() {
        let secret = issuer["signature"]["jwks"]["keys"][0]["k"].as_str();
        leaks::note_secret(secret.unwrap_or_default());
    }
    Ok(runner)
}

/// A policy with each decision in the log.
fn audited(policy: &Value) -> Value {
    let mut policy = policy.clone();
    policy["audit"] = json!({ "decisions": "all" });
    policy
}

/// A line for each thing that is not as expected.
fn differences(suite: &Suite, check: &Check<'_>, outcome: &Outcome) -> Vec<String> {
    let place = place(suite, check);
    let differences = check.differences(outcome);
    differences.into_iter().map(|it| format!("{place}: {it}; {outcome:?}")).collect()
}

/// That the upstream was reached, or was not, against what the client was told.
fn unexpected_hit(
    suite: &Suite,
    check: &Check<'_>,
    outcome: &Outcome,
    reached: bool,
) -> Option<String> {
    let place = place(suite, check);
    (reached != outcome.is_let_through())
        .then(|| format!("{place}: the upstream was reached: {reached}"))
}

fn place(suite: &Suite, check: &Check<'_>) -> String {
    format!("{}:{}: {}", suite.path.display(), check.line, check.title)
}

/// An outcome without the one number in it that the passing of time changes: `expired 240 s ago`.
fn timeless(mut outcome: Outcome) -> Outcome {
    if let Some(reason) = outcome.reason.as_mut().filter(|reason| reason.starts_with("expired ")) {
        reason.retain(|character| !character.is_ascii_digit());
    }
    outcome
}
