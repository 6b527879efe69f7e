//! The shipped files say the same, wherever they need not differ.

use anyhow::Context;

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

#[test]
fn the_fleets_bootstrap_differs_only_in_where_the_filter_comes_from() -> Result<()> {
    let mut fleet = Bootstrap::read("envoy/fleet/envoy.yaml")?;
    let mut expected = Bootstrap::read("envoy/envoy.yaml")?;

    let mut extension: Value = yaml::read(&repository("envoy/fleet/extension.yaml"))?;
    let mut filter = extension["resources"][0].take();
    filter.as_object_mut().context("no resource")?.remove("@type");
    // What `make fleet-policy` writes there.
    filter["typed_config"]["config"]["configuration"]["value"] = sample_policy()?;
    assert_eq!(filter, *expected.filter(CLAIMGATE)?);
    *expected.filter(CLAIMGATE)? = subscription(&PathBuf::from("/etc/claimgate/extension.yaml"));

    // Who asks for it, and who may look at the numbers.
    expected.tree()["node"] = json!({ "id": "envoy", "cluster": "fleet" });
    fleet.list("/static_resources/listeners")?.retain(|listener| listener["name"] != "stats");
    fleet.clusters()?.retain(|cluster| cluster["name"] != "admin");
    assert_eq!(fleet.into_tree(), expected.into_tree());
    Ok(())
}
