//! What fails closed when Envoy does not do what it is asked, and when the VM ends.

mod trap;

use anyhow::{Context, Result};
use claimgate_tests::bootstrap::MANAGER;
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Request;
use claimgate_tests::token::Issuer;
use claimgate_tests::upstream::Upstream;
use serde_json::{Map, Value, json};

/// Envoy with the sample policy, its wasm plugin changed by this.
fn start(upstream: &Upstream, change: impl Fn(&mut Map<String, Value>)) -> Result<Envoy> {
    let mut tree = Config::new(upstream.addr(), Issuer::new()?.jwks()).build()?;
    change(plugin(&mut tree)?);
    Envoy::start(&tree)
}

/// The wasm plugin of a bootstrap.
fn plugin(tree: &mut Value) -> Result<&mut Map<String, Value>> {
    let filters = format!("{MANAGER}/http_filters");
    let filters = tree.pointer_mut(&filters).and_then(Value::as_array_mut).context("no filters")?;
    let claimgate = filters.iter_mut().find(|filter| filter["name"] == "claimgate");
    let plugin = claimgate.and_then(|filter| filter.pointer_mut("/typed_config/config"));
    plugin.and_then(Value::as_object_mut).context("no plugin")
}

fn forbid(plugin: &mut Map<String, Value>, capability: &str) {
    let allowed = "/capability_restriction_config/allowed_capabilities";
    if let Some(Value::Object(allowed)) = plugin["vm_config"].pointer_mut(allowed) {
        assert!(allowed.remove(capability).is_some(), "{capability} was not allowed");
    }
}

#[test]
fn a_denial_that_cannot_be_sent_lets_nothing_through() -> Result<()> {
    for flag in [true, false] {
        let upstream = Upstream::start()?;
        let envoy = start(&upstream, |plugin| {
            forbid(plugin, "proxy_send_local_response");
            plugin.insert("allow_on_headers_stop_iteration".into(), json!(flag));
        })?;
        for request in ["GET /admin-dashboard", "POST /admin-dashboard"] {
            let request = Request::new(request)?.body("x=1");
            assert_eq!(request.clone().send(envoy.addr())?.status, 503, "flag: {flag}");
            assert_eq!(request.send_http2(envoy.addr())?.status, 503, "flag: {flag}");
        }
        assert_eq!(upstream.hits(), 0);
    }
    Ok(())
}

#[test]
fn a_host_call_that_fails_is_answered_with_503() -> Result<()> {
    for capability in
        ["proxy_get_header_map_pairs", "proxy_get_current_time_nanoseconds", "proxy_get_property"]
    {
        let upstream = Upstream::start()?;
        let envoy = start(&upstream, |plugin| forbid(plugin, capability))?;
        let answer = Request::new("GET /admin-dashboard")?.send(envoy.addr())?;
        assert_eq!(answer.status, 503, "{capability}");
        assert_eq!(answer.header("retry-after"), Some("1"), "{capability}");
        assert_eq!(answer.json()?["error"], "Authorization is temporarily unavailable.");
        assert_eq!(upstream.hits(), 0, "{capability}");
    }
    Ok(())
}

#[test]
fn a_grpc_call_gets_unavailable_and_the_plain_sentence() -> Result<()> {
    let upstream = Upstream::start()?;
    let envoy = start(&upstream, |plugin| forbid(plugin, "proxy_get_current_time_nanoseconds"))?;
    let status = Request::grpc("/admin-dashboard/x")?.send_http2(envoy.addr())?.grpc()?;
    assert_eq!((status.code, &*status.message), (14, "Authorization is temporarily unavailable."));
    Ok(())
}

#[test]
fn in_shadow_a_host_call_that_fails_stops_nothing() -> Result<()> {
    for (capability, signature) in [
        ("proxy_get_header_map_pairs", json!({ "decode_only": true })),
        ("proxy_get_current_time_nanoseconds", json!({ "decode_only": true })),
        ("proxy_get_property", json!({ "jwt_authn": { "metadata": "payload" } })),
    ] {
        let upstream = Upstream::start()?;
        let envoy = start(&upstream, |plugin| {
            forbid(plugin, capability);
            let policy = &mut plugin["configuration"]["value"];
            policy["mode"] = json!("shadow");
            policy["issuers"][0]["signature"] = signature.clone();
        })?;
        let answer = Request::new("GET /admin-dashboard")?.send(envoy.addr())?;
        assert_eq!((answer.status, upstream.hits()), (200, 1), "{capability}");
        let audit = envoy.decisions()?.pop().context("nothing is logged")?;
        assert_eq!(audit["code"], "keys_unavailable", "{capability}");
        assert_eq!(audit["shadow"], json!(true), "{capability}");
    }
    Ok(())
}
