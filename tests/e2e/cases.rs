//! Every case of `tests/cases`, through Envoy.

use anyhow::{Result, ensure};
use claimgate_tests::cases::{Case, Suite};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Request;
use claimgate_tests::token::Issuer;
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

#[test]
fn every_case_is_decided_as_written() -> Result<()> {
    let mut failures = Vec::new();
    for suite in Suite::all()? {
        failures.extend(run(&suite)?);
    }
    ensure!(failures.is_empty(), "these cases came out differently:\n{}", failures.join("\n"));
    Ok(())
}

/// Runs one file; what comes back is a line for each difference.
fn run(suite: &Suite) -> Result<Vec<String>> {
    let (issuer, forger) = (Issuer::new()?, Issuer::new()?);
    let upstream = Upstream::start()?;
    let mut policy = suite.policy()?;
    // Whatever the policy checks signatures with, here Envoy does; and each decision is wanted in the log.
    policy["issuers"][0]["signature"] = json!({ "jwt_authn": { "metadata": "payload" } });
    policy["audit"] = json!({ "decisions": "all" });
    let config = Config::new(upstream.addr(), issuer.jwks()).policy(&policy);
    let envoy = Envoy::start(&config.build()?)?;
    let mut failures = Vec::new();
    for case in &suite.cases {
        let hits = upstream.hits();
        let token = suite.token(case, &issuer, &forger);
        let differences = differences(case, token.as_deref(), &envoy)?;
        let reached = upstream.hits() > hits;
        let wrongly = (reached != (case.expect.status == 200))
            .then(|| format!("the upstream was {}reached", if reached { "" } else { "not " }));
        let place = suite.path.file_name().unwrap_or_default().to_string_lossy();
        failures.extend(
            differences
                .into_iter()
                .chain(wrongly)
                .map(|difference| format!("{place}: {}: {difference}", case.title())),
        );
    }
    Ok(failures)
}

fn differences(case: &Case, token: Option<&str>, envoy: &Envoy) -> Result<Vec<String>> {
    let mut request = Request::new(&case.request)?;
    if let Some(token) = token {
        request = request.bearer(token)?;
    }
    let earlier = envoy.decisions()?.len();
    let answer = request.send(envoy.addr())?;
    let decisions = envoy.decisions()?;
    // None where Envoy itself refused the request.
    let decision = decisions.get(earlier).unwrap_or(&Value::Null);
    let expect = &case.expect;
    let mut found = Vec::new();
    let mut compare = |what: &str, expected: Option<&str>, actual: &Value| {
        if let Some(expected) = expected.filter(|expected| actual != expected) {
            found.push(format!("expected {what} {expected:?}, found {actual}; audit: {decision}"));
        }
    };
    compare("code", expect.code.as_deref(), &decision["code"]);
    compare("rule", expect.rule.as_deref(), &decision["rule"]);
    if expect.message.is_some() {
        compare("message", expect.message.as_deref(), &answer.json()?["error"]);
    }
    if answer.status != expect.status {
        found.push(format!(
            "expected status {}, found {} {:?}; audit: {decision}",
            expect.status,
            answer.status,
            answer.text(),
        ));
    }
    Ok(found)
}
