//! What was decided, in Envoy's statistics.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use claimgate_tests::config::{Config, sample_policy, standalone_policy};
use claimgate_tests::ecds::Ecds;
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::http::Request;
use claimgate_tests::idp::Idp;
use claimgate_tests::token::{Issuer, claims};
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

/// The statistics that are claimgate's and count something, by name.
fn stats(envoy: &Envoy) -> Result<BTreeMap<String, u64>> {
    let stats = envoy.admin("/stats?filter=^wasmcustom\\.")?;
    let lines = stats.lines().filter_map(|line| line.split_once(": "));
    let counted = lines.map(|(name, value)| Ok((name.to_owned(), value.parse()?)));
    counted.filter(|counted| !matches!(counted, Ok((_, 0)))).collect()
}

/// Waits until the statistics are these.
fn becomes(envoy: &Envoy, expected: &[(&str, u64)]) -> Result<()> {
    let expected: BTreeMap<String, u64> = expected
        .iter()
        .map(|(name, count)| (format!("wasmcustom.claimgate.{name}"), *count))
        .collect();
    let came = poll(PATIENCE, || Ok((stats(envoy)? == expected).then_some(())))?;
    if came.is_none() {
        assert_eq!(stats(envoy)?, expected);
    }
    Ok(())
}

/// The sample policy, its tokens verified here, with a rule in shadow that has no name.
fn policy(issuer: &Issuer) -> Result<Value> {
    let mut policy = sample_policy()?;
    policy["issuers"][0]["signature"] = json!({ "jwks": issuer.jwks() });
    let rules = policy["rules"].as_array_mut().context("no rules")?;
    rules.push(json!({ "path": "/trial/{any}", "methods": ["GET"], "allow": { "roles": ["admin"] }, "mode": "shadow" }));
    Ok(policy)
}

/// Some requests, and how often each is sent.
fn ask(envoy: &Envoy, issuer: &Issuer) -> Result<()> {
    let token = |role: &str| issuer.token(&claims("ada", &[role]));
    let (admin, viewer) = (token("admin"), token("viewer"));
    for (line, token, times, status) in [
        ("GET /healthz", "", 3, 200),
        ("GET /me", "", 2, 401),
        ("GET /me", "x", 1, 401),
        ("GET /me", &admin, 5, 200),
        ("DELETE /user-data/1", &viewer, 4, 403),
        ("GET /nothing", &admin, 6, 403),
        ("GET /healthz;x", "", 1, 400),
        ("GET /trial/1", &admin, 2, 200),
        ("GET /trial/1", &viewer, 3, 200),
        ("GET /trial/1", "", 1, 200),
    ] {
        for _ in 0..times {
            let mut request = Request::new(line)?;
            if !token.is_empty() {
                request = request.bearer(token)?;
            }
            assert_eq!(request.send(envoy.addr())?.status, status, "{line}");
        }
    }
    Ok(())
}

/// What they count, but for the token cache, which each worker has for itself.
const COUNTED: &[(&str, u64)] = &[
    ("decisions.enforce.allowed", 8),
    ("decisions.enforce.insufficient_permission", 4),
    ("decisions.enforce.invalid_path", 1),
    ("decisions.enforce.invalid_token", 1),
    ("decisions.enforce.missing_token", 2),
    ("decisions.enforce.no_rule", 6),
    ("decisions.shadow.allowed", 2),
    ("decisions.shadow.insufficient_permission", 3),
    ("decisions.shadow.missing_token", 1),
    ("rules.GET_trial_any.shadow.allowed", 2),
    ("rules.GET_trial_any.shadow.insufficient_permission", 3),
    ("rules.GET_trial_any.shadow.missing_token", 1),
    ("rules.delete-user-data.enforce.insufficient_permission", 4),
    ("rules.health.enforce.allowed", 3),
    ("rules.profile.enforce.allowed", 5),
    ("rules.profile.enforce.invalid_token", 1),
    ("rules.profile.enforce.missing_token", 2),
];

fn counted(cache: [u64; 2]) -> Vec<(&'static str, u64)> {
    let cache = [("token_cache.hits", cache[0]), ("token_cache.misses", cache[1])];
    COUNTED.iter().copied().chain(cache).collect()
}

#[test]
fn each_decision_is_counted_once_by_rule_mode_and_code() -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let config = Config::new(upstream.addr(), issuer.jwks()).policy(&policy(&issuer)?);
    let envoy = Envoy::start(&config.without_jwt_authn().build()?)?;
    // What is always there can be seen before it counts.
    assert_eq!(envoy.stat("wasmcustom.claimgate.decisions.enforce.keys_unavailable")?, 0);
    ask(&envoy, &issuer)?;
    becomes(&envoy, &counted([12, 3]))?;
    let metrics = envoy.admin("/stats/prometheus?filter=^wasmcustom\\.")?;
    for line in [
        "# TYPE claimgate_decisions counter",
        r#"claimgate_decisions{mode="enforce",code="allowed"} 8"#,
        r#"claimgate_decisions{mode="shadow",code="insufficient_permission"} 3"#,
        r#"claimgate_decisions{mode="enforce",code="keys_unavailable"} 0"#,
        "# TYPE claimgate_rules counter",
        r#"claimgate_rules{rule="delete-user-data",mode="enforce",code="insufficient_permission"} 4"#,
        r#"claimgate_rules{rule="GET_trial_any",mode="shadow",code="missing_token"} 1"#,
        "claimgate_token_cache_hits{} 12",
    ] {
        assert!(metrics.lines().any(|other| other == line), "{line} is not in:\n{metrics}");
    }
    Ok(())
}

