//! Bare signatures, through the keys that verify tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Counts, Differing, Finding, compare, groups};
use crate::algorithm::{Algorithm, Hash};
use crate::vectors::hosts::{Native, Software};
use crate::vectors::{folder, key_set};

const SHA256: Hash = Hash::Sha256;

#[test]
fn rsa_pkcs1() {
    let counts = [("acceptable", [0, 1]), ("invalid", [0, 249]), ("valid", [9, 0])];
    check("rsa_signature_2048_sha256", Algorithm::Rs(SHA256), &counts, &[]);
}

#[test]
fn rsa_pss() {
    let counts = [("invalid", [0, 45]), ("valid", [63, 0])];
    check("rsa_pss_2048_sha256_mgf1_32", Algorithm::Ps(SHA256), &counts, &[]);
}

#[test]
fn ecdsa() {
    let counts = [("invalid", [0, 89]), ("valid", [173, 0])];
    check("ecdsa_secp256r1_sha256_p1363", Algorithm::Es(SHA256), &counts, &[]);
}

#[test]
fn ed25519() {
    check("ed25519", Algorithm::EdDsa, &[("invalid", [0, 63]), ("valid", [88, 0])], &[]);
}

/// RFC 7518 section 3.2: whole tags, and secrets as long as the hash.
#[test]
fn hmac() {
    const CUT: Result<&str, &str> = Err("forged");
    const SHORT: Result<&str, &str> =
        Err("none of its 1 keys can be used: `k` has less than 32 bytes");
    const DIFFERING: [Differing; 4] = [
        (&[82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100], CUT),
        (&[101, 102, 103, 104, 105, 106, 107, 108], CUT),
        (&[163, 164, 165, 166, 167, 168], SHORT),
        (&[172, 173, 174], CUT),
    ];
    let counts = [("invalid", [0, 108]), ("valid", [30, 36])];
    check("hmac_sha256", Algorithm::Hs(SHA256), &counts, &DIFFERING);
}

fn check(name: &str, algorithm: Algorithm, counts: &[Counts], differing: &[Differing]) {
    let Some(file) = folder::read(&format!("wycheproof/{name}_test.json")) else { return };
    let mut found = Vec::new();
    for (group, tests) in groups(&file) {
        for test in tests {
            let signature = bytes(test.get("sig").unwrap_or(&test["tag"]));
            let result = verifies(&jwk(group, test), algorithm, &bytes(&test["msg"]), &signature);
            found.push(Finding::new(test, result));
        }
    }
    compare(&found, counts, differing);
}

fn verifies(
    jwk: &Value,
    algorithm: Algorithm,
    text: &[u8],
    signature: &[u8],
) -> Result<(), String> {
    let keys = key_set(jwk)?;
    let key = keys.key(None, algorithm).ok_or("no key for the algorithm")?;
    let software = key.verifies(algorithm, text, signature, &Software);
    assert_eq!(software, key.verifies(algorithm, text, signature, &Native), "{signature:?}");
    if software.map_err(|failure| failure.to_string())? { Ok(()) } else { Err("forged".to_owned()) }
}

/// The key of this test, as a JWK.
fn jwk(group: &Value, test: &Value) -> Value {
    if let Some(key) = test.get("key") {
        return json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(bytes(key))});
    }
    if let Some(jwk) = group.get("publicKeyJwk").or(group.get("keyJwk")) {
        return jwk.clone();
    }
    // Written as a number: leading zeros are missing, or one is too many.
    let coordinate = |member: &str| {
        let number = bytes(&group["publicKey"][member]);
        let mut fixed = [0; 32];
        for (to, from) in fixed.iter_mut().rev().zip(number.iter().rev()) {
            *to = *from;
        }
        URL_SAFE_NO_PAD.encode(fixed)
    };
    json!({"kty": "EC", "crv": "P-256", "x": coordinate("wx"), "y": coordinate("wy")})
}

/// The bytes of a text of hexadecimal digits.
fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}
