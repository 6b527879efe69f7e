//! A token, bare or signed here and then changed: whoever is let in has one that a key really signed, and no change of a
//! good token is taken for another one.
//!
//! Input, by lines: `=` and a value of `Authorization`; or a letter for the key, then a header, a payload, and changes, each
//! of two bytes for the place and one for what stands there then.

use std::sync::LazyLock;

use authn::{Algorithm, Authenticator, Hash};
use serde_json::{Value, json};

use crate::door::{NOW, authenticate, authenticator, issuer};
use crate::sentence::assert_short;
use crate::signer::Signer;
use crate::verifier;

/// Checks one input.
#[must_use]
pub fn check(input: &[u8]) -> bool {
    let doors = Doors::new();
    let mut lines = input.splitn(3, |byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let Some((kind, rest)) = first.split_first() else { return false };
    let Some((signer, algorithm)) = signer(*kind) else {
        return *kind == b'=' && doors.let_in(rest);
    };
    let payload = lines.next().unwrap_or_default();
    let token = format!("Bearer {}", signer.token(algorithm, rest, payload)).into_bytes();
    let good = doors.let_in(&token);
    let mut changed = token.clone();
    for change in lines.next().unwrap_or_default().chunks_exact(3) {
        let place = usize::from(u16::from_be_bytes([change[0], change[1]])) % changed.len();
        changed[place] = change[2];
    }
    let changed_is_good = doors.let_in(&changed);
    // The scheme is compared without regard to case; an ECDSA signature has a twin, which nobody finds by chance.
    if changed_is_good {
        assert!(changed[7..] == token[7..], "{}", changed.escape_ascii());
    }
    good
}

fn signer(kind: u8) -> Option<(Signer, Algorithm)> {
    let algorithm = match kind {
        b'h' => Algorithm::Hs(Hash::Sha256),
        b'e' => Algorithm::EdDsa,
        b'p' => Algorithm::Es(Hash::Sha256),
        _ => return None,
    };
    Some((Signer::of(algorithm), algorithm))
}

/// A key of each kind, named.
static JWKS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let algorithms = [
        Algorithm::Hs(Hash::Sha256),
        Algorithm::EdDsa,
        Algorithm::Es(Hash::Sha256),
        Algorithm::Rs(Hash::Sha256),
    ];
    let jwk = |algorithm: Algorithm| {
        let name = algorithm.name();
        Signer::of(algorithm).jwk(json!({"alg": name, "kid": name}))
    };
    algorithms.into_iter().map(jwk).collect()
});

/// One door that remembers tokens and one that does not, for the same keys.
struct Doors {
    remembering: Authenticator,
    forgetting: Authenticator,
}

impl Doors {
    fn new() -> Self {
        let door = |cached| authenticator(vec![issuer(&JWKS)], cached);
        Self { remembering: door(100), forgetting: door(0) }
    }

    /// Whether this value of `Authorization` establishes somebody; the same however often, and whatever is remembered.
    fn let_in(&self, value: &[u8]) -> bool {
        let first = authenticate(&self.forgetting, value, NOW);
        for _ in 0..2 {
            assert_eq!(authenticate(&self.remembering, value, NOW), first);
        }
        let principal = match first {
            Ok(principal) => principal,
            Err(refused) => {
                assert_short(&refused.to_string());
                return false;
            }
        };
        let text = std::str::from_utf8(value).unwrap();
        let (scheme, token) = text.split_once(' ').unwrap();
        assert!(scheme.eq_ignore_ascii_case("bearer"), "{text}");
        let claims = verifier::signed_claims(token.trim_start_matches(' '), &JWKS);
        let claims = claims.unwrap_or_else(|| panic!("nobody signed {text}"));
        assert_eq!(claims["iss"], "https://idp.example", "{text}");
        assert_eq!(claims["sub"].as_str(), principal.subject(), "{text}");
        assert!(claims["exp"].as_f64().unwrap() > 1_699_999_939.0, "{text}");
        true
    }
}
