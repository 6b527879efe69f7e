//! `kid`: what it may be, and which key it picks.

use serde_json::{Value, json};

use super::{ES256, HS256, OURS, RS256, THEIRS, check, our_jwk, token};
use crate::door::{ACCEPTED, FORGED, for_keys, no_key};
use crate::signer::Signer;

/// Names that somebody looks up in a file, a database, a shell or on the net.
const INJECTIONS: [&str; 9] = [
    "",
    "../../../../dev/null",
    "/proc/sys/kernel/randomize_va_space",
    "' UNION SELECT 'secret' -- ",
    "| sleep 10 |",
    "https://attacker.example/key",
    "a\u{0}",
    "A",
    "a ",
];

#[test]
fn injections() {
    let one = for_keys(&[our_jwk("a")]);
    let two = for_keys(&[our_jwk("a"), THEIRS.jwk(json!({"kid": "b"}))]);
    let secret = for_keys(&[Signer::Secret(vec![7; 32]).jwk(json!({"kid": "a"}))]);
    for kid in INJECTIONS {
        let header = json!({"alg": "ES256", "kid": kid});
        let (ours, theirs) = (token(&OURS, ES256, &header), token(&THEIRS, ES256, &header));
        // With one fitting key there is no choice to make; with two there would be.
        check(&one, vec![(kid, ours.clone(), ACCEPTED), (kid, theirs, FORGED)]);
        check(&two, vec![(kid, ours, no_key("ES256", kid))]);
        // What `/dev/null` holds.
        let header = json!({"alg": "HS256", "kid": kid});
        check(&secret, vec![(kid, token(&Signer::Secret(vec![]), HS256, &header), FORGED)]);
    }
}

#[test]
fn types() {
    let door = for_keys(&[our_jwk("5")]);
    let reason = "the token's header has a `kid` that is not a string";
    let text = token(&OURS, ES256, &json!({"alg": "ES256", "kid": "5"}));
    check(&door, vec![("a string", text, ACCEPTED)]);
    for kid in [json!(5), json!(null), json!(true), json!(["5"]), json!({"kid": "5"})] {
        let token = token(&OURS, ES256, &json!({"alg": "ES256", "kid": kid}));
        check(&door, vec![(kid.to_string(), token, reason)]);
    }
}

/// No key is tried in turn, and no last or first one is fallen back to (CVE-2026-89313, CVE-2026-31837).
#[test]
fn which_key_is_picked() {
    let jwk = |signer: &Signer, kid: &str| signer.jwk(json!({"kid": kid}));
    let signed = |signer: &Signer, kid: Option<&str>| {
        let mut header = json!({"alg": "ES256"});
        if let Some(kid) = kid {
            header["kid"] = Value::from(kid);
        }
        token(signer, ES256, &header)
    };
    let rsa = |kid| jwk(&Signer::Rsa, kid);
    let both = [jwk(&OURS, "a"), jwk(&THEIRS, "b")];
    let twice = [jwk(&OURS, "a"), jwk(&THEIRS, "a")];
    let nameless = [OURS.jwk(json!({})), THEIRS.jwk(json!({}))];
    for (name, jwks, token, expected) in [
        ("one, no kid", &[our_jwk("a")][..], signed(&OURS, None), ACCEPTED.to_owned()),
        ("one, unknown kid", &[our_jwk("a")], signed(&OURS, Some("z")), ACCEPTED.to_owned()),
        ("nameless, any kid", &nameless[..1], signed(&OURS, Some("z")), ACCEPTED.to_owned()),
        ("two, each by its name", &both, signed(&OURS, Some("a")), ACCEPTED.to_owned()),
        ("two, each by its name", &both, signed(&THEIRS, Some("b")), ACCEPTED.to_owned()),
        ("two, by the other's name", &both, signed(&OURS, Some("b")), FORGED.to_owned()),
        ("two, no kid", &both, signed(&OURS, None), no_key("ES256", "")),
        ("two, unknown kid", &both, signed(&OURS, Some("z")), no_key("ES256", "z")),
        ("two, empty kid", &both, signed(&OURS, Some("")), no_key("ES256", "")),
        ("two nameless", &nameless, signed(&OURS, Some("a")), no_key("ES256", "a")),
        ("one name twice", &twice, signed(&OURS, Some("a")), no_key("ES256", "a")),
        ("one name twice", &twice, signed(&THEIRS, Some("a")), no_key("ES256", "a")),
        // Of two keys of that name only one is for the algorithm.
        (
            "one name, two kinds",
            &[rsa("a"), our_jwk("a")],
            signed(&OURS, Some("a")),
            ACCEPTED.to_owned(),
        ),
        ("RSA beside it", &[rsa("r"), our_jwk("a")], signed(&OURS, None), ACCEPTED.to_owned()),
        // The name is known, but that key is not for the algorithm: another one that is does not count.
        ("RSA's name", &[rsa("r"), our_jwk("a")], signed(&OURS, Some("r")), no_key("ES256", "r")),
    ] {
        check(&for_keys(jwks), vec![(name, token, expected)]);
    }
    let rs256 = token(&Signer::Rsa, RS256, &json!({"alg": "RS256", "kid": "a"}));
    check(&for_keys(&[rsa("a"), our_jwk("a")]), vec![("one name, two kinds", rs256, ACCEPTED)]);
}
