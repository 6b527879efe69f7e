//! Roles as providers write them, and tokens that were revoked: through jwt_authn's metadata, with a
//! configuration that comes as a Struct.

use anyhow::Result;
use claimgate_tests::config::{Config, sample_policy};
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Request;
use claimgate_tests::token::{Issuer, claims, now};
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

/// Asks with each of these members put into the claims of a token without roles.
fn check(policy: &Value, table: &[(Value, u16)]) -> Result<Envoy> {
    let (upstream, issuer) = (Upstream::start()?, Issuer::new()?);
    let config = Config::new(upstream.addr(), issuer.jwks()).policy(policy);
    let envoy = Envoy::start(&config.build()?)?;
    for (members, expected) in table {
        let mut payload = claims("ada", &[]);
        if let (Value::Object(payload), Value::Object(members)) = (&mut payload, members.clone()) {
            payload.remove("roles");
            payload.extend(members);
        }
        let token = issuer.token(&payload);
        let answer = Request::new("DELETE /user-data/123")?.bearer(&token)?.send(envoy.addr())?;
        assert_eq!(answer.status, *expected, "{members}");
    }
    Ok(envoy)
}

fn provider(provider: &str) -> Result<Value> {
    let mut policy = sample_policy()?;
    if let Some(issuer) = policy["issuers"][0].as_object_mut() {
        issuer.remove("roles");
        issuer.insert("provider".to_owned(), json!(provider));
    }
    Ok(policy)
}

#[test]
fn keycloak() -> Result<()> {
    check(
        &provider("keycloak")?,
        &[
            (json!({ "realm_access": { "roles": ["offline_access", "admin"] } }), 200),
            (json!({ "resource_access": { "api": { "roles": ["admin"] } } }), 200),
            // Roles of another client, whatever else the token may do.
            (json!({ "resource_access": { "realm-management": { "roles": ["admin"] } } }), 403),
            (json!({ "roles": ["admin"], "groups": ["admin"] }), 403),
        ],
    )?;
    Ok(())
}

#[test]
fn auth0_and_renamed_roles() -> Result<()> {
    let mut policy = provider("auth0")?;
    policy["issuers"][0]["role_map"] =
        json!({ "CN=app-admins,OU=Groups": "admin", "admin": "viewer" });
    check(
        &policy,
        &[
            (json!({ "https://api.example.com/roles": ["CN=app-admins,OU=Groups"] }), 200),
            // Mapped away.
            (json!({ "https://api.example.com/roles": ["admin"] }), 403),
            (
                json!({
                    "https://one.example.com/roles": ["CN=app-admins,OU=Groups"],
                    "https://two.example.com/roles": [],
                }),
                403,
            ),
            (json!({ "permissions": ["CN=app-admins,OU=Groups"] }), 403),
        ],
    )?;
    Ok(())
}

#[test]
fn a_revoked_token_is_an_invalid_one() -> Result<()> {
    let mut policy = sample_policy()?;
    let moment = now() - 1_000;
    policy["revoked"] = json!({ "jti": ["t-1"], "sub": ["mallory"], "issued_before": moment });
    let envoy = check(
        &policy,
        &[
            (json!({ "roles": ["admin"], "iat": now(), "jti": "t-2" }), 200),
            (json!({ "roles": ["admin"], "iat": moment }), 200),
            (json!({ "roles": ["admin"], "iat": moment - 1 }), 401),
            (json!({ "roles": ["admin"] }), 401),
            (json!({ "roles": ["admin"], "iat": now(), "jti": "t-1" }), 401),
            (json!({ "roles": ["admin"], "iat": now(), "sub": "mallory" }), 401),
            // Whoever may not anyway is told nothing else.
            (json!({ "roles": ["viewer"], "iat": now(), "sub": "mallory" }), 401),
        ],
    )?;
    let log = envoy.log()?;
    for reason in [
        "issued 1 s before `revoked.issued_before`",
        "claim `iat` is missing",
        "claim `jti` is in `revoked.jti`",
        "claim `sub` is in `revoked.sub`",
    ] {
        assert!(log.contains(reason), "{reason}");
    }
    Ok(())
}
