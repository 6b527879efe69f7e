//! A key set: each key is taken or named with a reason, in whatever order they stand, and none is taken that is too weak or
//! private.

use authn::{KeySet, KeySource, ParsedKeySet, RemoteKeys, UnixTime, json};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::sentence::assert_sentence;

/// Checks one input.
#[must_use]
pub fn check(input: &[u8]) -> bool {
    fetched(input);
    let Ok(set) = json::parse(input) else { return false };
    let parsed = KeySet::parse(&set);
    assert_eq!(parsed, KeySet::parse(&set));
    let ParsedKeySet { keys, skipped } = parsed;
    for key in &skipped {
        assert_sentence(&key.to_string());
        assert_no_secret(&set["keys"][key.index], &key.to_string());
    }
    match keys {
        Ok(keys) => {
            assert!(keys.algorithms().next().is_some());
            let all = set["keys"].as_array().unwrap();
            let left_out: Vec<_> = skipped.iter().map(|key| key.index).collect();
            let taken = all.iter().enumerate().filter(|(index, _)| !left_out.contains(index));
            taken.for_each(|(_, jwk)| assert_usable(jwk));
            let reversed: Vec<_> = all.iter().rev().cloned().collect();
            let again = KeySet::parse(&serde_json::json!({"keys": reversed}));
            assert_eq!(again.keys, Ok(keys));
            true
        }
        Err(reason) => {
            assert_sentence(&reason.explained(&skipped));
            false
        }
    }
}

/// As an answer from an issuer, in which a secret counts for nothing.
fn fetched(input: &[u8]) {
    let now = UnixTime::from_seconds(0);
    let remote = |secrets| {
        RemoteKeys::new(KeySource {
            cluster: "idp".to_owned(),
            scheme: "https",
            authority: "idp.example".to_owned(),
            path: "/jwks".to_owned(),
            refresh_seconds: 300,
            cooldown_seconds: 30,
            timeout_seconds: 5,
            stale_seconds: 3_600,
            secrets,
        })
    };
    let [public, all] = [false, true].map(|secrets| {
        let keys = remote(secrets);
        keys.start(now);
        keys.finish(Ok(input), now, 0);
        keys.take_counts().fetched
    });
    assert!(public <= all, "keys are taken that are not there when secrets count too");
}

/// That a key that is taken is public or a secret that is long enough, and meant to sign.
fn assert_usable(jwk: &Value) {
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let bits = |bytes: Vec<u8>| {
        let significant: Vec<_> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
        significant.len() * 8 - significant.first().map_or(0, |byte| byte.leading_zeros() as usize)
    };
    assert!(jwk.get("use").is_none_or(|usage| usage == "sig"), "{jwk}");
    match jwk["kty"].as_str().unwrap() {
        "oct" => assert!(bytes("k").len() >= 32, "{jwk}"),
        "RSA" => {
            assert!(jwk.get("d").is_none() && bits(bytes("n")) >= 2_048, "{jwk}");
            let exponent = bytes("e");
            assert!(exponent.last().is_some_and(|last| last % 2 == 1), "{jwk}");
            assert!(bits(exponent) > 1, "{jwk}");
        }
        "EC" | "OKP" => assert!(jwk.get("d").is_none() && !bytes("x").is_empty(), "{jwk}"),
        other => panic!("a key of kind {other} is taken"),
    }
}

/// That a message does not quote what may be a secret.
fn assert_no_secret(jwk: &Value, message: &str) {
    for name in ["k", "d", "p", "q", "dp", "dq", "qi"] {
        let secret = jwk[name].as_str().filter(|text| text.len() >= 16);
        assert!(secret.is_none_or(|secret| !message.contains(secret)), "{message}");
    }
}
