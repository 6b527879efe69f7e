//! `alg`: none, one key used by the algorithm of another, and names that are not ours
//! (RFC 8725 sections 2.1, 3.1 and 3.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::EncodePublicKey as _;
use rsa::{BoxedUint, PublicKey, pkcs1::EncodeRsaPublicKey as _};
use serde_json::{Value, json};

use super::{ES256, HS256, OURS, PS256, RS256, check, good, our_jwk, token, with_signature};
use crate::door::{
    ACCEPTED, FORGED, UNSIGNED, authenticator, claims, for_keys, foreign, issuer, no_key,
};
use crate::signer::{RSA_N, Signer, decoded, encoded};

#[test]
fn none() {
    let door = for_keys(&[our_jwk("ec")]);
    let mut rows = vec![("good".to_owned(), good(), ACCEPTED.to_owned())];
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({"alg": alg});
        let unsigned = with_signature(&header, b"");
        rows.push((format!("{alg:?}, no signature"), unsigned, UNSIGNED.to_owned()));
        let signed = token(&OURS, ES256, &header);
        rows.push((format!("{alg:?}, well signed"), signed, UNSIGNED.to_owned()));
    }
    for alg in [json!(null), json!(0), json!(false), json!(["none"]), json!(["ES256"]), json!({})] {
        let signed = token(&OURS, ES256, &json!({"alg": alg}));
        rows.push((format!("{alg}"), signed, UNSIGNED.to_owned()));
    }
    rows.push(("no alg".to_owned(), token(&OURS, ES256, &json!({})), UNSIGNED.to_owned()));
    for alg in ["none ", " none", "none\u{0}", "n\u{f8}ne", "non\u{435}"] {
        let unsigned = with_signature(&json!({"alg": alg}), b"x");
        rows.push((format!("{alg:?}"), unsigned, foreign(alg)));
    }
    let stripped = with_signature(&json!({"alg": "ES256"}), b"");
    rows.push(("signature cut off".to_owned(), stripped, UNSIGNED.to_owned()));
    check(&door, rows);
}

#[test]
fn names_that_are_not_ours() {
    let door = for_keys(&[our_jwk("ec"), Signer::Secret(vec![7; 64]).jwk(json!({}))]);
    let names = [
        "es256",
        "ES256 ",
        "ES256K",
        "ES521",
        "HS1",
        "HS2567",
        "RS1",
        "Ed448",
        "RSA1_5",
        "RSA-OAEP",
        "dir",
        "A256KW",
        "A128CBC-HS256",
        "PBES2-HS256+A128KW",
        "ML-DSA-44",
        "ES256\n",
    ];
    let row = |alg: &str| {
        let (ours, reason) = (token(&OURS, ES256, &json!({"alg": alg})), foreign(alg));
        (alg.to_owned(), ours, reason)
    };
    check(&door, vec![("good", good(), ACCEPTED)]);
    check(&door, names.map(row).into());
}

/// Every form in which somebody may have handed a public key to an HMAC.
fn public_key_as_secret() -> Vec<(&'static str, Vec<u8>)> {
    let number = |text| BoxedUint::from_be_slice_vartime(&decoded(text));
    let key = PublicKey::new(number(RSA_N), number("AQAB")).unwrap();
    let spki = key.to_public_key_der().unwrap().into_vec();
    let pkcs1 = key.to_pkcs1_der().unwrap().into_vec();
    let jwk = Signer::Rsa.jwk(json!({"kid": "rsa"}));
    let pem = pem("PUBLIC KEY", &spki);
    vec![
        ("PEM", pem.clone().into_bytes()),
        ("PEM without the last line end", pem.trim_end().as_bytes().to_vec()),
        ("PEM after a blank", format!(" {pem}").into_bytes()),
        ("PEM with CR LF", pem.replace('\n', "\r\n").into_bytes()),
        ("PEM of PKCS#1", self::pem("RSA PUBLIC KEY", &pkcs1).into_bytes()),
        ("DER", spki),
        ("DER of PKCS#1", pkcs1),
        ("JWK", jwk.to_string().into_bytes()),
        ("set of JWKs", json!({"keys": [jwk]}).to_string().into_bytes()),
        ("modulus", decoded(RSA_N)),
        ("modulus in base64url", RSA_N.as_bytes().to_vec()),
        ("nothing", Vec::new()),
    ]
}

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap());
    let body: Vec<_> = lines.collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", body.join("\n"))
}

