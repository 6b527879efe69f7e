//! Every case of `tests/cases`, through Envoy and through the gate alone: one truth, two readers.

use anyhow::{Context, Result, ensure};
use claimgate_tests::cases::{Case, Suite};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Request;
use claimgate_tests::token::{Issuer, now};
use claimgate_tests::upstream::Upstream;
use gate::{Gate, Host, HostFailure, UnixTime};
use serde_json::{Value, json};

/// What became of a request.
struct Outcome {
    /// What the client saw; 200 where the request was let through.
    status: u16,
    /// The sentence of a denial, else null.
    message: Value,
    /// The audit line; null where Envoy itself refused the request.
    audit: Value,
}

#[test]
fn every_case_is_decided_as_written_in_envoy() -> Result<()> {
    let mut failures = Vec::new();
    for suite in Suite::all()? {
        let (issuer, forger) = (Issuer::new()?, Issuer::new()?);
        let upstream = Upstream::start()?;
        let policy = with_signature(&suite, json!({ "jwt_authn": { "metadata": "payload" } }))?;
        let config = Config::new(upstream.addr(), issuer.jwks()).policy(&policy);
        let envoy = Envoy::start(&config.build()?)?;
        for case in &suite.cases {
            let hits = upstream.hits();
            let token = suite.token(case, &issuer, &forger);
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
        let issuer = Issuer::new()?;
        let policy = with_signature(&suite, json!({ "decode_only": true }))?;
        let gate = Gate::from_configuration(policy.to_string().as_bytes())?;
        // Without a check of signatures, a forged token is as good as any.
        for case in suite.cases.iter().filter(|case| !suite.is_forged(case)) {
            let token = suite.token(case, &issuer, &issuer);
            let outcome = by_the_gate(case, token.as_deref(), &gate)?;
            failures.extend(differences(&suite, case, &outcome));
        }
    }
    ensure!(failures.is_empty(), "these cases came out differently:\n{}", failures.join("\n"));
    Ok(())
}

/// The policy under test, with this signature and with each decision in the log.
fn with_signature(suite: &Suite, signature: Value) -> Result<Value> {
    let mut policy = suite.policy()?;
    policy["issuers"][0]["signature"] = signature;
    policy["audit"] = json!({ "decisions": "all" });
    Ok(policy)
}

fn through_envoy(case: &Case, token: Option<&str>, envoy: &Envoy) -> Result<Outcome> {
    let mut request = Request::new(&case.request)?;
    if let Some(token) = token {
        request = request.bearer(token)?;
    }
    let earlier = envoy.decisions()?.len();
    let answer = request.send(envoy.addr())?;
    let message = answer.json().map_or(Value::Null, |body| body["error"].clone());
    let audit = envoy.decisions()?.into_iter().nth(earlier).unwrap_or_default();
    Ok(Outcome { status: answer.status, message, audit })
}

fn by_the_gate(case: &Case, token: Option<&str>, gate: &Gate) -> Result<Outcome> {
    struct Nowhere;
    impl Host for Nowhere {
        fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
            Ok(Vec::new())
        }
    }
    let (method, path) =
        case.request.split_once(' ').context("a request is a method and a path")?;
    let authorization = token.map(|token| format!("Bearer {token}"));
    let headers = [(":method", method), (":authority", "localhost"), (":path", path)];
    let headers =
        headers.into_iter().chain(authorization.iter().map(|it| ("authorization", &**it)));
    let headers = headers.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let request = gate.request(headers);
    let decision = gate.decide(&request, &Nowhere, UnixTime::from_seconds(now()));
    let audit = serde_json::from_str(&gate.audit(&request, &decision).unwrap_or_default())?;
    let Some(reply) = gate.reply(&request, &decision) else {
        return Ok(Outcome { status: 200, message: Value::Null, audit });
    };
    let body: Value = serde_json::from_str(&reply.body)?;
    Ok(Outcome { status: reply.status, message: body["error"].clone(), audit })
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
