//! The shipped files say the same, wherever they need not differ.

use super::*;

const CAPABILITIES: &str =
    "/typed_config/config/vm_config/capability_restriction_config/allowed_capabilities";

#[test]
fn the_shipped_bootstrap_holds_the_sample_policy() -> Result<()> {
    let mut bootstrap = Bootstrap::read("envoy/envoy.yaml")?;
    let policy = bootstrap.filter_at(CLAIMGATE, &format!("{CONFIGURATION}/value"))?;
    assert_eq!(*policy, sample_policy()?);
    Ok(())
}

#[test]
fn the_two_bootstraps_differ_only_in_who_verifies() -> Result<()> {
    let mut expected = Bootstrap::read("envoy/envoy.yaml")?;
    let mut standalone = Bootstrap::read("envoy/standalone.yaml")?;

    // No filter in front.
    expected.filters()?.retain(|filter| filter["name"] != JWT_AUTHN);

    // Keys are fetched, and this is how.
    let signature = format!("{CONFIGURATION}/value/issuers/0/signature");
    *expected.filter_at(CLAIMGATE, &signature)? = json!({ "remote_jwks": {
        "cluster": "idp",
        "uri": "https://idp.example.com/.well-known/jwks.json",
        "refresh_seconds": 300,
        "cooldown_seconds": 30,
        "timeout_seconds": 5,
        "stale_seconds": 86400,
    } });

    // What fetching them, and requests that wait for them, need of the host.
    for capability in [
        "proxy_http_call",
        "proxy_set_effective_context",
        "proxy_continue_stream",
        "proxy_on_http_call_response",
        "proxy_on_request_body",
    ] {
        expected.filter_at(CLAIMGATE, CAPABILITIES)?[capability] = json!({});
    }

    // Whom they are fetched from; `Config::standalone` depends on the details.
    let clusters = standalone.clusters()?;
    let idp = clusters.iter().position(|cluster| cluster["name"] == "idp");
    clusters.remove(idp.unwrap_or(clusters.len()));

    assert_eq!(standalone.into_tree(), expected.into_tree());
    Ok(())
}