#[test]
fn workers_count_together() -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let config = Config::new(upstream.addr(), issuer.jwks()).policy(&policy(&issuer)?);
    let envoy = Envoy::start_workers(&config.without_jwt_authn().build()?, 2)?;
    for _ in 0..3 {
        ask(&envoy, &issuer)?;
    }
    // Of 15 tokens each time, how many are remembered depends on which worker gets them.
    let hits = || envoy.stat("wasmcustom.claimgate.token_cache.hits");
    let misses = || envoy.stat("wasmcustom.claimgate.token_cache.misses");
    let all = poll(PATIENCE, || Ok((hits()? + misses()? == 45).then_some(())))?;
    all.context("tokens are not all counted")?;
    let counted: Vec<_> = counted([0, 0]).iter().map(|(name, count)| (*name, 3 * count)).collect();
    let mut expected = counted;
    expected.retain(|(_, count)| *count > 0);
    let (hits, misses) = (hits()?, misses()?);
    expected.extend([("token_cache.hits", hits), ("token_cache.misses", misses)]);
    becomes(&envoy, &expected)
}

/// Reloads while requests come, each policy with a rule of its own.
#[test]
fn a_new_configuration_loses_no_count() -> Result<()> {
    let (upstream, ecds) = (Upstream::start()?, Ecds::new()?);
    let config =
        Config::new(upstream.addr(), json!({ "keys": [] })).without_jwt_authn().ecds(&ecds);
    let publish = |version: u64| {
        let rules = json!([
            { "name": "door", "path": "/door", "allow": "public" },
            { "path": format!("/version/{version}"), "allow": "public" },
        ]);
        ecds.publish(&config.clone().policy(&json!({ "rules": rules })))
    };
    publish(0)?;
    let envoy = Envoy::start_workers(&config.build()?, 2)?;
    let (mut doors, mut versions, mut others) = (0, 0, 0);
    let status = |path: String| anyhow::Ok(Request::new(&path)?.send(envoy.addr())?.status);
    for version in 1..=5 {
        publish(version)?;
        let came = poll(PATIENCE, || {
            assert_eq!(status("GET /door".into())?, 200);
            doors += 1;
            let there = status(format!("GET /version/{version}"))? == 200;
            let count = if there { &mut versions } else { &mut others };
            *count += 1;
            Ok(there.then_some(()))
        })?;
        came.context("the new policy is not in force")?;
    }
    let allowed = doors + versions;
    let wanted = || {
        let found = stats(&envoy)?;
        let of =
            |name: &str| found.get(&format!("wasmcustom.claimgate.{name}")).copied().unwrap_or(0);
        let by_version = found.iter().filter(|(name, _)| name.contains("rules.version_"));
        anyhow::Ok([
            of("rules.door.enforce.allowed"),
            by_version.map(|(_, count)| *count).sum(),
            of("decisions.enforce.allowed"),
            of("decisions.enforce.no_rule"),
        ])
    };
    let came =
        poll(PATIENCE, || Ok((wanted()? == [doors, versions, allowed, others]).then_some(())))?;
    if came.is_none() {
        assert_eq!(wanted()?, [doors, versions, allowed, others]);
    }
    Ok(())
}

#[test]
fn fetches_of_keys_are_counted() -> Result<()> {
    let (upstream, idp, issuer) = (Upstream::start()?, Idp::start()?, Issuer::new()?);
    idp.answer(404, "text/plain", "none")?;
    let mut policy = standalone_policy()?;
    policy["issuers"][0]["signature"]["remote_jwks"]["refresh_seconds"] = json!(1);
    let envoy = Envoy::start(&Config::standalone(upstream.addr(), &idp).policy(&policy).build()?)?;
    let count = |end: &str| envoy.stat(&format!("wasmcustom.claimgate.jwks.main.{end}"));
    let failed = poll(PATIENCE, || Ok((count("failed")? > 0).then_some(())))?;
    failed.context("failed fetches are not counted")?;
    assert_eq!(count("fetched")?, 0);
    idp.serve(&issuer.jwks())?;
    let fetched = poll(PATIENCE, || Ok((count("fetched")? > 1).then_some(())))?;
    fetched.context("fetches are not counted")?;
    let metrics = envoy.admin("/stats/prometheus?filter=jwks")?;
    assert!(metrics.contains(r#"claimgate_jwks_fetched{issuer="main"} "#), "{metrics}");
    Ok(())
}

/// As with a list of capabilities from before there were metrics.
#[test]
fn a_host_that_wants_no_metrics_loses_nothing_else() -> Result<()> {
    for capabilities in [
        &["proxy_define_metric"][..],
        &["proxy_increment_metric"],
        &["proxy_set_tick_period_milliseconds", "proxy_on_tick"],
        &[
            "proxy_define_metric",
            "proxy_increment_metric",
            "proxy_set_tick_period_milliseconds",
            "proxy_on_tick",
        ],
    ] {
        let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
        let config = Config::new(upstream.addr(), issuer.jwks()).policy(&policy(&issuer)?);
        let config = config.without_jwt_authn().forbidding(capabilities);
        let envoy = Envoy::start(&config.build()?)?;
        ask(&envoy, &issuer)?;
        // Two ticks later.
        std::thread::sleep(Duration::from_millis(2_200));
        ask(&envoy, &issuer)?;
        let log = envoy.log()?;
        let said = log
            .lines()
            .filter(|line| line.contains("proxy_") && line.contains("answered with status"));
        let said = said.count();
        // Once by each VM: the worker's, the main thread's, and the one with which Envoy tries the configuration.
        assert!((1..=3).contains(&said), "{capabilities:?}: {said} lines");
        assert_eq!(stats(&envoy)?, BTreeMap::new(), "{capabilities:?}");
    }
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(20);
