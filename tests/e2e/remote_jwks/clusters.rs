//! Clusters that keys cannot come from, or must not.

use super::*;

/// Starts Envoy with a changed cluster `idp`, and with a policy that fetches from this cluster.
fn start(setup: &Setup, cluster: &str, change: impl FnOnce(&mut Value)) -> Result<Envoy> {
    let mut policy = policy(IMPATIENT)?;
    policy["issuers"][0]["signature"]["remote_jwks"]["cluster"] = json!(cluster);
    let mut bootstrap = setup.config(IMPATIENT)?.policy(&policy).build()?;
    let clusters = bootstrap["static_resources"]["clusters"].as_array_mut();
    let mut clusters = clusters.context("no clusters")?.iter_mut();
    change(clusters.find(|cluster| cluster["name"] == "idp").context("no cluster idp")?);
    Envoy::start(&bootstrap)
}

fn assert_only_public(setup: &Setup, envoy: &Envoy) -> Result<()> {
    for _ in 0..3 {
        assert_unavailable(&delete(envoy.addr(), &admin(&setup.issuer))?)?;
        assert_eq!(Request::new("GET /healthz")?.send(envoy.addr())?.status, 200);
    }
    assert_eq!(setup.idp.requests()?, 0, "keys were asked for all the same");
    assert_no_crash(envoy)
}

#[test]
fn a_cluster_that_does_not_exist_is_named() -> Result<()> {
    let setup = Setup::new()?;
    let envoy = start(&setup, "nowhere", |_| ())?;
    assert_only_public(&setup, &envoy)?;
    let line = wait_for_warning(&envoy, "")?;
    assert!(line.contains("nowhere"), "{line}");
    Ok(())
}

#[test]
fn a_cluster_without_endpoints_gives_no_keys() -> Result<()> {
    let setup = Setup::new()?;
    let envoy = start(&setup, "idp", |cluster| {
        cluster["load_assignment"]["endpoints"] = json!([]);
    })?;
    assert_only_public(&setup, &envoy)?;
    wait_for_warning(&envoy, "")?;
    Ok(())
}

#[test]
fn keys_are_taken_only_over_tls_with_the_right_authority_and_name() -> Result<()> {
    const VALIDATION: &str = "/transport_socket/typed_config/common_tls_context/validation_context";
    const NAME: &str = "/match_typed_subject_alt_names/0/matcher/exact";
    let stranger = Idp::start()?;
    for (place, value) in [("/trusted_ca/inline_string", stranger.ca()), (NAME, "idp.example.org")]
    {
        let setup = Setup::new()?;
        let envoy = start(&setup, "idp", |cluster| {
            if let Some(found) = cluster.pointer_mut(&format!("{VALIDATION}{place}")) {
                *found = json!(value);
            }
        })?;
        assert_only_public(&setup, &envoy).context(place)?;
        wait_for_warning(&envoy, "")?;
    }
    Ok(())
}
