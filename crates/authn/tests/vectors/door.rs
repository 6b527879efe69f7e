//! The front door: an authenticator for some keys, and what it says of a token.

use std::collections::BTreeSet;
use std::rc::Rc;

use authn::{
    Authenticator, CacheLimits, Credentials, Host, HostFailure, Issuer, KeySet, ParsedKeySet,
    Principal, Revoked, Roles, Signature, TokenRules, TokenSources, Unauthenticated, UnixTime,
    Vocabulary,
};
use serde_json::{Value, json};

/// When every test is: what its claims are good for.
pub(crate) const NOW: i64 = 1_700_000_000;

/// Claims that nothing is wrong with, for the issuer `main`.
pub(crate) fn claims() -> Value {
    json!({"iss": "https://idp.example", "aud": "api", "exp": NOW + 300, "sub": "alice"})
}

/// A host that checks no signature: everything is done in software.
pub(crate) struct Software;

impl Host for Software {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        Ok(Vec::new())
    }
}

/// The issuer `main` with these JWKs, of which none may be unusable.
pub(crate) fn issuer(jwks: &[Value]) -> Issuer {
    let ParsedKeySet { keys, skipped } = KeySet::parse(&json!({"keys": jwks}));
    assert_eq!(skipped, []);
    Issuer {
        name: "main".to_owned(),
        issuer: Some("https://idp.example".to_owned()),
        audiences: vec!["api".to_owned()],
        signature: Signature::Jwks(Rc::new(keys.unwrap())),
        algorithms: Vec::new(),
        types: Vec::new(),
        roles: Roles::default(),
    }
}

/// An authenticator for these issuers that remembers this many tokens.
pub(crate) fn authenticator(issuers: Vec<Issuer>, cached: usize) -> Authenticator {
    let cache = CacheLimits { max_entries: cached, max_bytes: 1 << 20 };
    remembering(issuers, cache, ["http://example.com/is_root".to_owned()].into())
}

/// An authenticator for these issuers that remembers so much, of claims those of these names.
pub(crate) fn remembering(
    issuers: Vec<Issuer>,
    cache: CacheLimits,
    claims: BTreeSet<String>,
) -> Authenticator {
    let rules = TokenRules {
        sources: TokenSources::default(),
        leeway_seconds: 60,
        max_bytes: 16_384,
        required_claims: vec!["exp".to_owned()],
        cache,
        revoked: Revoked::default(),
    };
    Authenticator::new(issuers, rules, Vocabulary { claims, ..Vocabulary::default() })
}

/// The issuer `main` with these JWKs and nobody else, nothing remembered.
pub(crate) fn for_keys(jwks: &[Value]) -> Authenticator {
    authenticator(vec![issuer(jwks)], 0)
}

/// The subject, or the reason why there is none.
pub(crate) fn said(authenticator: &Authenticator, token: &str) -> String {
    said_at(authenticator, token, NOW)
}

pub(crate) fn said_at(authenticator: &Authenticator, token: &str, now: i64) -> String {
    match authenticate(authenticator, format!("Bearer {token}").as_bytes(), now) {
        Ok(principal) => {
            format!("{} of {}", principal.subject().unwrap_or("somebody"), principal.issuer())
        }
        Err(error) => error.to_string(),
    }
}

/// What comes of `Authorization` with this value.
pub(crate) fn authenticate(
    authenticator: &Authenticator,
    value: &[u8],
    now: i64,
) -> Result<Rc<Principal>, Unauthenticated> {
    let mut credentials = Credentials::new(authenticator.sources());
    credentials.note_header(b"authorization", value);
    authenticator.authenticate(&credentials, &Software, UnixTime::from_seconds(now))
}

/// What a row's failure says, in all tables.
pub(crate) const ACCEPTED: &str = "alice of main";
pub(crate) const FORGED: &str = "the signature is not that of a key of issuer `main`";
pub(crate) const UNSIGNED: &str = "the token's header names no signature algorithm";

/// What is said where no key fits.
pub(crate) fn no_key(alg: &str, kid: &str) -> String {
    format!("issuer `main` has no key for `alg` {alg:?} and `kid` {kid:?}")
}

/// What is said of an `alg` that is not ours.
pub(crate) fn foreign(alg: &str) -> String {
    format!("the token's `alg` {alg:?} is not one of those of issuer `main`")
}
