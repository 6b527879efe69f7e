//! Answers of an identity provider that no key may be taken from.

use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

use anyhow::ensure;
use claimgate_tests::idp::protocol::{Behaviour, JWKS_PATH};

use super::*;

/// A bad answer.
struct Bad {
    name: &'static str,
    behaviour: Behaviour,
    /// How the warning's reason begins.
    reason: &'static str,
}

/// All of them, with this attacker's key wherever a key can be in them.
fn bad_answers(attacker: &Issuer) -> Vec<Bad> {
    let key = attacker.jwk();
    let set = attacker.jwks().to_string();
    let of = |name, status, content_type: &str, body: &str, reason| {
        let (content_type, body) = (content_type.to_owned(), body.to_owned());
        Bad { name, behaviour: Behaviour::Answer { status, content_type, body }, reason }
    };
    let json = |name, body: String, reason| of(name, 200, "application/json", &body, reason);
    let other = |name, behaviour, reason| Bad { name, behaviour, reason };
    let unusable = json!({ "keys": [
        { "kty": "unheard-of", "kid": "first" },
        { "kty": "RSA", "use": "enc", "kid": "first", "n": "AQAB", "e": "AQAB" },
    ] });
    let secret = json!({ "keys": [
        { "kty": "oct", "alg": "HS256", "kid": "first", "k": "c".repeat(43) },
        { "kty": "OKP", "crv": "X25519", "kid": "first", "x": "c".repeat(43) },
        { "kty": "EC", "crv": "secp256k1", "kid": "first", "x": "c".repeat(43), "y": "c".repeat(43) },
    ] });
    let many: Vec<_> = (0..=100).map(|number| with_key_id(&key, &number.to_string())).collect();
    vec![
        of("a page", 200, "text/html", "<html>Sign in</html>", "not JSON"),
        of("no body", 200, "application/json", "", "not JSON"),
        of("an error", 500, "application/json", &set, "status 500"),
        of("not there", 404, "application/json", &set, "status 404"),
        json("a list", json!([key]).to_string(), ""),
        json("no keys", json!({}).to_string(), ""),
        json("an empty set", json!({ "keys": [] }).to_string(), ""),
        json("no usable key", unusable.to_string(), ""),
        json("keys of another kind", secret.to_string(), "none of its 3 keys can be used"),
        of("a part", 206, "application/json", &set, "status 206"),
        json("keys twice", format!(r#"{{"keys": [{key}], "keys": [{key}]}}"#), ""),
        json("a member of a key twice", set.replace(r#""kty":"#, r#""kty": "EC", "kty":"#), ""),
        json("101 keys", json!({ "keys": many }).to_string(), ""),
        json("something after it", format!("{set}{set}"), "not JSON"),
        other("elsewhere", Behaviour::Redirect { body: set.clone() }, "status 302"),
        other("half", Behaviour::Truncated { body: set.clone() }, ""),
        other(
            "megabytes",
            Behaviour::Padded { body: set.clone(), bytes: 3_000_000 },
            "more than 524288 bytes",
        ),
        other(
            "a trickle",
            Behaviour::Trickle { body: set.clone(), bytes: 4, milliseconds: 100 },
            "",
        ),
        other("a heavy header", Behaviour::Heavy { body: set.clone(), bytes: 100_000 }, ""),
        other("late", Behaviour::Late { body: set, milliseconds: 60_000 }, ""),
        other("silence", Behaviour::Silent, ""),
        other("a reset", Behaviour::Reset, ""),
    ]
}

fn with_key_id(key: &Value, key_id: &str) -> Value {
    let mut key = key.clone();
    key["kid"] = json!(key_id);
    key
}

/// Runs this for each of them, with an Envoy of its own; a few at a time, for most of it is waiting.
fn for_each_bad_answer(check: impl Fn(&Setup, &Issuer, Bad) -> Result<()> + Sync) -> Result<()> {
    const LANES: usize = 6;
    let attacker = Issuer::with_key_id("first")?;
    let answers = Mutex::new(bad_answers(&attacker));
    let next = || answers.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let lane = || {
        let mut failures = Vec::new();
        while let Some(bad) = next() {
            let name = bad.name;
            if let Err(error) = Setup::new().and_then(|setup| check(&setup, &attacker, bad)) {
                failures.push(format!("{name}: {error:#}"));
            }
        }
        failures
    };
    let failures: Vec<String> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        let ended = lanes.into_iter().map(ScopedJoinHandle::join);
        ended.flat_map(|failures| failures.unwrap_or_else(|_| vec!["panicked".into()])).collect()
    });
    ensure!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

#[test]
fn no_bad_answer_gives_the_first_keys() -> Result<()> {
    for_each_bad_answer(|setup, attacker, Bad { name, behaviour, reason }| {
        setup.idp.behave(behaviour)?;
        let envoy = setup.start(IMPATIENT)?;
        for token in [admin(attacker), admin(&setup.issuer)] {
            assert_unavailable(&delete(envoy.addr(), &token)?)?;
        }
        wait_for_warning(&envoy, reason)?;
        let last = setup.idp.seen()?.last;
        assert!(last.is_none_or(|last| last.path == JWKS_PATH), "a redirect was followed");

        setup.idp.serve(&setup.issuer.jwks())?;
        becomes_status(&envoy, &admin(&setup.issuer), 200, 503)?;
        assert_eq!(delete(envoy.addr(), &admin(attacker))?.status, 401, "{name}");
        assert_no_crash(&envoy)
    })
}

#[test]
fn no_bad_answer_replaces_known_keys() -> Result<()> {
    for_each_bad_answer(|setup, attacker, Bad { name, behaviour, reason }| {
        let envoy = setup.start(IMPATIENT)?;
        let (good, forged) = (admin(&setup.issuer), admin(attacker));
        becomes_status(&envoy, &good, 200, 503)?;
        setup.idp.behave(behaviour)?;
        wait_for_warning(&envoy, reason)?;
        for _ in 0..5 {
            assert_eq!(delete(envoy.addr(), &good)?.status, 200, "{name}");
            assert_eq!(delete(envoy.addr(), &viewer(&setup.issuer))?.status, 403, "{name}");
            assert_eq!(delete(envoy.addr(), &forged)?.status, 401, "{name}");
        }
        let last = setup.idp.seen()?.last.context("nothing was asked")?;
        assert_eq!(last.path, JWKS_PATH, "a redirect was followed");

        // Those keys were not kept by accident: good ones do replace them.
        let next = Issuer::with_key_id("first")?;
        setup.idp.serve(&next.jwks())?;
        becomes_status(&envoy, &admin(&next), 200, 401)?;
        assert_eq!(delete(envoy.addr(), &good)?.status, 401, "{name}");
        assert_no_crash(&envoy)
    })
}
