//! A JSON Web Key Set (RFC 7517 section 5), and which of its keys a token is verified with.

use serde_json::Value;

use crate::algorithm::Algorithm;
use crate::json;
use crate::jwk::{self, UnusableKey};
use crate::key::Key;
use crate::text;

/// The usable keys of a set.
#[derive(Debug, Clone)]
pub struct KeySet {
    keys: Vec<Key>,
}

/// The order of keys says nothing.
impl PartialEq for KeySet {
    fn eq(&self, other: &Self) -> bool {
        let all_in = |a: &Self, b: &Self| a.keys.iter().all(|key| b.keys.contains(key));
        self.keys.len() == other.keys.len() && all_in(self, other) && all_in(other, self)
    }
}

impl Eq for KeySet {}

/// What was found in a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedKeySet {
    /// The usable keys, or why there is nothing to verify with.
    pub keys: Result<KeySet, InvalidKeySet>,
    /// Keys that are left out.
    pub skipped: Vec<SkippedKey>,
}

/// A key of a set that is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("keys[{index}] is not used: {reason}")]
pub struct SkippedKey {
    /// Its index in `keys`.
    pub index: usize,
    /// Why.
    pub reason: UnusableKey,
}

/// Why a value is not a key set that can verify anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeySet {
    /// Not an object with a list `keys`.
    #[error("expected an object with a list `keys`")]
    NotASet,
    /// More keys than anybody has.
    #[error("has {0} keys, at most {MAX_KEYS} are taken")]
    TooMany(usize),
    /// No key can be used.
    #[error("none of its {0} keys can be used")]
    NoneUsable(usize),
}

/// Keys that a set may have.
const MAX_KEYS: usize = 100;

impl KeySet {
    /// Reads a set. Keys that cannot be used are left out, each with the reason.
    #[must_use]
    pub fn parse(set: &Value) -> ParsedKeySet {
        Self::read(set, |_| Ok(()))
    }

    /// Reads a set as [`parse`](Self::parse) does, and leaves out secret keys too.
    pub(crate) fn parse_public(set: &Value) -> ParsedKeySet {
        Self::read(set, |key| {
            if key.is_secret() {
                let reason = "`kty` is `oct`: whoever can fetch a secret can write tokens; `algorithms` must name \
                              its algorithm where that is meant";
                return Err(UnusableKey::NotOurs(reason.to_owned()));
            }
            Ok(())
        })
    }

    fn read(set: &Value, accepted: impl Fn(&Key) -> Result<(), UnusableKey>) -> ParsedKeySet {
        let refused = |reason| ParsedKeySet { keys: Err(reason), skipped: Vec::new() };
        let Some(jwks) = set.get("keys").and_then(Value::as_array) else {
            return refused(InvalidKeySet::NotASet);
        };
        if jwks.len() > MAX_KEYS {
            return refused(InvalidKeySet::TooMany(jwks.len()));
        }
        let mut keys = Vec::new();
        let mut skipped = Vec::new();
        for (index, jwk) in jwks.iter().enumerate() {
            let key = match jwk {
                Value::Object(members) => jwk::key(members),
                other => {
                    let message = format!("expected an object, found {}", json::kind(other));
                    Err(UnusableKey::Invalid(message))
                }
            };
            match key.and_then(|key| accepted(&key).map(|()| key)) {
                Ok(key) => keys.push(key),
                Err(reason) => skipped.push(SkippedKey { index, reason }),
            }
        }
        let none = InvalidKeySet::NoneUsable(jwks.len());
        let keys = if keys.is_empty() { Err(none) } else { Ok(Self { keys }) };
        ParsedKeySet { keys, skipped }
    }

    /// The algorithms that some key of the set verifies.
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.keys.iter().flat_map(|key| key.algorithms.iter().copied())
    }

    /// How many keys.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether a key of the set has this `kid`.
    pub(crate) fn names(&self, kid: Option<&str>) -> bool {
        kid.is_some() && self.keys.iter().any(|key| key.kid.as_deref() == kid)
    }

    /// The key for a token's `kid` and `alg`: the one of that `kid`, where it verifies that algorithm.
    /// An unknown or missing `kid` leaves a choice only where exactly one key verifies the algorithm, however often the
    /// set has it; nothing is ever tried in turn.
    pub(crate) fn key(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&Key> {
        let fits = |key: &&Key| key.algorithms.contains(&algorithm);
        if self.names(kid) {
            return only(self.keys.iter().filter(fits).filter(|key| key.kid.as_deref() == kid));
        }
        only(self.keys.iter().filter(fits))
    }
}

fn only<'k>(mut keys: impl Iterator<Item = &'k Key>) -> Option<&'k Key> {
    let key = keys.next()?;
    keys.all(|other| other.is_same(key)).then_some(key)
}

impl InvalidKeySet {
    /// Why there is nothing to verify with, and why each key was left out, in words: not longer than a line bears.
    #[must_use]
    pub fn explained(&self, skipped: &[SkippedKey]) -> String {
        let reasons = skipped.iter().map(ToString::to_string);
        let all: Vec<_> = std::iter::once(self.to_string()).chain(reasons).collect();
        text::cut(&all.join("; "), LONGEST_REASON).into_owned()
    }
}

/// Bytes of a reason, which may speak of many keys.
const LONGEST_REASON: usize = 1024;
