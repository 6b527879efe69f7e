//! Attacks on JWT libraries: RFC 8725, and what broke others. Each is a row with the exact reason, and
//! each table has a row that is accepted: what is refused is refused for what was changed.
//!
//! RFC 8725 by section: 3.1 and 3.2 in `algorithm`, 3.3 and 3.4 in `signature` and `keys`, 3.5 in `keys`, 3.6
//! (compression) in `header`, 3.7 in `text`, 3.8 in `issuers` and `claims`, 3.9 in `claims`, 3.10 in `kid` and
//! `header`, 3.11 and 3.12 in `header`. 2.3 and 2.6 (encrypted tokens, other serializations) are in `form`.

mod algorithm;
mod claims;
mod form;
mod header;
mod issuers;
mod keys;
mod kid;
mod names;
mod signature;
mod text;

use authn::{Algorithm, Authenticator, Hash};
use serde_json::{Value, json};

use crate::door::{claims as good_claims, said};
use crate::signer::{Signer, encoded};

const HS256: Algorithm = Algorithm::Hs(Hash::Sha256);
const RS256: Algorithm = Algorithm::Rs(Hash::Sha256);
const ES256: Algorithm = Algorithm::Es(Hash::Sha256);
const PS256: Algorithm = Algorithm::Ps(Hash::Sha256);

/// The issuer's key, and the attacker's of the same kind.
const OURS: Signer = Signer::P256(7);
const THEIRS: Signer = Signer::P256(9);

/// A token with these header members, signed by this key as `algorithm` says, whatever the header says.
fn token(signer: &Signer, algorithm: Algorithm, header: &Value) -> String {
    signer.token(algorithm, header.to_string(), good_claims().to_string())
}

/// The token that all others are changed from.
fn good() -> String {
    token(&OURS, ES256, &json!({"alg": "ES256"}))
}

/// A token whose signature is whatever this is, of the good claims.
fn with_signature(header: &Value, signature: &[u8]) -> String {
    let (header, claims) = (encoded(header.to_string()), encoded(good_claims().to_string()));
    format!("{header}.{claims}.{}", encoded(signature))
}

fn check(authenticator: &Authenticator, rows: Vec<(impl AsRef<str>, String, impl AsRef<str>)>) {
    for (name, token, expected) in rows {
        assert_eq!(said(authenticator, &token), expected.as_ref(), "{}", name.as_ref());
        // Asked again, a refused token is refused again.
        assert_eq!(said(authenticator, &token), expected.as_ref(), "{}, again", name.as_ref());
    }
}

/// The issuer's JWK, with this `kid`.
fn our_jwk(kid: &str) -> Value {
    OURS.jwk(json!({"kid": kid}))
}
