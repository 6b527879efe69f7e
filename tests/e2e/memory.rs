//! What a worker's memory grows to.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use claimgate_tests::config::{Config, sample_policy, standalone_policy};
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::http::Request;
use claimgate_tests::idp::Idp;
use claimgate_tests::signer::Signer;
use claimgate_tests::token::{Issuer, claims};
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
    let signer = hs512()?;
    let mut policy = policy(&signer)?;
    policy["audit"] = json!({ "decisions": "none" });
    let upstream = Upstream::start()?;
    let envoy = start(&upstream, &policy)?;
    // A denial needs no upstream.
    let ask = |number| {
        let request = Request::new("GET /admin-dashboard")?;
        let answer = request.bearer(&signer.token(&keycloak(number)))?.send(envoy.addr())?;
        ensure!(answer.status == 403, "{number}: {}", answer.status);
        Ok(())
    };
    let grown = growth(&envoy, 100, 5_000, ask)?;
    assert!(grown > MOST / 2, "Envoy grew by {grown} bytes: nothing was remembered");
    assert!(grown < 2 * MOST, "Envoy grew by {grown} bytes");
    Ok(())
}

/// Tokens nearly as large as may be, nearly all of it roles: fewer are remembered, not more bytes.
#[test]
fn large_claims_stay_within_the_same_bound() -> Result<()> {
    let signer = hs512()?;
    let upstream = Upstream::start()?;
    let envoy = start(&upstream, &policy(&signer)?)?;
    let ask = |number: u32, bytes: usize| {
        let mut claims = keycloak(number);
        claims["roles"] = (0..100).map(|role| format!("{number}-{role:0bytes$}")).collect();
        let token = signer.token(&claims);
        let answer = Request::new("GET /admin-dashboard")?.bearer(&token)?.send(envoy.addr())?;
        anyhow::Ok((token.len(), answer.status))
    };
    let grown = growth(&envoy, 20, 1_000, |number| {
        let (bytes, status) = ask(number, 90)?;
        ensure!(status == 403 && bytes > 13_000, "{number}: {status} for {bytes} bytes");
        Ok(())
    })?;
    eprintln!("grown by {grown} bytes by 1,000 tokens of some 14 kB");
    assert!(grown < 2 * MOST, "Envoy grew by {grown} bytes");
    assert_eq!(ask(1, 130)?.1, 401);
    let decision = envoy.decisions()?.pop().context("no decision")?;
    let reason = decision["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("bytes, `token.max_bytes` is 16384"), "{reason}");
    Ok(())
}

/// As large as Envoy lets headers be, and all different.
#[test]
fn large_headers_leave_nothing_behind() -> Result<()> {
    let upstream = Upstream::start()?;
    let envoy = start(&upstream, &policy(&hs512()?)?)?;
    let ask = |number: u32, size: usize| {
        let mut request = Request::new(&format!("GET /{number}/{}", "p".repeat(size / 4)))?;
        for name in 0..60 {
            let value = "v".repeat(size / 80);
            request = request.header(&format!("x-{number}-{name}"), &value)?;
        }
        request = request.header("cookie", &"c=d; ".repeat(size / 40))?;
        anyhow::Ok(request.send(envoy.addr())?.status)
    };
    let grown = growth(&envoy, 100, 500, |number| {
        let status = ask(number, 40_000)?;
        ensure!(status == 403, "{number}: {status}");
        Ok(())
    })?;
    eprintln!("grown by {grown} bytes by 500 requests of some 50 kB");
    assert!(grown < 8 << 20, "Envoy grew by {grown} bytes");
    assert_eq!(ask(1, 60_000)?, 431, "what Envoy itself says of more");
    Ok(())
}

/// A set as large as may be, another one each second.
#[test]
fn large_key_sets_take_the_place_of_each_other() -> Result<()> {
    const KEYS: usize = 100;
    let (idp, upstream, issuer) = (Idp::start()?, Upstream::start()?, Issuer::new()?);
    let mut policy = standalone_policy()?;
    let remote = &mut policy["issuers"][0]["signature"]["remote_jwks"];
    remote["refresh_seconds"] = json!(1);
    let publish = |number: usize| {
        let mut keys = vec![issuer.jwk(); KEYS];
        for (index, key) in keys.iter_mut().enumerate() {
            key["kid"] = json!(format!("{number}-{index}"));
            // A certificate chain, which is what makes sets large.
            key["x5c"] = json!([format!("{number:04}{}", "A".repeat(4_800))]);
        }
        let body = json!({ "keys": keys }).to_string();
        ensure!(body.len() > 480 << 10 && body.len() < 512 << 10, "{}", body.len());
        idp.answer(200, "application/json", &body)
    };
    let publish_and_wait = |number: u32| {
        let before = idp.requests()?;
        publish(usize::try_from(number)?)?;
        let fetched = || Ok((idp.requests()? >= before + 2).then_some(()));
        poll(Duration::from_secs(20), fetched)?.context("keys are not fetched")
    };
    publish(0)?;
    let envoy = Config::standalone(upstream.addr(), &idp).policy(&policy).build();
    let envoy = Envoy::start(&envoy?)?;
    let grown = growth(&envoy, 2, 4, publish_and_wait)?;
    eprintln!("grown by {grown} bytes by 4 sets of 500 kB");
    assert!(grown < 8 << 20, "Envoy grew by {grown} bytes");
    Ok(())
}

/// By how many bytes Envoy grows, once it has seen a few.
fn growth(envoy: &Envoy, few: u32, many: u32, ask: impl Fn(u32) -> Result<()>) -> Result<u64> {
    (0..few).try_for_each(&ask)?;
    let before = envoy.resident_bytes()?;
    (few..few + many).try_for_each(&ask)?;
    Ok(envoy.resident_bytes()?.saturating_sub(before))
}

fn hs512() -> Result<Signer> {
    let signers = Signer::all()?.into_iter();
    signers.rev().find(|signer| signer.algorithm() == "HS512").context("no HS512")
}

/// The sample policy, with this signer's keys and a small cache.
fn policy(signer: &Signer) -> Result<Value> {
    let mut policy = sample_policy()?;
    policy["issuers"][0]["signature"] = json!({ "jwks": { "keys": [signer.jwk()] } });
    policy["token"]["cache"] = json!({ "max_bytes": MOST });
    Ok(policy)
}

fn start(upstream: &Upstream, policy: &Value) -> Result<Envoy> {
    let config = Config::new(upstream.addr(), json!({ "keys": [] })).policy(policy);
    Envoy::start(&config.without_jwt_authn().build()?)
}

/// Bytes that remembered tokens may take.
const MOST: u64 = 4 << 20;
