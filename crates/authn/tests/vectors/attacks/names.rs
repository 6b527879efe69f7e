//! One algorithm or one key, by several names: no attack, and not to be refused as one.

use authn::Algorithm;
use serde_json::{Value, json};

use super::{ES256, OURS, check, token};
use crate::door::{ACCEPTED, for_keys, foreign, no_key, said};
use crate::signer::Signer;

/// RFC 9864 section 2.2: both names are one algorithm, whichever the key has and the token.
#[test]
fn ed25519_goes_by_two_names() {
    let signer = Signer::Ed25519(7);
    let by = |alg: &str| token(&signer, Algorithm::EdDsa, &json!({"alg": alg}));
    for jwk in [json!({}), json!({"alg": "EdDSA"}), json!({"alg": "Ed25519"})] {
        check(
            &for_keys(&[signer.jwk(jwk)]),
            vec![
                ("EdDSA", by("EdDSA"), ACCEPTED.to_owned()),
                ("Ed25519", by("Ed25519"), ACCEPTED.to_owned()),
                ("Ed448", by("Ed448"), foreign("Ed448")),
                ("ed25519", by("ed25519"), foreign("ed25519")),
            ],
        );
    }
}

/// The same key twice is no choice, by whatever names.
#[test]
fn equal_keys_are_one() {
    let named = |kid: &str| OURS.jwk(json!({"kid": kid}));
    let nameless = || OURS.jwk(json!({}));
    let other = Signer::P256(9).jwk(json!({}));
    let by = |header: Value| token(&OURS, ES256, &header);
    let [plain, a, x] = [json!({}), json!({"kid": "a"}), json!({"kid": "x"})].map(|mut header| {
        header["alg"] = json!("ES256");
        by(header)
    });
    for (keys, expected) in [
        (vec![nameless(), nameless()], ACCEPTED.to_owned()),
        (vec![named("a"), named("a")], ACCEPTED.to_owned()),
        (vec![named("a"), nameless()], ACCEPTED.to_owned()),
        (vec![named("a"), named("b"), OURS.jwk(json!({"alg": "ES256"}))], ACCEPTED.to_owned()),
        (vec![nameless(), other], no_key("ES256", "")),
    ] {
        let door = for_keys(&keys);
        assert_eq!(said(&door, &plain), expected, "{keys:?}");
        if expected == ACCEPTED {
            assert_eq!([said(&door, &a), said(&door, &x)], [ACCEPTED; 2], "{keys:?}");
        }
    }
}
