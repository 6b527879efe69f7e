//! The policies of the manifests in a real Envoy, behind the filter that the mesh puts in front of claimgate
//! (docs/adr/0021), and given as JSON text, as both meshes do.

use anyhow::{Context, Result};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::{Answer, Request};
use claimgate_tests::idp::Idp;
use claimgate_tests::token::{AUDIENCE, ISSUER, Issuer, now};
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

use super::Manifest;

#[test]
fn behind_istios_jwt_authn() -> Result<()> {
    let [istio, _, _] = Manifest::all();
    // pilot/pkg/security/authn: RequestAuthentication's jwtRules become this.
    behind(&istio, "payload", &["permission", "scope"])
}

#[test]
fn behind_envoy_gateways_jwt_authn() -> Result<()> {
    let [_, _, gateway] = Manifest::all();
    // internal/xds/translator: SecurityPolicy's jwt becomes this.
    behind(&gateway, "main", &["scope"])
}

#[test]
fn alone_with_the_cluster_of_a_service_entry() -> Result<()> {
    let [_, extension, _] = Manifest::all();
    let (upstream, issuer, idp) = (Upstream::start()?, Issuer::new()?, Idp::start()?);
    idp.serve(&issuer.jwks())?;
    let config = Config::standalone(upstream.addr(), &idp);
    let mut bootstrap = config.policy_json(&extension.policy()?.to_string()).build()?;
    let clusters = bootstrap["static_resources"]["clusters"].as_array_mut().context("clusters")?;
    let provider = clusters.iter_mut().find(|cluster| cluster["name"] == "idp");
    provider.context("no cluster idp")?["name"] =
        extension.signature["remote_jwks"]["cluster"].clone();
    let envoy = Envoy::start(&bootstrap)?;
    decides(&envoy, &issuer)?;
    let forged = ask(&envoy, "GET /me", Some(&token(&Issuer::new()?, "admin")))?;
    assert_eq!(forged.json()?["error"], "The access token is not valid.");
    Ok(())
}

/// Envoy with jwt_authn as the mesh configures it, and the manifest's policy.
fn behind(manifest: &Manifest, metadata: &str, space_delimited: &[&str]) -> Result<()> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let config = Config::new(upstream.addr(), issuer.jwks());
    let mut bootstrap = config.policy_json(&manifest.policy()?.to_string()).build()?;
    let filters =
        "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters";
    let jwt_authn = &mut bootstrap.pointer_mut(filters).context("no filters")?[0]["typed_config"];
    let provider = &mut jwt_authn["providers"]["main"];
    provider["payload_in_metadata"] = json!(metadata);
    provider["normalize_payload_in_metadata"] =
        json!({ "space_delimited_claims": space_delimited });
    jwt_authn["bypass_cors_preflight"] = json!(true);
    jwt_authn["rules"][0]["requires"] = json!({ "requires_any": { "requirements": [
        { "provider_name": "main" },
        { "allow_missing": {} },
    ] } });
    let envoy = Envoy::start(&bootstrap)?;
    decides(&envoy, &issuer)?;

    // Said in the manifests' comments: a bad token is answered in front of claimgate.
    let forged = ask(&envoy, "GET /healthz", Some(&token(&Issuer::new()?, "admin")))?;
    assert_eq!((forged.status, forged.header("content-type")), (401, Some("text/plain")));
    Ok(())
}

fn decides(envoy: &Envoy, issuer: &Issuer) -> Result<()> {
    let (viewer, admin) = (token(issuer, "viewer"), token(issuer, "admin"));
    let forged = token(&Issuer::new()?, "admin");
    for (line, token, expected) in [
        ("GET /healthz", None, 200),
        ("GET /me", None, 401),
        ("GET /me", Some(&viewer), 200),
        ("GET /me", Some(&forged), 401),
        ("GET /user-data/123", Some(&viewer), 200),
        ("DELETE /user-data/123", Some(&viewer), 403),
        ("DELETE /user-data/123", Some(&admin), 200),
        ("GET /nothing", Some(&admin), 403),
        ("GET /user-data/a%2Fb", Some(&admin), 400),
    ] {
        let answer = ask(envoy, line, token)?;
        assert_eq!(answer.status, expected, "{line}");
    }
    let elsewhere = ask(envoy, &format!("GET /me?access_token={admin}"), None)?;
    assert_eq!(elsewhere.status, 401, "a token in the query counted");
    let denied = ask(envoy, "DELETE /user-data/123", Some(&viewer))?;
    let sentence = "You do not have permission to delete user data.";
    assert_eq!(denied.json()?, json!({ "error": sentence }));
    assert_eq!(ask(envoy, "GET /me", None)?.header("content-type"), Some("application/json"));
    Ok(())
}

fn ask(envoy: &Envoy, line: &str, token: Option<&String>) -> Result<Answer> {
    let request = Request::new(line)?;
    let request = if let Some(token) = token { request.bearer(token)? } else { request };
    request.send(envoy.addr())
}

/// A token like Keycloak's, whose `scope` the meshes split at its blanks.
fn token(issuer: &Issuer, role: &str) -> String {
    let claims: Value = json!({
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": now() + 300,
        "sub": "somebody",
        "scope": "openid profile email",
        "permission": "read",
        "realm_access": { "roles": [role, "offline_access"] },
    });
    issuer.token(&claims)
}