/// CVE-2015-9235, CVE-2016-10555, CVE-2022-29217, CVE-2026-34950.
#[test]
fn a_public_key_is_never_a_secret() {
    let rsa = Signer::Rsa.jwk(json!({"kid": "rsa"}));
    let secret = Signer::Secret(vec![7; 64]).jwk(json!({"kid": "hs"}));
    let alone = for_keys(std::slice::from_ref(&rsa));
    let mixed = for_keys(&[rsa, secret]);
    for door in [&alone, &mixed] {
        let ours = token(&Signer::Rsa, RS256, &json!({"alg": "RS256", "kid": "rsa"}));
        check(door, vec![("RS256", ours, ACCEPTED)]);
    }
    for (name, secret) in public_key_as_secret() {
        let by = |header: Value| token(&Signer::Secret(secret.clone()), HS256, &header);
        let kid = by(json!({"alg": "HS256", "kid": "rsa"}));
        let anonymous = by(json!({"alg": "HS256"}));
        check(
            &alone,
            vec![
                (name, kid.clone(), no_key("HS256", "rsa")),
                (name, anonymous.clone(), no_key("HS256", "")),
                (name, by(json!({"alg": "RS256", "kid": "rsa"})), FORGED.to_owned()),
            ],
        );
        let reason = no_key("HS256", "rsa");
        check(&mixed, vec![(name, kid, reason), (name, anonymous, FORGED.to_owned())]);
    }
}

#[test]
fn the_key_decides() {
    let rsa = |alg: &str| Signer::Rsa.jwk(json!({"alg": alg}));
    let signed = |signer: &Signer, by, alg: &str| token(signer, by, &json!({"alg": alg}));
    let p384 = Signer::P384(7);
    let rsa_token = |by, alg| signed(&Signer::Rsa, by, alg);
    for (name, jwk, token, expected) in [
        ("RS256", rsa("RS256"), rsa_token(RS256, "RS256"), ACCEPTED.to_owned()),
        ("PS256", rsa("PS256"), rsa_token(PS256, "PS256"), ACCEPTED.to_owned()),
        ("RS256 by PS256's key", rsa("PS256"), rsa_token(RS256, "RS256"), no_key("RS256", "")),
        ("PS256 by RS256's key", rsa("RS256"), rsa_token(PS256, "PS256"), no_key("PS256", "")),
        ("RS256 by RS512's key", rsa("RS512"), rsa_token(RS256, "RS256"), no_key("RS256", "")),
        ("PS256 called RS256", rsa("RS256"), rsa_token(PS256, "RS256"), FORGED.to_owned()),
        ("RS256 called PS256", rsa("PS256"), rsa_token(RS256, "PS256"), FORGED.to_owned()),
        ("RS256 called RS384", rsa("RS384"), rsa_token(RS256, "RS384"), FORGED.to_owned()),
        (
            "P-384 called ES256",
            p384.jwk(json!({})),
            signed(&p384, ES256, "ES256"),
            no_key("ES256", ""),
        ),
        ("P-256 called ES384", our_jwk("ec"), signed(&OURS, ES256, "ES384"), no_key("ES384", "")),
        ("P-256 called ES512", our_jwk("ec"), signed(&OURS, ES256, "ES512"), no_key("ES512", "")),
        ("P-256 called EdDSA", our_jwk("ec"), signed(&OURS, ES256, "EdDSA"), no_key("EdDSA", "")),
        ("P-256 called RS256", our_jwk("ec"), signed(&OURS, ES256, "RS256"), no_key("RS256", "")),
        ("P-256 called HS256", our_jwk("ec"), signed(&OURS, ES256, "HS256"), no_key("HS256", "")),
    ] {
        check(&for_keys(&[jwk]), vec![(name, token, expected)]);
    }
}

#[test]
fn what_an_issuer_is_narrowed_to() {
    let keys = [our_jwk("ec"), Signer::Rsa.jwk(json!({"kid": "rsa"}))];
    let mut main = issuer(&keys);
    main.algorithms = vec![RS256];
    let door = authenticator(vec![main], 0);
    let rsa = |by, alg| token(&Signer::Rsa, by, &json!({"alg": alg}));
    let ours = token(&OURS, ES256, &json!({"alg": "ES256"}));
    check(
        &door,
        vec![
            ("RS256", rsa(RS256, "RS256"), ACCEPTED.to_owned()),
            ("PS256", rsa(PS256, "PS256"), foreign("PS256")),
            ("ES256", ours, foreign("ES256")),
        ],
    );
}

/// CVE-2026-44699: a secret that is empty, or known to everybody.
#[test]
fn an_empty_secret_signs_nothing() {
    let door = for_keys(&[Signer::Secret(vec![7; 32]).jwk(json!({}))]);
    let header = json!({"alg": "HS256"});
    let sign = |secret: &[u8]| {
        let signer = Signer::Secret(secret.to_vec());
        signer.token(HS256, header.to_string(), claims().to_string())
    };
    check(
        &door,
        vec![
            ("ours", sign(&[7; 32]), ACCEPTED),
            ("empty", sign(b""), FORGED),
            ("the secret in base64url", sign(encoded([7; 32]).as_bytes()), FORGED),
            ("one byte of it less", sign(&[7; 31]), FORGED),
            ("`secret`", sign(b"secret"), FORGED),
        ],
    );
    // An HMAC key is padded with zero bytes (RFC 2104): as many more of them are the same key, and
    // nobody who does not know the key can use that.
    let padded = sign(&[[7; 32], [0; 32]].concat());
    check(&door, vec![("padded with zero bytes", padded, ACCEPTED)]);
}
