//! README says what is true: its commands are run by a test, its examples come from the sample policy.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};
use claimgate_tests::config::sample_policy;
use claimgate_tests::token::{Issuer, claims, now};
use claimgate_tests::{markdown, repository, yaml};
use gate::{Gate, Host, HostFailure, UnixTime};
use serde_json::{Value, json};

fn readme() -> Result<String> {
    fs::read_to_string(repository("README.md")).context("cannot read README.md")
}

/// The contents of the code blocks of this language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let blocks = markdown::blocks(text).into_iter().filter(|block| block.info == language);
    blocks.map(|block| block.text).collect()
}

#[test]
fn every_command_is_run_by_a_test() -> Result<()> {
    let commands: BTreeSet<String> = blocks(&readme()?, "sh")
        .iter()
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| !line.starts_with("apt-get update"))
        .collect();
    // demo: e2e/demo.rs. compose: e2e/compose.rs. test: what runs this.
    let covered = ["make compose", "make demo", "make test"].map(str::to_owned);
    assert_eq!(commands, BTreeSet::from(covered));
    let makefile = fs::read_to_string(repository("Makefile"))?;
    for target in ["compose", "demo", "demo-standalone", "run", "test", "wasm"] {
        assert!(readme()?.contains(&format!("make {target}")), "{target}");
        assert!(makefile.contains(&format!("\n{target}: ")), "{target}");
    }
    Ok(())
}

#[test]
fn the_table_on_the_first_screen_is_of_the_sample_policy() -> Result<()> {
    let block = blocks(&readme()?, "yaml").into_iter().next().context("no YAML block")?;
    let shown: Value = yaml::parse(&block)?;
    let sample = sample_policy()?;
    let rules = sample["rules"].as_array().context("no rules")?;
    for rule in shown["rules"].as_array().context("no rules")? {
        assert!(rules.contains(rule), "{rule} is not a rule of envoy/policy.yaml");
    }
    Ok(())
}

#[test]
fn the_problems_that_are_quoted_are_the_ones_that_are_reported() -> Result<()> {
    let configuration = r#"{"rules": [
        {"path": "/a", "allow": "public"},
        {"path": "/b", "methods": ["get"], "alow": "public"}
    ]}"#;
    let refused =
        Gate::from_configuration(configuration.as_bytes()).err().context("it was taken")?;
    assert!(readme()?.contains(&format!("```\n{refused}\n```")), "{refused}");
    Ok(())
}

#[test]
fn the_problem_details_that_are_shown_are_the_ones_that_are_sent() -> Result<()> {
    let mut policy = sample_policy()?;
    policy["replies"] = json!({ "format": "problem" });
    policy["issuers"][0]["signature"] = json!({ "decode_only": true });
    let gate = Gate::from_configuration(policy.to_string().as_bytes())?;
    let viewer = Issuer::new()?.token(&claims("vera", &["viewer"]));
    let authorization = format!("Bearer {viewer}");
    let headers = [
        (":method", "DELETE"),
        (":authority", "localhost"),
        (":path", "/user-data/123"),
        ("authorization", authorization.as_str()),
        ("x-request-id", "0f2b9a3c-7d51-9e0f-8a64-5c1d2e3f4a5b"),
    ];
    let request = gate.request(headers.map(|(name, value)| (name.as_bytes(), value.as_bytes())));
    let decision = gate.decide(&request, &Nowhere, UnixTime::from_seconds(now()));
    let reply = gate.reply(&request, &decision).context("it was allowed")?;
    assert!(readme()?.contains(&format!("```json\n{}\n```", reply.body)), "{}", reply.body);
    Ok(())
}

/// A host that nothing is asked of.
struct Nowhere;

impl Host for Nowhere {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        Ok(Vec::new())
    }
}

#[test]
fn every_key_is_in_the_reference() -> Result<()> {
    let readme = readme()?;
    for (configuration, prefix) in [
        (r#"{"?": 1}"#, ""),
        (r#"{"issuers": [{"?": 1}]}"#, "issuers[]."),
        (r#"{"token": {"?": 1}}"#, "token."),
        (r#"{"issuers": [{"signature": {"remote_jwks": {"?": 1}}}]}"#, "remote_jwks."),
        (r#"{"roles": {"a": {"?": 1}}}"#, "roles.<name>."),
        (r#"{"rules": [{"?": 1}]}"#, "rules[]."),
        (r#"{"rules": [{"allow": {"?": 1}}]}"#, "rules[].allow."),
        (r#"{"replies": {"?": 1}}"#, "replies."),
        (r#"{"replies": {"messages": {"?": 1}}}"#, "replies.messages."),
        (r#"{"replies": {"cors": {"?": 1}}}"#, "replies.cors."),
        (r#"{"forward": {"?": 1}}"#, "forward."),
        (r#"{"paths": {"?": 1}}"#, "paths."),
        (r#"{"revoked": {"?": 1}}"#, "revoked."),
        (r#"{"audit": {"?": 1}}"#, "audit."),
    ] {
        let refused = Gate::from_configuration(configuration.as_bytes()).err().context("taken")?;
        let unknown = refused.to_string();
        let keys = unknown.split("expected one of `").nth(1).context("no list of keys")?;
        let keys = keys.split_once("`\n").map_or(keys, |(keys, _)| keys).trim_end_matches('`');
        for key in keys.split("`, `") {
            let full = format!("{prefix}{key}");
            let named =
                [format!("`{full}`"), format!("`{full}."), format!("`{key}`"), format!("`{key}: ")];
            assert!(named.iter().any(|name| readme.contains(name)), "{prefix}{key}");
        }
    }
    Ok(())
}
