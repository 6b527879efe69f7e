//! `docs/operations.md`: its log lines are the module's, its metrics are Envoy's, what it says of failures is measured.

use std::time::Duration;

use claimgate_tests::bootstrap::MANAGER;
use claimgate_tests::config::Config;
use claimgate_tests::ecds::Ecds;
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::http::Request;
use claimgate_tests::idp::Idp;
use claimgate_tests::token::Issuer;
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

use super::*;

#[test]
fn every_log_line_is_explained() -> Result<()> {
    let page = page("operations.md")?;
    let mut lines = 0;
    for entry in fs::read_dir(repository("src"))? {
        let source = fs::read_to_string(entry?.path())?;
        for call in ["info!(", "warn!(", "error!("] {
            for rest in source.split(call).skip(1) {
                let text = rest.split('"').nth(1).context("a log line without a text")?;
                let line = shown(text);
                // Text that comes from elsewhere as a whole is explained, but cannot be found by its words.
                if line != "…" {
                    assert!(page.contains(&line), "{line:?} is not in docs/operations.md");
                    lines += 1;
                }
            }
        }
    }
    assert!(lines >= 6, "{lines}");
    Ok(())
}

/// A format string as the page shows it: `…` for what is filled in.
fn shown(format: &str) -> String {
    let mut parts = format.split('{');
    let mut line = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        line.push('…');
        line.push_str(part.split_once('}').map_or("", |(_, text)| text));
    }
    line
}

#[test]
fn every_member_of_the_audit_line_is_explained() -> Result<()> {
    let source = fs::read_to_string(repository("crates/gate/src/audit.rs"))?;
    let line = source.split("struct Line").nth(1).and_then(|rest| rest.split('}').next());
    let fields = line.context("no struct Line")?.lines().map(str::trim);
    let names = fields.filter_map(|line| Some(line.split_once(": ")?.0));
    let names: Vec<&str> = names.filter(|name| !name.contains([' ', '#', '/'])).collect();
    assert!(names.contains(&"decision") && names.contains(&"reason"), "{names:?}");
    let page = page("operations.md")?;
    let table = page.split("## The audit line").nth(1).and_then(|rest| rest.split("\n## ").next());
    for name in names {
        assert!(table.context("no such section")?.contains(&format!("`{name}`")), "{name}");
    }
    Ok(())
}

#[test]
fn every_metric_of_the_queries_is_there() -> Result<()> {
    let page = page("operations.md")?;
    let queries = blocks(&page).into_iter().filter(|block| block.info == "promql");
    let text: String = queries.map(|block| block.text).collect();
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let names: BTreeSet<&str> = words
        .filter(|word| word.starts_with("envoy_") || word.starts_with("claimgate_"))
        // Labels.
        .filter(|word| !["envoy_response_code_class", "envoy_cluster_name"].contains(word))
        .collect();
    assert!(names.len() >= 10, "{names:?}");

    let (upstream, issuer, idp, ecds) =
        (Upstream::start()?, Issuer::new()?, Idp::start()?, Ecds::new()?);
    idp.serve(&issuer.jwks())?;
    let config = Config::standalone(upstream.addr(), &idp).ecds(&ecds);
    ecds.publish(&config)?;
    let envoy = Envoy::start(&config.build()?)?;
    let token = issuer.token(&claimgate_tests::token::claims("vera", &["viewer"]));
    assert_eq!(Request::new("GET /me")?.bearer(&token)?.send(envoy.addr())?.status, 200);
    let missing = || {
        let metrics = envoy.admin("/stats/prometheus")?;
        let has = |name: &&&str| metrics.contains(&format!("\n{name}{{"));
        anyhow::Ok(names.iter().filter(|name| !has(name)).copied().collect::<Vec<_>>())
    };
    // Counters of the workers are added up now and then.
    let complete = poll(PATIENCE, || Ok(missing()?.is_empty().then_some(())))?;
    assert!(complete.is_some(), "{:?}", missing()?);
    let metrics = envoy.admin("/stats/prometheus")?;
    for label in [r#"envoy_cluster_name="idp""#, r#"envoy_response_code_class="2""#] {
        assert!(metrics.contains(label), "{label}");
    }
    Ok(())
}

/// A bootstrap whose filter `claimgate` is changed by this.
fn changed(config: &Config, change: impl FnOnce(&mut Value)) -> Result<Value> {
    let mut bootstrap = config.build()?;
    let filters = bootstrap.pointer_mut(&format!("{MANAGER}/http_filters"));
    let filters = filters.and_then(Value::as_array_mut).context("no filters")?;
    let claimgate = filters.iter_mut().find(|filter| filter["name"] == "claimgate");
    change(claimgate.context("no claimgate")?);
    Ok(bootstrap)
}

#[test]
fn without_anything_from_ecds_nothing_passes() -> Result<()> {
    let (upstream, ecds) = (Upstream::start()?, Ecds::new()?);
    let config = Config::new(upstream.addr(), Issuer::new()?.jwks()).ecds(&ecds);
    let bootstrap = changed(&config, |filter| {
        filter["config_discovery"]["config_source"]["initial_fetch_timeout"] = json!("0.5s");
    })?;
    let refusal = Envoy::start(&bootstrap).err().context("Envoy started")?.to_string();
    assert!(refusal.contains("paths must refer to an existing path in the system"), "{refusal}");

    fs::write(ecds.path(), r#"{ "version_info": "1", "resources": [] }"#)?;
    let envoy = Envoy::start(&bootstrap)?;
    assert_eq!(Request::new("GET /healthz")?.send(envoy.addr())?.status, 500);
    assert_eq!(upstream.hits(), 0);
    assert!(envoy.log()?.contains("Filesystem config update rejected"));
    Ok(())
}

#[test]
fn a_dead_vm_answers_503_and_is_replaced_where_envoy_may() -> Result<()> {
    for (policy, replaced) in [("FAIL_RELOAD", true), ("FAIL_CLOSED", false)] {
        let upstream = Upstream::start()?;
        let config = Config::new(upstream.addr(), Issuer::new()?.jwks());
        // A denial that cannot be sent stops the VM on purpose.
        let envoy = Envoy::start(&changed(&config, |filter| {
            let plugin = &mut filter["typed_config"]["config"];
            plugin["failure_policy"] = json!(policy);
            let list = &mut plugin["vm_config"]["capability_restriction_config"];
            if let Value::Object(allowed) = &mut list["allowed_capabilities"] {
                allowed.remove("proxy_send_local_response");
            }
        })?)?;
        let ask = |line: &str| anyhow::Ok(Request::new(line)?.send(envoy.addr())?.status);
        assert_eq!((ask("GET /healthz")?, ask("GET /me")?, ask("GET /healthz")?), (200, 503, 503));
        // Longer than the back-off of a second.
        let served = || Ok((ask("GET /healthz")? == 200).then_some(()));
        let served = poll(Duration::from_secs(3), served)?;
        assert_eq!(served.is_some(), replaced, "{policy}");
        assert_eq!(envoy.stat("wasm.claimgate.vm_reload_success")?, u64::from(replaced));
        let logged = || Ok(envoy.access_log()?.contains("wasm_fail_stream").then_some(()));
        poll(PATIENCE, logged)?.context("the access log does not say who answered")?;
    }
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(20);
