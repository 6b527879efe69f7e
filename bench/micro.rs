//! Parts of a decision by themselves, natively: for finding what a change costs, not for comparing with Envoy.
//!
//! Signatures are checked in software here, as on a host that does not check them.

use std::hint::black_box;

use anyhow::{Context, Result};
use claimgate_tests::http::browser;
use claimgate_tests::signer::Signer;
use claimgate_tests::token::{AUDIENCE, ISSUER, now};
use criterion::{BenchmarkId, Criterion};
use gate::{Gate, Host, HostFailure, UnixTime};
use serde_json::{Value, json};

fn main() -> Result<()> {
    let mut criterion = Criterion::default().configure_from_args();
    let signers = Signer::all()?;
    decisions(&mut criterion, &signers)?;
    first_sight(&mut criterion, &signers)?;
    look_up(&mut criterion)?;
    load(&mut criterion);
    criterion.final_summary();
    Ok(())
}

/// A request by a token that is known: to the decision alone, and to all that is said of a denial.
fn decisions(criterion: &mut Criterion, signers: &[Signer]) -> Result<()> {
    let gate = gate(&policy(100, signers))?;
    let signer = signer(signers, "ES256")?;
    let (viewer, guest) = (signer.token(&claims("viewer")), signer.token(&claims("guest")));
    let (viewer, guest) = (format!("Bearer {viewer}"), format!("Bearer {guest}"));
    let mut group = criterion.benchmark_group("decide");
    for (name, path, authorization) in [
        ("allowed", "/service0/things50/1", Some(&viewer)),
        ("denied, wrong role", "/service0/things50/1", Some(&guest)),
        ("denied, no token", "/service0/things50/1", None),
        ("denied, no rule", "/nowhere", Some(&viewer)),
        ("denied, path refused", "/a//b", Some(&viewer)),
    ] {
        let authorization = authorization.map(String::as_str);
        let is_allowed = name == "allowed";
        anyhow::ensure!(answer(&gate, path, authorization) == is_allowed, "{name}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| answer(&gate, black_box(path), black_box(authorization)));
        });
    }
    group.finish();
    Ok(())
}

/// A request by a token that is not known yet: none is remembered.
fn first_sight(criterion: &mut Criterion, signers: &[Signer]) -> Result<()> {
    let mut policy = policy(1, signers);
    policy["token"] = json!({ "cache": { "max_entries": 0 } });
    let gate = gate(&policy)?;
    let mut group = criterion.benchmark_group("first sight, in software");
    for algorithm in ["HS256", "ES256", "EdDSA", "RS256"] {
        let token = signer(signers, algorithm)?.token(&claims("viewer"));
        let authorization = format!("Bearer {token}");
        anyhow::ensure!(answer(&gate, "/service0/things0/1", Some(&authorization)), "{algorithm}");
        group.bench_function(algorithm, |bencher| {
            bencher.iter(|| answer(&gate, "/service0/things0/1", Some(black_box(&authorization))));
        });
    }
    group.finish();
    Ok(())
}

/// The rule of a request, among so many, where no token is asked for.
fn look_up(criterion: &mut Criterion) -> Result<()> {
    let mut group = criterion.benchmark_group("look-up among rules");
    for rules in [10, 100, 1_000, 10_000, 100_000] {
        let mut policy = policy(rules, &[]);
        for rule in policy["rules"].as_array_mut().context("no rules")? {
            rule["allow"] = json!("public");
        }
        let gate = gate(&policy)?;
        let middle = rules / 2;
        let path = format!("/service{}/things{middle}/1", middle % 50);
        anyhow::ensure!(answer(&gate, &path, None), "{rules}");
        group.bench_function(BenchmarkId::from_parameter(rules), |bencher| {
            bencher.iter(|| answer(&gate, black_box(&path), None));
        });
    }
    group.finish();
    Ok(())
}

/// A configuration, from its text to the gate.
fn load(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    for rules in [10, 1_000, 10_000] {
        let text = policy(rules, &[]).to_string();
        group.bench_function(BenchmarkId::from_parameter(rules), |bencher| {
            bencher.iter(|| Gate::from_configuration(black_box(text.as_bytes())));
        });
    }
    group.finish();
}

/// All that the filter asks of the gate for a request; whether it goes on.
fn answer(gate: &Gate, path: &str, authorization: Option<&str>) -> bool {
    let headers =
        browser(path).into_iter().chain(authorization.map(|value| ("authorization", value)));
    let request = gate.request(headers.map(|(name, value)| (name.as_bytes(), value.as_bytes())));
    let decision = gate.decide(&request, &Software, UnixTime::from_seconds(now()));
    gate.count(&decision);
    if gate.is_silent(&decision) {
        return true;
    }
    black_box(gate.audit(&request, &decision));
    gate.reply(&request, &decision).is_none()
}

/// A host that checks no signatures.
struct Software;

impl Host for Software {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        Ok(Vec::new())
    }
}

fn signer<'a>(signers: &'a [Signer], algorithm: &str) -> Result<&'a Signer> {
    let signer = signers.iter().find(|signer| signer.algorithm() == algorithm);
    signer.with_context(|| format!("nobody signs with {algorithm}"))
}

fn claims(role: &str) -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "00u10000000000000017", "exp": now() + 7_200,
        "roles": ["employee", role],
    })
}

fn policy(rules: usize, signers: &[Signer]) -> Value {
    let keys: Vec<Value> = signers.iter().map(Signer::jwk).collect();
    let signature = if keys.is_empty() {
        json!({ "decode_only": true })
    } else {
        json!({ "jwks": { "keys": keys } })
    };
    let rule = |rule: usize| {
        json!({
            "name": format!("rule{rule}"),
            "methods": ["GET"],
            "path": format!("/service{}/things{rule}/{{id}}", rule % 50),
            "allow": { "roles": ["viewer", "admin"] },
        })
    };
    json!({
        "issuers": [{ "name": "main", "issuer": ISSUER, "signature": signature }],
        "rules": (0..rules).map(rule).collect::<Vec<_>>(),
    })
}

fn gate(policy: &Value) -> Result<Gate> {
    Ok(Gate::from_configuration(policy.to_string().as_bytes())?)
}
