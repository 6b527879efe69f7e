//! claimgate alone: tokens verified inside the filter, by Envoy's own cryptography and in software.

use std::time::Duration;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claimgate_tests::config::{Config, sample_policy};
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::http::Request;
use claimgate_tests::signer::Signer;
use claimgate_tests::token::{claims, now};
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

/// The sample policy with these keys, and no filter in front.
fn config(upstream: &Upstream, keys: &[Value]) -> Result<Config> {
    let mut policy = sample_policy()?;
    policy["issuers"][0]["signature"] = json!({ "jwks": { "keys": keys } });
    policy["token"] = json!({ "leeway_seconds": 0 });
    Ok(Config::new(upstream.addr(), json!({ "keys": [] })).policy(&policy).without_jwt_authn())
}

fn keys(signers: &[Signer]) -> Vec<Value> {
    signers.iter().map(Signer::jwk).collect()
}

fn delete(envoy: &Envoy, token: &str) -> Result<u16> {
    Ok(Request::new("DELETE /user-data/123")?.bearer(token)?.send(envoy.addr())?.status)
}

#[test]
fn every_algorithm_is_verified_natively_and_in_software_alike() -> Result<()> {
    let (signers, strangers) = (Signer::all()?, Signer::all()?);
    for (native, said) in [(true, "signatures by Envoy"), (false, "signatures in software")] {
        let upstream = Upstream::start()?;
        let mut bootstrap = config(&upstream, &keys(&signers))?.build()?;
        if !native {
            forbid_foreign_functions(&mut bootstrap)?;
        }
        let envoy = Envoy::start(&bootstrap)?;
        assert!(envoy.log()?.contains(said), "{}", envoy.log()?);
        for (signer, stranger) in signers.iter().zip(&strangers) {
            let algorithm = signer.algorithm();
            let [viewer, admin] = ["viewer", "admin"].map(|role| claims("x", &[role]));
            // Twice: the second time the token is known.
            for _ in 0..2 {
                assert_eq!(delete(&envoy, &signer.token(&admin))?, 200, "{algorithm}, {native}");
                assert_eq!(delete(&envoy, &signer.token(&viewer))?, 403, "{algorithm}, {native}");
                assert_eq!(delete(&envoy, &stranger.token(&admin))?, 401, "{algorithm}, {native}");
            }
        }
        let reason = "the signature is not that of a key of issuer `main`";
        assert_eq!(envoy.log()?.matches(reason).count(), 2 * signers.len());
    }
    Ok(())
}

/// Envoy answers an error to each of them; none is taken for a failure of Envoy's.
#[test]
fn garbage_is_the_clients_fault_whoever_checks_it() -> Result<()> {
    let signers = Signer::all()?;
    for native in [true, false] {
        let upstream = Upstream::start()?;
        let mut bootstrap = config(&upstream, &keys(&signers))?.build()?;
        if !native {
            forbid_foreign_functions(&mut bootstrap)?;
        }
        let envoy = Envoy::start(&bootstrap)?;
        for signer in &signers {
            let token = signer.token(&claims("ada", &["admin"]));
            let (signed, own) = token.rsplit_once('.').context("no signature")?;
            let own = URL_SAFE_NO_PAD.decode(own)?;
            let length = own.len();
            let cut = own[..length - 1].to_vec();
            let longer = [own.as_slice(), b"x"].concat();
            for signature in [
                vec![0],
                vec![0; length],
                vec![1; length],
                vec![0xff; length],
                cut,
                longer,
                vec![7; 9_000],
            ] {
                let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&signature));
                let algorithm = signer.algorithm();
                assert_eq!(delete(&envoy, &token)?, 401, "{algorithm}: {}", signature.len());
            }
        }
        assert_eq!(upstream.hits(), 0);
    }
    Ok(())
}

fn forbid_foreign_functions(bootstrap: &mut Value) -> Result<()> {
    let filters =
        "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters/0";
    let allowed =
        "/typed_config/config/vm_config/capability_restriction_config/allowed_capabilities";
    let allowed = bootstrap.pointer_mut(&format!("{filters}{allowed}"));
    let allowed = allowed.and_then(Value::as_object_mut).context("no capabilities")?;
    allowed.remove("proxy_call_foreign_function").context("it was not allowed")?;
    Ok(())
}

#[test]
fn the_header_never_decides() -> Result<()> {
    let signers = Signer::all()?;
    let upstream = Upstream::start()?;
    let envoy = Envoy::start(&config(&upstream, &keys(&signers))?.build()?)?;
    let admin = claims("ada", &["admin"]);
    for signer in &signers {
        for other in Signer::ALGORITHMS.into_iter().filter(|other| *other != signer.algorithm()) {
            // Signed well, but another algorithm, or another key, is named.
            for header in [
                json!({ "alg": other, "kid": signer.algorithm() }),
                json!({ "alg": signer.algorithm(), "kid": other }),
                json!({ "alg": other, "kid": other }),
                json!({ "alg": other, "jwk": signer.jwk() }),
            ] {
                let token = signer.jws(&header, &admin);
                assert_eq!(delete(&envoy, &token)?, 401, "{} as {header}", signer.algorithm());
            }
        }
        for header in [json!({ "alg": "none" }), json!({ "kid": signer.algorithm() })] {
            assert_eq!(delete(&envoy, &signer.jws(&header, &admin))?, 401, "{header}");
        }
    }
    assert_eq!(upstream.hits(), 0);
    Ok(())
}

#[test]
fn without_a_kid_a_key_is_taken_only_where_there_is_no_choice() -> Result<()> {
    let signers = Signer::all()?;
    let upstream = Upstream::start()?;
    let one = signers.iter().find(|signer| signer.algorithm() == "ES256").context("no ES256")?;
    let two = Signer::all()?.into_iter().find(|signer| signer.algorithm() == "ES256");
    let mut second = two.context("no ES256")?.jwk();
    second["kid"] = json!("second");
    let alone = Envoy::start(&config(&upstream, &[one.jwk()])?.build()?)?;
    let choice = Envoy::start(&config(&upstream, &[one.jwk(), second])?.build()?)?;
    let admin = claims("ada", &["admin"]);
    for (header, expected_alone, expected_choice) in [
        (json!({ "alg": "ES256", "kid": "ES256" }), 200, 200),
        (json!({ "alg": "ES256" }), 200, 401),
        (json!({ "alg": "ES256", "kid": "unknown" }), 200, 401),
        (json!({ "alg": "ES256", "kid": "" }), 200, 401),
        (json!({ "alg": "ES256", "kid": 5 }), 401, 401),
    ] {
        let token = one.jws(&header, &admin);
        assert_eq!(delete(&alone, &token)?, expected_alone, "{header}");
        assert_eq!(delete(&choice, &token)?, expected_choice, "{header}");
    }
    Ok(())
}

#[test]
fn a_known_token_still_expires() -> Result<()> {
    let signers = Signer::all()?;
    let upstream = Upstream::start()?;
    let envoy = Envoy::start(&config(&upstream, &keys(&signers))?.build()?)?;
    let mut soon = claims("ada", &["admin"]);
    soon["exp"] = json!(now() + 2);
    let token = signers[0].token(&soon);
    assert_eq!(delete(&envoy, &token)?, 200);
    let expired = poll(Duration::from_secs(20), || {
        let status = delete(&envoy, &token)?;
        assert!(status == 200 || status == 401, "{status}");
        Ok((status == 401).then_some(()))
    })?;
    expired.context("the token never expired")?;
    assert!(envoy.log()?.contains("\"reason\":\"expired"));
    Ok(())
}
