//! What a worker's memory grows to.

use anyhow::{Context, Result};
use claimgate_tests::config::{Config, sample_policy};
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Request;
use claimgate_tests::signer::Signer;
use claimgate_tests::token::claims;
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

/// What Keycloak puts into an access token of its default client scopes.
fn keycloak(number: u32) -> Value {
    let mut claims = claims(&format!("6f6b5a3e-2d5c-4e0b-9c39-{number:012}"), &["viewer"]);
    let more = json!({
        "iat": 1_700_000_000, "auth_time": 1_700_000_000, "jti": format!("onrtac:{number:032}"),
        "typ": "Bearer", "azp": "shop", "sid": format!("0d5c6f6b-2d5c-4e0b-9c39-{number:012}"),
        "acr": "1", "allowed-origins": ["https://shop.example.com"],
        "realm_access": { "roles": ["default-roles-shop", "offline_access", "uma_authorization"] },
        "resource_access": {
            "shop": { "roles": ["orders-read", "orders-write"] },
            "account": { "roles": ["manage-account", "manage-account-links", "view-profile"] },
        },
        "scope": "openid profile email", "email_verified": true, "name": "Alice Example",
        "preferred_username": "alice", "given_name": "Alice", "family_name": "Example",
        "email": "alice@example.com",
    });
    if let (Value::Object(claims), Value::Object(more)) = (&mut claims, more) {
        claims.extend(more);
    }
    claims
}

/// More tokens than there is room for, each another person's.
#[test]
fn remembered_tokens_stay_within_their_bound() -> Result<()> {
    let signers = Signer::all()?;
    let signer = signers.iter().find(|signer| signer.algorithm() == "HS512").context("no HS512")?;
    let mut policy = sample_policy()?;
    policy["issuers"][0]["signature"] = json!({ "jwks": { "keys": [signer.jwk()] } });
    policy["audit"] = json!({ "decisions": "none" });
    policy["token"]["cache"] = json!({ "max_bytes": MOST });
    let upstream = Upstream::start()?;
    let config = Config::new(upstream.addr(), json!({ "keys": [] })).policy(&policy);
    let envoy = Envoy::start(&config.without_jwt_authn().build()?)?;
    // A denial needs no upstream.
    let ask = |number| {
        let request = Request::new("GET /admin-dashboard")?;
        let answer = request.bearer(&signer.token(&keycloak(number)))?.send(envoy.addr())?;
        anyhow::ensure!(answer.status == 403, "{number}: {}", answer.status);
        Ok(())
    };
    (0..100).try_for_each(ask)?;
    let before = envoy.resident_bytes()?;
    (0..5_000).try_for_each(ask)?;
    let grown = envoy.resident_bytes()?.saturating_sub(before);
    assert!(grown > MOST / 2, "Envoy grew by {grown} bytes: nothing was remembered");
    assert!(grown < 2 * MOST, "Envoy grew by {grown} bytes");
    Ok(())
}

/// Bytes that remembered tokens may take.
const MOST: u64 = 4 << 20;
