//! Tokens that were verified before, so that a signature is checked once.
//!
//! When there is no more room, the one that has to go is looked for in a circle: what was used since the last look gets
//! a second chance, and only so many are given one at a time. No list is kept in order, and what is used stays.
//!
//! Only verified tokens get in, so nobody without a signing key can fill it or push others out. Their time and whether
//! they were revoked is checked on every use. The key is the whole token, compared byte for byte. (docs/adr/0009)

use std::fmt;
use std::rc::Rc;

use hashbrown::HashTable;

use crate::key_set::KeySet;
use crate::memory;
use crate::principal::Principal;

/// How much is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheLimits {
    /// Tokens at most.
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

/// Verified tokens.
pub(crate) struct TokenCache {
    limits: CacheLimits,
    entries: Vec<Entry>,
    /// Indices of the entries, by the hash of their tokens.
    index: HashTable<usize>,
    /// Where the next one that has to go is looked for.
    hand: usize,
    /// Of memory, behind all entries.
    bytes: usize,
    /// Entries that list and table have had: they do not shrink by themselves.
    peak: usize,
}

struct Entry {
    token: Box<[u8]>,
    verified: Verified,
    /// Of memory, behind itself.
    bytes: usize,
    /// Since it was last looked at as one that could go.
    used: bool,
}

impl Entry {
    /// An entry that knows how much memory it takes, not less. The key set is everybody's.
    fn new(token: &[u8], verified: Verified) -> Self {
        // With the two counts of its `Rc`.
        const PRINCIPAL: usize = size_of::<Principal>() + 2 * size_of::<usize>();
        let principal = memory::allocation(PRINCIPAL);
        let parts = [memory::allocation(token.len()), principal, verified.principal.size()];
        let bytes = parts.into_iter().fold(0, usize::saturating_add);
        Self { token: token.into(), verified, bytes, used: false }
    }
}

impl TokenCache {
    pub(crate) fn new(limits: CacheLimits) -> Self {
        Self { limits, entries: Vec::new(), index: HashTable::new(), hand: 0, bytes: 0, peak: 0 }
    }

    /// What was found of this token. Whether it still holds is the caller's to check.
    pub(crate) fn get(&mut self, token: &[u8]) -> Option<&Verified> {
        let entry = self.find(token)?;
        let entry = self.entries.get_mut(entry)?;
        entry.used = true;
        Some(&entry.verified)
    }

    fn find(&self, token: &[u8]) -> Option<usize> {
        let is_it =
            |entry: &usize| self.entries.get(*entry).is_some_and(|entry| same(&entry.token, token));
        self.index.find(hash(token), is_it).copied()
    }

    /// Remembers what was found of this token; not where that alone would be too much.
    pub(crate) fn insert(&mut self, token: &[u8], verified: Verified) {
        let entry = Entry::new(token, verified);
        let alone = entry.bytes.saturating_add(SLOTS);
        if alone > self.limits.max_bytes || self.limits.max_entries == 0 {
            return;
        }
        if let Some(known) = self.find(token) {
            self.remove(known);
        }
        while !self.entries.is_empty() && self.is_full_for(&entry) {
            let goes = self.unused();
            self.remove(goes);
            // The last one took its place, and its turn is not now.
            self.hand = goes.saturating_add(1);
        }
        self.bytes = self.bytes.saturating_add(entry.bytes);
        self.peak = self.peak.max(self.entries.len().saturating_add(1));
        let new = hash(&entry.token);
        self.entries.push(entry);
        self.index.insert_unique(new, self.entries.len().saturating_sub(1), |entry| {
            self.entries.get(*entry).map_or(0, |entry| hash(&entry.token))
        });
    }

    fn is_full_for(&self, entry: &Entry) -> bool {
        let slots = self.peak.max(self.entries.len().saturating_add(1)).saturating_mul(SLOTS);
        let bytes = self.bytes.saturating_add(entry.bytes).saturating_add(slots);
        self.entries.len() >= self.limits.max_entries || bytes > self.limits.max_bytes
    }

