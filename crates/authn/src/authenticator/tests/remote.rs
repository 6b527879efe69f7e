//! Tokens of an issuer that publishes its keys. Secrets serve as keys here: they sign as easily as they verify.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::*;
use crate::remote_keys::tests::source;
use crate::remote_keys::{KeySource, RemoteKeys};

fn remote() -> Authenticator {
    authenticator(vec![issuer("main", Some("idp"), signature())])
}

fn signature() -> Signature {
    let source = KeySource { stale_seconds: 600, secrets: true, ..source() };
    Signature::RemoteJwks(Box::new(RemoteKeys::new(source)))
}

fn secret(kid: &str) -> String {
    format!("{kid:0>32}")
}

/// The first issuer publishes these keys, and they are fetched at this second.
fn publish(authenticator: &Authenticator, kids: &[&str], second: i64) {
    let (_, keys) = authenticator.remote_keys().next().unwrap();
    fetch(keys, kids, second);
}

fn fetch(keys: &RemoteKeys, kids: &[&str], second: i64) {
    let jwk = |kid: &&str| {
        let k = URL_SAFE_NO_PAD.encode(secret(kid));
        json!({"kty": "oct", "kid": kid, "k": k})
    };
    let set = json!({"keys": kids.iter().map(jwk).collect::<Vec<_>>()}).to_string();
    keys.start(UnixTime::from_seconds(second));
    keys.finish(Ok(set.as_bytes()), UnixTime::from_seconds(second), 0);
}

/// A token that names a key, if any, and is signed with one.
fn signed(names: Option<&str>, with: &str) -> String {
    let mut header = json!({"alg": "HS256"});
    if let Some(kid) = names {
        header["kid"] = json!(kid);
    }
    let payload = json!({"iss": "idp", "aud": "api", "exp": 9_000, "sub": with, "roles": []});
    let [header, payload] = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let signed = format!("{header}.{payload}");
    let mac =
        Hmac::<Sha256>::new_from_slice(secret(with).as_bytes()).unwrap().chain_update(&signed);
    format!("Bearer {signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// What is said of a token at this second; `wait` where its key may come.
fn at(authenticator: &Authenticator, token: &str, second: i64) -> String {
    let now = UnixTime::from_seconds(second);
    match authenticator.authenticate(&one(token.as_bytes()), &Metadata(Vec::new()), now) {
        Err(Unauthenticated::KeyUnknown { wait_seconds: 5, .. }) => "wait".to_owned(),
        result => said(result),
    }
}

const UNKNOWN: &str = "the keys of issuer `main` are not known";
const FORGED: &str = "the signature is not that of a key of issuer `main`";

#[test]
fn nobody_is_let_in_before_keys_are_known() {
    let authenticator = remote();
    let token = signed(Some("k1"), "k1");
    assert_eq!(at(&authenticator, &token, 1_000), UNKNOWN);
    publish(&authenticator, &["k1"], 1_000);
    assert_eq!(at(&authenticator, &token, 1_000), "k1 of main as []");
    assert_eq!(at(&authenticator, &signed(Some("k1"), "k2"), 1_000), FORGED);
}

#[test]
fn a_key_that_was_just_published_is_asked_for_and_waited_for() {
    // With one key, every token is first checked against it; with two, an unknown `kid` finds none.
    for before in [&["k1"][..], &["k0", "k1"]] {
        for names in [Some("k2"), None] {
            let authenticator = remote();
            publish(&authenticator, before, 1_000);
            let token = signed(names, "k2");
            assert_eq!(at(&authenticator, &token, 1_001), "wait");
            publish(&authenticator, &["k2"], 1_002);
            assert_eq!(at(&authenticator, &token, 1_002), "k2 of main as []");
        }
    }
}

#[test]
fn garbage_is_refused_for_good_once_the_set_was_asked_for() {
    let authenticator = remote();
    publish(&authenticator, &["k1"], 1_000);
    let garbage = signed(Some("k9"), "k8");
    assert_eq!(at(&authenticator, &garbage, 1_001), "wait");
    publish(&authenticator, &["k1"], 1_001);
    assert_eq!(at(&authenticator, &garbage, 1_001), FORGED);
    assert_eq!(at(&authenticator, &garbage, 1_030), FORGED);
    // A key that is in the set is no reason to ask, whatever the signature.
    assert_eq!(at(&authenticator, &signed(Some("k1"), "k8"), 1_100), FORGED);
    assert_eq!(at(&authenticator, &garbage, 1_100), "wait");
}

/// Else whoever sends garbage while the provider is silent could cause 503.
#[test]
fn what_is_said_of_garbage_meanwhile_is_that_it_is_invalid() {
    let authenticator = remote();
    publish(&authenticator, &["k1"], 1_000);
    let garbage = signed(Some("k9"), "k8");
    let (now, host) = (UnixTime::from_seconds(1_001), Metadata(Vec::new()));
    for _ in 0..2 {
        let said = authenticator.authenticate(&one(garbage.as_bytes()), &host, now);
        let forged = InvalidToken::Forged("main".to_owned());
        assert_eq!(said, Err(Unauthenticated::KeyUnknown { invalid: forged, wait_seconds: 5 }));
    }
}

#[test]
fn a_remembered_token_counts_as_long_as_its_keys() {
    let authenticator = remote();
    publish(&authenticator, &["k1", "k2"], 1_000);
    let [first, second] = ["k1", "k2"].map(|kid| signed(Some(kid), kid));
    for _ in 0..2 {
        assert_eq!(at(&authenticator, &first, 1_000), "k1 of main as []");
        assert_eq!(at(&authenticator, &second, 1_000), "k2 of main as []");
    }
    publish(&authenticator, &["k2"], 1_010);
    assert_eq!(at(&authenticator, &first, 1_010), "wait");
    publish(&authenticator, &["k2"], 1_011);
    assert_eq!(at(&authenticator, &first, 1_011), FORGED);
    assert_eq!(at(&authenticator, &second, 1_011), "k2 of main as []");
    assert_eq!(at(&authenticator, &second, 1_611), "k2 of main as []");
    assert_eq!(at(&authenticator, &second, 1_612), UNKNOWN, "the set is stale");
}

#[test]
fn keys_of_one_issuer_never_verify_a_token_of_another() {
    let first = issuer("first", Some("idp"), signature());
    let second = issuer("second", Some("idp-2"), signature());
    let authenticator = authenticator(vec![first, second]);
    for ((_, keys), kid) in authenticator.remote_keys().zip(["k1", "k2"]) {
        fetch(keys, &[kid], 1_000);
    }
    assert_eq!(at(&authenticator, &signed(Some("k1"), "k1"), 1_000), "k1 of first as []");
    let foreign = signed(Some("k2"), "k2");
    assert_eq!(at(&authenticator, &foreign, 1_000), "wait");
    publish(&authenticator, &["k1"], 1_000);
    let forged = "the signature is not that of a key of issuer `first`";
    assert_eq!(at(&authenticator, &foreign, 1_000), forged);
}
