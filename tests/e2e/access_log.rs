//! Decisions in Envoy's access log.

use std::time::Duration;

use anyhow::{Context, Result};
use claimgate_tests::bootstrap::MANAGER;
use claimgate_tests::config::{Config, sample_policy};
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::http::Request;
use claimgate_tests::token::{Issuer, claims};
use claimgate_tests::upstream::Upstream;
use claimgate_tests::{markdown, repository, yaml};
use serde_json::{Value, json};

/// The block of `docs/operations.md` that begins so.
fn shown(start: &str) -> Result<String> {
    let page = std::fs::read_to_string(repository("docs/operations.md"))?;
    let found = markdown::blocks(&page).into_iter().find(|block| block.text.starts_with(start));
    Ok(found.with_context(|| format!("nothing that begins with {start} is shown"))?.text)
}

/// The part of a log's format that is shown there.
fn format() -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("format.yaml");
    std::fs::write(&file, shown("json_format:")?)?;
    yaml::read(&file)
}

/// The shipped configuration with this `audit`, a rule in shadow, and an access log of this format.
fn start(upstream: &Upstream, issuer: &Issuer, audit: &Value, format: &Value) -> Result<Envoy> {
    start_with(upstream, issuer, audit, format, &[])
}

/// The same with a host that refuses these capabilities.
fn start_with(
    upstream: &Upstream,
    issuer: &Issuer,
    audit: &Value,
    format: &Value,
    forbidden: &[&'static str],
) -> Result<Envoy> {
    let mut policy = sample_policy()?;
    policy["audit"] = audit.clone();
    let rules = policy["rules"].as_array_mut().context("no rules")?;
    rules.push(json!({ "path": "/trial", "allow": "nobody", "mode": "shadow" }));
    let config = Config::new(upstream.addr(), issuer.jwks()).policy(&policy);
    let mut bootstrap = config.forbidding(forbidden).build()?;
    let log = format!("{MANAGER}/access_log/0/typed_config/log_format");
    *bootstrap.pointer_mut(&log).context("no access log")? = format.clone();
    Envoy::start(&bootstrap)
}

/// The lines of the access log, as soon as there are so many.
fn lines(envoy: &Envoy, count: usize) -> Result<Vec<String>> {
    let found = poll(PATIENCE, || {
        let log = envoy.access_log()?;
        let lines: Vec<String> = log.lines().map(str::to_owned).collect();
        Ok((lines.len() >= count).then_some(lines))
    })?;
    found.context("the access log has too few lines")
}

fn get(envoy: &Envoy, path: &str, token: Option<&str>) -> Result<u16> {
    let request = Request::new(&format!("GET {path}"))?;
    let request = match token {
        Some(token) => request.bearer(token)?,
        None => request,
    };
    Ok(request.send(envoy.addr())?.status)
}

#[test]
fn an_access_log_says_what_was_decided() -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let audit = json!({ "filter_state": true });
    let envoy = start(&upstream, &issuer, &audit, &format()?)?;
    let vera = issuer.token(&claims("vera", &["viewer"]));
    let table = [
        ("/me", Some(vera.as_str()), json!(["allow", null, null, "profile", "vera"])),
        (
            "/admin-dashboard",
            Some(&vera),
            json!(["deny", null, "insufficient_permission", "admin-dashboard", "vera"]),
        ),
        ("/me", None, json!(["deny", null, "missing_token", "profile", null])),
        ("/none", Some(&vera), json!(["deny", null, "no_rule", null, null])),
        ("/trial", None, json!(["deny", "true", "insufficient_permission", "/trial", null])),
        ("/healthz", None, json!(["allow", null, null, "health", null])),
    ];
    for (path, token, _) in &table {
        get(&envoy, path, *token)?;
    }
    for (line, (path, _, expected)) in lines(&envoy, table.len())?.iter().zip(&table) {
        let line: Value = serde_json::from_str(line)?;
        let found = ["decision", "shadow", "code", "rule", "subject"].map(|key| line[key].clone());
        assert_eq!(json!(found), *expected, "{path}");
    }
    Ok(())
}

#[test]
fn the_line_that_is_shown_is_the_one_that_is_written() -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let envoy = start(&upstream, &issuer, &json!({ "filter_state": true }), &format()?)?;
    let token = issuer.token(&claims("vera", &["viewer"]));
    Request::new("DELETE /user-data/123")?.bearer(&token)?.send(envoy.addr())?;
    let line: Value = serde_json::from_str(&lines(&envoy, 1)?[0])?;
    let shown = shown(r#"{"status":403,"decision""#)?;
    assert_eq!(line, serde_json::from_str::<Value>(&shown)?);
    Ok(())
}

/// As with a list of capabilities from before there was this.
#[test]
fn a_host_that_takes_no_decisions_loses_nothing_else() -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let (audit, format) = (json!({ "filter_state": true }), format()?);
    let envoy = start_with(&upstream, &issuer, &audit, &format, &["proxy_set_property"])?;
    for (path, status) in [("/healthz", 200), ("/me", 401), ("/healthz", 200)] {
        assert_eq!(get(&envoy, path, None)?, status);
    }
    let log = envoy.log()?;
    let said = log.lines().filter(|line| line.contains("access logs will not show decisions"));
    assert_eq!(said.count(), 1, "{log}");
    Ok(())
}

#[test]
fn a_subject_makes_no_line_of_its_own() -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let text = "%RESPONSE_CODE% \"%FILTER_STATE(wasm.claimgate.subject:PLAIN)%\"\n";
    let format = json!({ "text_format_source": { "inline_string": text } });
    let envoy = start(&upstream, &issuer, &json!({ "filter_state": true }), &format)?;
    let long = "x".repeat(5_000);
    for (subject, expected) in [
        ("a\n200 \"root", r#"200 "a\n200 \"root""#.to_owned()),
        ("\u{1b}[31m\u{202e}\u{7f}", r#"200 "\u001b[31m\u202e\u007f""#.to_owned()),
        ("Zo\u{eb} %REQ(:path)%", "200 \"Zo\u{eb} %REQ(:path)%\"".to_owned()),
        (&long, format!("200 \"{}…\"", "x".repeat(256))),
    ] {
        let before = envoy.access_log()?.lines().count();
        let token = issuer.token(&claims(subject, &["viewer"]));
        assert_eq!(get(&envoy, "/me", Some(&token))?, 200, "{subject}");
        assert_eq!(lines(&envoy, before + 1)?[before..], [expected]);
    }
    Ok(())
}

#[test]
fn it_says_nothing_unless_it_is_asked_to() -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    for audit in [json!({}), json!({ "filter_state": false })] {
        let envoy = start(&upstream, &issuer, &audit, &format()?)?;
        get(&envoy, "/me", None)?;
        let line: Value = serde_json::from_str(&lines(&envoy, 1)?[0])?;
        assert_eq!((&line["decision"], &line["rule"]), (&Value::Null, &Value::Null), "{line}");
    }
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(20);