    /// The entry that has to go: the next that was not used, or the last of as many as are looked at.
    fn unused(&mut self) -> usize {
        for _ in 0..CHANCES {
            if self.hand >= self.entries.len() {
                self.hand = 0;
            }
            let Some(entry) = self.entries.get_mut(self.hand).filter(|entry| entry.used) else {
                break;
            };
            entry.used = false;
            self.hand = self.hand.saturating_add(1);
        }
        if self.hand < self.entries.len() { self.hand } else { 0 }
    }

    /// Forgets an entry, whose place the last one takes.
    fn remove(&mut self, goes: usize) {
        let last = self.entries.len().saturating_sub(1);
        let Some(entry) = self.entries.get(goes) else { return };
        self.bytes = self.bytes.saturating_sub(entry.bytes);
        if let Ok(found) = self.index.find_entry(hash(&entry.token), |other| *other == goes) {
            found.remove();
        }
        self.entries.swap_remove(goes);
        let moved = self.entries.get(goes).map(|moved| hash(&moved.token));
        if let Some(hash) = moved
            && let Some(index) = self.index.find_mut(hash, |other| *other == last)
        {
            *index = goes;
        }
        // Where few large ones have taken the place of many small ones.
        if self.entries.len() <= self.peak / 4 {
            self.peak = self.entries.len();
            self.entries.shrink_to_fit();
            self.index.shrink_to_fit(|entry| {
                self.entries.get(*entry).map_or(0, |entry| hash(&entry.token))
            });
        }
    }
}

/// Bytes of list and table for each entry at their peak: up to two slots, half of that again while they grow, and the
/// table some bytes of control for each slot.
const SLOTS: usize = 3 * size_of::<Entry>() + 4 * (size_of::<usize>() + 8);

/// Of a token's end, 96 bits of a signature or a MAC that nobody can choose: folded together, they are as good as any
/// hash of the whole.
fn hash(token: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let words = token.last_chunk::<16>().map(|end| end.as_chunks::<8>().0);
    let Some([one, two]) = words else { return 0 };
    let one = u64::from_le_bytes(*one).wrapping_mul(ODD);
    let hash = (one ^ u64::from_le_bytes(*two)).wrapping_mul(ODD);
    hash ^ (hash >> 32)
}

/// Whether two tokens are the same: a block at a time, and the last block as often as it takes, since what comparing slices
/// comes to on wasm32 takes them byte by byte.
fn same(one: &[u8], two: &[u8]) -> bool {
    if one.len() != two.len() {
        return false;
    }
    match (one.last_chunk::<BLOCK>(), two.last_chunk::<BLOCK>()) {
        (Some(end_one), Some(end_two)) => {
            let mut blocks = one.as_chunks::<BLOCK>().0.iter().zip(two.as_chunks::<BLOCK>().0);
            alike(end_one, end_two) && blocks.all(|(one, two)| alike(one, two))
        }
        _ => one == two,
    }
}

/// Whether two blocks have no bit in which they differ, with one branch for all of them.
fn alike(one: &[u8; BLOCK], two: &[u8; BLOCK]) -> bool {
    let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (one.as_chunks::<16>().0, two.as_chunks::<16>().0)
    else {
        return false;
    };
    let differ =
        |one: &[u8; 16], two: &[u8; 16]| u128::from_le_bytes(*one) ^ u128::from_le_bytes(*two);
    differ(a0, b0) | differ(a1, b1) | differ(a2, b2) | differ(a3, b3) == 0
}

const BLOCK: usize = 64;

/// Entries that are given a second chance before one goes, so that no request pays for looking at all of them.
const CHANCES: usize = 64;

impl fmt::Debug for TokenCache {
    /// How many, never the tokens.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = formatter.debug_struct("TokenCache");
        fields.field("limits", &self.limits).field("entries", &self.entries.len());
        fields.field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
