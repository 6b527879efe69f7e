//! How the configuration arrives, and what becomes of a bad one.

use std::time::Duration;

use anyhow::{Context, Result};
use claimgate_tests::config::{Config, sample_policy};
use claimgate_tests::ecds::Ecds;
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::http::Request;
use claimgate_tests::token::{Issuer, claims};
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

#[test]
fn struct_string_and_bytes_give_the_same_decisions() -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let mut policy = sample_policy()?;
    // A Struct knows 0 and 8192 as doubles only.
    policy["token"] = json!({ "leeway_seconds": 0, "max_bytes": 8192 });
    let text = policy.to_string();
    let config = Config::new(upstream.addr(), issuer.jwks());
    let mut all = Vec::new();
    for config in [
        config.clone().policy(&policy),
        config.clone().policy_json(&format!("\n {text} \n")),
        config.policy_bytes(text.as_bytes()),
    ] {
        let envoy = Envoy::start(&config.build()?)?;
        all.push(decisions(&envoy, &issuer)?);
    }
    let statuses: Vec<u16> = all[0].iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [401, 200, 200, 401, 200, 200, 401, 403, 200, 403, 403, 403]);
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    Ok(())
}

/// Status and body of some requests, each by nobody, a viewer and an admin.
fn decisions(envoy: &Envoy, issuer: &Issuer) -> Result<Vec<(u16, String)>> {
    let viewer = issuer.token(&claims("vera", &["viewer"]));
    let admin = issuer.token(&claims("ada", &["admin"]));
    let mut answers = Vec::new();
    for line in ["GET /me", "GET /user-data/1", "DELETE /user-data/1", "GET /nothing"] {
        for token in [None, Some(&viewer), Some(&admin)] {
            let mut request = Request::new(line)?;
            if let Some(token) = token {
                request = request.bearer(token)?;
            }
            let answer = request.send(envoy.addr())?;
            let body = if answer.status == 200 { String::new() } else { answer.text() };
            answers.push((answer.status, body));
        }
    }
    Ok(answers)
}

/// A configuration that nobody will ask anything of.
fn unasked() -> Result<Config> {
    Ok(Config::new(Upstream::start()?.addr(), json!({ "keys": [] })).without_jwt_authn())
}

fn refusal(config: &Config) -> Result<String> {
    let started = Envoy::start(&config.build()?);
    Ok(started.err().context("Envoy started")?.to_string())
}

#[test]
fn a_bad_configuration_keeps_envoy_from_starting_and_every_problem_is_logged() -> Result<()> {
    let mut policy = sample_policy()?;
    policy["isuers"] = json!([]);
    policy["rules"][3]["path"] = json!("/user-data/{id");
    policy["rules"][4]["alow"] = json!("public");
    policy["rules"][6]["path"] = json!("/admin-dashboard/**");
    policy["rules"][6]["methods"] = json!(["PUT", "GET"]);
    policy["rules"][5]["methods"] = json!(["GET"]);
    let config = unasked()?;
    for config in [config.clone().policy(&policy), config.policy_json(&policy.to_string())] {
        let refusal = refusal(&config)?;
        for expected in [
            "configuration: unknown key \"isuers\"; did you mean `issuers`?",
            "rules[3].path: \"/user-data/{id\" has an unclosed `{`",
            "rules[4]: unknown key \"alow\"; did you mean `allow`?",
            "rules[6]: \"admin-dashboard-help\" ties with rules[5] \"admin-dashboard\"",
        ] {
            assert!(refusal.contains(expected), "{expected:?} is not in:\n{refusal}");
        }
    }
    Ok(())
}

#[test]
fn what_is_no_configuration_at_all_keeps_envoy_from_starting() -> Result<()> {
    let config = unasked()?;
    for (config, expected) in [
        (config.clone().policy_json(""), "configuration: is empty"),
        (config.clone().policy(&json!({})), "configuration: is empty"),
        (config.clone().policy_json("rules: []"), "neither JSON nor a google.protobuf.Struct"),
        (config.clone().policy_bytes(b"\x0a\xff\xff"), "is not a google.protobuf.Struct"),
        (config.clone().policy_bytes(b"\xff\xfe"), "neither JSON nor a google.protobuf.Struct"),
        (config.policy_json(&"[".repeat(100_000)), "recursion limit exceeded"),
    ] {
        let refusal = refusal(&config)?;
        assert!(refusal.contains(expected), "{expected:?} is not in:\n{refusal}");
        assert!(!refusal.contains("panicked"), "{refusal}");
    }
    Ok(())
}

#[test]
fn a_bad_update_is_rejected_while_the_last_good_policy_serves() -> Result<()> {
    const REJECTED: &str = "extension_config_discovery.http_filter.claimgate.update_rejected";
    let (upstream, ecds) = (Upstream::start()?, Ecds::new()?);
    let config = Config::new(upstream.addr(), Issuer::new()?.jwks()).ecds(&ecds);
    let publish = |rules: Value| ecds.publish(&config.clone().policy(&json!({ "rules": rules })));
    publish(json!([{ "path": "/door", "allow": "nobody" }]))?;
    let envoy = Envoy::start_workers(&config.build()?, 2)?;
    let status = || anyhow::Ok(Request::new("GET /door")?.send(envoy.addr())?.status);
    let becomes =
        |wanted: &dyn Fn() -> Result<bool>| poll(PATIENCE, || Ok(wanted()?.then_some(())));
    assert_eq!(status()?, 403);

    publish(json!([
        { "path": "/door", "allow": "public", "hots": [] },
        { "path": "door", "allow": "public" },
    ]))?;
    becomes(&|| Ok(envoy.stat(REJECTED)? > 0))?.context("the bad update was not rejected")?;
    for problem in
        ["rules[0]: unknown key \"hots\"; did you mean `hosts`?", "rules[1].path: \"door\""]
    {
        assert!(envoy.log()?.contains(problem), "{problem}");
    }
    for _ in 0..50 {
        assert_eq!(status()?, 403);
    }

    publish(json!([{ "path": "/door", "allow": "public" }]))?;
    becomes(&|| Ok(status()? == 200))?.context("the next good update was not taken")?;
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(20);
