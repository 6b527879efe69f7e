//! Tokens: `json_web_signature`, `json_web_key`, `json_web_crypto`, `json_web_encryption`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Differing, Finding, compare, groups};
use crate::jwt::Jwt;
use crate::vectors::{folder, verify};

/// What becomes of the file's signed tokens.
fn findings(file: &Value) -> Vec<Finding> {
    let mut found = Vec::new();
    for (group, tests) in groups(file) {
        let jwk = group.get("public").unwrap_or(&group["private"]);
        for test in tests {
            let Some(token) = test.get("jws") else { continue };
            found.push(Finding::new(test, verify(jwk, &written(token))));
        }
    }
    found
}

/// A token as it would be sent; in JSON serialization it is an object.
fn written(token: &Value) -> String {
    token.as_str().map_or_else(|| token.to_string(), str::to_owned)
}

#[test]
fn json_web_signature() {
    const DIFFERING: [Differing; 5] = [
        // The JWK says PS256 and the token PS384: the key decides.
        (&[346, 350], Err("issuer `main` has no key for `alg` \"PS384\"")),
        // The JWK says "ES521", which is no algorithm.
        (&[347, 351], Err("none of its 1 keys can be used: `alg` is not a signature algorithm")),
        (&[367, 370], Ok("said to have bad padding, but clean tokens with the right MAC")),
        // A `?` was put into header or payload.
        (&[372], Err("the token's header is not base64url")),
        (&[373], Err("the token's payload is not base64url")),
    ];
    let Some(file) = folder::read("wycheproof/json_web_signature_test.json") else { return };
    compare(&findings(&file), &[("invalid", [2, 353]), ("valid", [40, 6])], &DIFFERING);
}

#[test]
fn json_web_key() {
    const DIFFERING: [Differing; 3] = [
        (&[1], Ok(MIXED)),
        (&[4], Ok("the second key of that `kid` has trailing bits and is skipped: one is left")),
        (&[7], Ok(ROCA)),
    ];
    let Some(file) = folder::read("wycheproof/json_web_key_test.json") else { return };
    compare(&findings(&file), &[("invalid", [3, 18]), ("valid", [5, 0])], &DIFFERING);
}

#[test]
fn json_web_crypto() {
    const DIFFERING: [Differing; 2] = [(&[46], Ok(ROCA)), (&[47], Ok(MIXED))];
    let Some(file) = folder::read("wycheproof/json_web_crypto_test.json") else { return };
    compare(&findings(&file), &[("invalid", [2, 43]), ("valid", [4, 0])], &DIFFERING);
}

const ROCA: &str = "the RSA key is of a weak generator (ROCA), which is not looked for";
const MIXED: &str =
    "a secret and a public key in one set: each key says which algorithms are its own";

/// Valid or not, a JWE is refused for being one, or for its form where it is no JWE.
#[test]
fn encrypted_tokens() {
    let mut reasons = BTreeMap::new();
    for name in ["json_web_crypto", "json_web_encryption"] {
        let Some(file) = folder::read(&format!("wycheproof/{name}_test.json")) else { return };
        for token in groups(&file).flat_map(|(_, tests)| tests).filter_map(|test| test.get("jwe")) {
            let reason = Jwt::parse(&written(token)).unwrap_err().to_string();
            *reasons.entry(reason).or_insert(0) += 1;
        }
    }
    let encrypted = "the token is encrypted (JWE), which is not supported".to_owned();
    let parts = "the token does not have the three parts of a signed JWT".to_owned();
    assert_eq!(reasons, BTreeMap::from([(encrypted, 151), (parts, 22)]));
}
