//! Several issuers: a key of one never verifies a token of another (RFC 8725 sections 2.7 and 3.8).

use authn::{Authenticator, Issuer};
use serde_json::json;

use super::{ES256, OURS, THEIRS};
use crate::door::{authenticator, claims, issuer, said};
use crate::signer::Signer;

fn named(name: &str, iss: &str, signer: &Signer, kid: &str) -> Issuer {
    let mut issuer = issuer(&[signer.jwk(json!({"kid": kid}))]);
    issuer.name = name.to_owned();
    issuer.issuer = Some(iss.to_owned());
    issuer
}

fn signed(signer: &Signer, iss: &str, kid: &str) -> String {
    let mut claims = claims();
    claims["iss"] = json!(iss);
    signer.token(ES256, json!({"alg": "ES256", "kid": kid}).to_string(), claims.to_string())
}

fn check(door: &Authenticator, rows: &[(&str, String, &str)]) {
    // Twice, and the second time with what was accepted remembered (CVE-2026-49998, CVE-2026-35039).
    for _ in 0..2 {
        for (name, token, expected) in rows {
            assert_eq!(said(door, token), *expected, "{name}");
        }
    }
}

#[test]
fn keys_are_not_shared() {
    let of = |name| format!("the signature is not that of a key of issuer `{name}`");
    let no_key = "issuer `two` has no key for `alg` \"ES256\" and `kid` \"one\"";
    for (first, second) in [("one", "two"), ("same", "same")] {
        let issuers = vec![named("one", "a", &OURS, first), named("two", "b", &THEIRS, second)];
        let door = authenticator(issuers, 100);
        check(
            &door,
            &[
                ("a's", signed(&OURS, "a", first), "alice of one"),
                ("b's", signed(&THEIRS, "b", second), "alice of two"),
                ("a's key for b", signed(&OURS, "b", first), &of("two")),
                ("a's key for b, b's kid", signed(&OURS, "b", second), &of("two")),
                ("b's key for a", signed(&THEIRS, "a", second), &of("one")),
                ("nobody's", signed(&OURS, "c", first), "issuer \"c\" is not one of `issuers`"),
            ],
        );
    }
    let mut two =
        issuer(&[THEIRS.jwk(json!({"kid": "x"})), Signer::P256(8).jwk(json!({"kid": "y"}))]);
    two.name = "two".to_owned();
    two.issuer = Some("b".to_owned());
    let door = authenticator(vec![named("one", "a", &OURS, "one"), two], 100);
    check(&door, &[("a kid of another issuer", signed(&OURS, "b", "one"), no_key)]);
}

/// The same key at two issuers: the token is of the one that it names.
#[test]
fn a_shared_key_does_not_mix_issuers() {
    let issuers = vec![named("one", "a", &OURS, "k"), named("two", "b", &OURS, "k")];
    let door = authenticator(issuers, 100);
    check(
        &door,
        &[
            ("a's", signed(&OURS, "a", "k"), "alice of one"),
            ("b's", signed(&OURS, "b", "k"), "alice of two"),
        ],
    );
}
