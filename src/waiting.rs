//! Requests that wait for keys.

use std::collections::BTreeMap;

/// The contexts of requests that are held, and until when at the longest (nanoseconds since the epoch).
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    until: BTreeMap<u32, u64>,
    /// Something happened that may end the waiting of all.
    woken: bool,
}

impl Waiting {
    /// Whether another request may wait; a flood of them must not be hoarded.
    pub(crate) fn has_room(&self) -> bool {
        self.until.len() < MOST
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.until.is_empty()
    }

    pub(crate) fn add(&mut self, id: u32, until: u64) {
        self.until.insert(id, until);
    }

    pub(crate) fn contains(&self, id: u32) -> bool {
        self.until.contains_key(&id)
    }

    /// The request is gone.
    pub(crate) fn remove(&mut self, id: u32) {
        self.until.remove(&id);
    }

    /// All of them are to be decided again.
    pub(crate) fn wake(&mut self) {
        self.woken = true;
    }

    /// Those to decide again: all after [`wake`](Self::wake), else those whose time is over.
    pub(crate) fn due(&mut self, now: u64) -> Vec<(u32, u64)> {
        let woken = std::mem::take(&mut self.woken);
        let due = self.until.iter().filter(|(_, until)| woken || **until <= now);
        due.map(|(id, until)| (*id, *until)).collect()
    }
}

/// Requests that may wait at the same time on one worker.
const MOST: usize = 1_000;
