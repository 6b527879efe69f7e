//! README says what is true: its commands are run by a test, its examples come from the sample policy.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use claimgate_cli::suite::{Runner, Suite};
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
    let (program, made): (BTreeSet<_>, BTreeSet<_>) =
        commands.into_iter().partition(|line| !line.starts_with("make "));
    // demo: e2e/demo.rs. compose: e2e/compose.rs. test: what runs this.
    assert_eq!(made, BTreeSet::from(["make compose", "make demo", "make test"].map(str::to_owned)));
    run_all(&program)?;
    let makefile = fs::read_to_string(repository("Makefile"))?;
    for target in [
        "compose",
        "demo",
        "demo-standalone",
        "fleet",
        "fleet-policy",
        "image",
        "run",
        "sbom",
        "test",
        "wasm",
    ] {
        assert!(readme()?.contains(&format!("make {target}")), "{target}");
        assert!(makefile.contains(&format!("\n{target}: ")), "{target}");
    }
    Ok(())
}

/// Installs the program as README says, but for a build without optimization, and runs the lines that use it.
fn run_all(lines: &BTreeSet<String>) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (install, rest): (Vec<_>, Vec<_>) =
        lines.iter().partition(|line| line.starts_with("cargo install "));
    ensure!(
        install.len() == 1 && !rest.is_empty(),
        "README does not install the program: {lines:?}"
    );
    let install = format!("{} --debug --root \"$HERE\" --target-dir target", install[0]);
    for line in std::iter::once(&install).chain(rest) {
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c"])
            .arg(format!("export PATH=\"$HERE/bin:$PATH\"; {line}"))
            .env("HERE", folder.path())
            .current_dir(repository(""))
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "`{line}` ends with {}: {said}", output.status);
    }
    Ok(())
}

#[test]
fn the_cases_that_are_shown_are_those_of_the_sample_policy() -> Result<()> {
    let block = blocks(&readme()?, "yaml").into_iter().nth(1).context("no second YAML block")?;
    let folder = tempfile::tempdir()?;
    fs::copy(repository("envoy/policy.yaml"), folder.path().join("policy.yaml"))?;
    let file = folder.path().join("policy.cases.yaml");
    fs::write(&file, block)?;
    let suite = Suite::read(&file)?;
    let tried = Runner::new(&suite, UnixTime::from_seconds(now()))?.try_all(suite.checks());
    let failed: Vec<String> =
        tried.iter().flat_map(|(check, found)| check.differences(found)).collect();
    assert!(failed.is_empty(), "{failed:#?}");
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
    let page = fs::read_to_string(repository("docs/policy.md"))?;
    assert!(page.contains(&format!("```json\n{}\n```", reply.body)), "{}", reply.body);
    Ok(())
}

/// A host that nothing is asked of.
struct Nowhere;

impl Host for Nowhere {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        Ok(Vec::new())
    }
}
