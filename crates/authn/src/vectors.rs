//! Published test vectors, as data from a folder beside the project.
//!
//! Those whose payload is a text and not claims (nearly all) cannot show through
//! [`Authenticator`](crate::Authenticator) that their signature was accepted, and those of a bare primitive are
//! not even tokens. They are here, inside the crate, where they meet the very functions a token meets,
//! rather than behind a public function that only they would call. What needs no such access is in `tests/vectors`.

use serde_json::{Value, json};

use crate::issuer::{Issuer, Signature};
use crate::jwt::Jwt;
use crate::key_set::{KeySet, ParsedKeySet};
use crate::rejection::{InvalidToken, Part, Unauthenticated};
use crate::roles::Roles;

mod cookbook;
mod examples;
mod folder;
mod hosts;
mod wycheproof;

use hosts::{Native, Software};

/// The set that this JWK, or this set, makes; the reason where nothing in it is usable.
fn key_set(jwk: &Value) -> Result<KeySet, String> {
    let set = if jwk.get("keys").is_some() { jwk.clone() } else { json!({"keys": [jwk]}) };
    let ParsedKeySet { keys, skipped } = KeySet::parse(&set);
    keys.map_err(|error| {
        let reasons = skipped.iter().map(|key| key.reason.to_string());
        format!("{error}: {}", reasons.collect::<Vec<_>>().join("; "))
    })
}

/// What is said of a token whose payload may be anything: its form, its key and its signature. Whoever
/// checks the signature, it is the same.
fn verify(jwk: &Value, token: &str) -> Result<(), String> {
    let keys = key_set(jwk)?;
    let issuer = Issuer {
        name: "main".to_owned(),
        issuer: None,
        audiences: Vec::new(),
        signature: Signature::DecodeOnly,
        algorithms: Vec::new(),
        types: Vec::new(),
        roles: Roles::default(),
    };
    let software = jws(token, |jwt| issuer.verify(&keys, jwt, &Software));
    let native = jws(token, |jwt| issuer.verify(&keys, jwt, &Native));
    assert_eq!(software, native, "{token}");
    software.map_err(|error| error.to_string())
}

/// Reads a token as the filter does, but for the payload, which need not be claims.
fn jws<T>(
    token: &str,
    then: impl FnOnce(&Jwt<'_>) -> Result<T, Unauthenticated>,
) -> Result<T, Unauthenticated> {
    match Jwt::parse(token) {
        Err(InvalidToken::Json(Part::Payload, _)) => {
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let (header, _) = signed.split_once('.').unwrap();
            let with_claims = format!("{header}.e30.{signature}");
            then(&Jwt { signed, ..Jwt::parse(&with_claims)? })
        }
        jwt => then(&jwt?),
    }
}

/// The member of this name, which is a text.
fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap_or_else(|| panic!("`{member}` is not a string"))
}
