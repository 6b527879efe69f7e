//! Tokens that were verified before, so that a signature is checked once.
//!
//! Two generations: what is used goes into the young one; when that is full, it becomes the old one and what
//! was not used since the last turn is forgotten. Both operations are O(1), and no list is kept in order.
//!
//! Only verified tokens get in, so nobody without a signing key can fill it or push others out. Their time and whether
//! they were revoked is checked on every use. The key is the whole token, compared byte for byte. (docs/adr/0009)

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use foldhash::fast::FixedState;

use crate::key_set::KeySet;
use crate::memory;
use crate::principal::Principal;

/// How much is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheLimits {
    /// Tokens at most, of which each generation has half: one is none.
    pub max_entries: usize,
    /// Bytes of memory at most, of tokens and what they said.
    pub max_bytes: usize,
}

/// What was found of a token. It holds as long as its issuer has these very keys.
#[derive(Debug, Clone)]
pub(crate) struct Verified {
    /// Index of the issuer.
    pub(crate) issuer: usize,
    /// The set that one key of verified it.
    pub(crate) keys: Rc<KeySet>,
    /// Whom it establishes, at a time when it is valid.
    pub(crate) principal: Rc<Principal>,
}

impl Verified {
    /// Bytes of memory that it takes to remember this of the token, not less. The key set is everybody's.
    fn size(&self, token: &str) -> usize {
        // A hash table has up to two slots for each entry, half of that again while it grows, and some bytes of
        // control at its end.
        const SLOTS: usize = 4 * (size_of::<(Box<str>, Verified)>() + 8);
        // With the two counts of its `Rc`.
        const PRINCIPAL: usize = size_of::<Principal>() + 2 * size_of::<usize>();
        let principal = memory::allocation(PRINCIPAL);
        [memory::allocation(token.len()), principal, self.principal.size()]
            .into_iter()
            .fold(SLOTS, usize::saturating_add)
    }
}

/// Verified tokens.
pub(crate) struct TokenCache {
    /// Of one generation: half of what was configured.
    limits: CacheLimits,
    young: Generation,
    old: Generation,
}

#[derive(Default)]
struct Generation {
    entries: HashMap<Box<str>, Verified, FixedState>,
    bytes: usize,
}

impl TokenCache {
    pub(crate) fn new(limits: CacheLimits) -> Self {
        let limits =
            CacheLimits { max_entries: limits.max_entries / 2, max_bytes: limits.max_bytes / 2 };
        Self { limits, young: Generation::default(), old: Generation::default() }
    }

    /// What was found of this token. Whether it still holds is the caller's to check.
    pub(crate) fn get(&mut self, token: &str) -> Option<Verified> {
        if let Some(verified) = self.young.entries.get(token) {
            return Some(verified.clone());
        }
        let verified = self.old.entries.get(token)?.clone();
        self.insert(token, verified.clone());
        Some(verified)
    }

    /// Remembers what was found of this token; not where that alone would be too much.
    pub(crate) fn insert(&mut self, token: &str, verified: Verified) {
        let bytes = verified.size(token);
        if bytes > self.limits.max_bytes || self.limits.max_entries == 0 {
            return;
        }
        let full = self.young.entries.len() >= self.limits.max_entries
            || self.young.bytes.saturating_add(bytes) > self.limits.max_bytes;
        if full {
            self.old = std::mem::take(&mut self.young);
        }
        if self.young.entries.insert(token.into(), verified).is_none() {
            self.young.bytes = self.young.bytes.saturating_add(bytes);
        }
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limits, young, old } = self;
        let mut fields = formatter.debug_struct("TokenCache");
        fields.field("limits", limits).field("young", young).field("old", old).finish()
    }
}

impl fmt::Debug for Generation {
    /// How many, never the tokens.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} tokens, {} bytes", self.entries.len(), self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::claims::Claims;
    use crate::names::Numbers;

    fn verified(subject: &str) -> Verified {
        let jwk = json!({"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"});
        let keys = KeySet::parse(&json!({ "keys": [jwk] })).keys.unwrap();
        let principal = Principal {
            issuer: "main".to_owned(),
            subject: Some(subject.to_owned()),
            roles: Vec::new(),
            role_numbers: Numbers::default(),
            scope_numbers: Numbers::default(),
            claims: Claims::new(serde_json::Map::new()),
        };
        Verified { issuer: 0, keys: Rc::new(keys), principal: Rc::new(principal) }
    }

    fn cache(max_entries: usize, max_bytes: usize) -> TokenCache {
        TokenCache::new(CacheLimits { max_entries, max_bytes })
    }

    #[test]
    fn a_token_is_found_by_all_of_its_bytes() {
        let mut cache = cache(10, 1 << 20);
        cache.insert("a.b.c", verified("alice"));
        assert_eq!(cache.get("a.b.c").unwrap().principal.subject(), Some("alice"));
        for other in ["a.b.d", "a.b.c ", "A.b.c", "a.b.", ""] {
            assert!(cache.get(other).is_none(), "{other}");
        }
    }

    #[test]
    fn entries_are_bounded_and_what_is_used_stays() {
        let mut cache = cache(10, 1 << 20);
        cache.insert("kept", verified("kept"));
        for number in 0..1_000 {
            cache.insert(&format!("t{number}"), verified("other"));
            assert!(cache.get("kept").is_some(), "{number}");
            assert!(cache.young.entries.len() + cache.old.entries.len() <= 10);
        }
        assert!(cache.get("t0").is_none());
    }

    #[test]
    fn bytes_are_bounded() {
        let mut cache = cache(1_000, 100_000);
        let subject = "s".repeat(1_000);
        for number in 0..1_000 {
            cache.insert(&format!("t{number}"), verified(&subject));
            assert!(cache.young.bytes + cache.old.bytes <= 100_000);
        }
        assert!(cache.young.entries.len() + cache.old.entries.len() > 40);
        cache.insert("huge", verified(&"s".repeat(60_000)));
        assert!(cache.get("huge").is_none());
    }

    #[test]
    fn it_can_be_switched_off() {
        for max_entries in [0, 1] {
            let mut cache = cache(max_entries, 1 << 20);
            cache.insert("a", verified("a"));
            assert!(cache.get("a").is_none(), "{max_entries}");
        }
    }
}
