//! Requests that wait for keys.

use std::collections::BTreeMap;

/// How long a request may wait, in nanoseconds since the epoch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    since: u64,
    until: u64,
}

impl Patience {
    /// So many seconds from now on.
    pub(crate) fn new(now: u64, seconds: u32) -> Self {
        let nanoseconds = u64::from(seconds).saturating_mul(1_000_000_000);
        Self { since: now, until: now.saturating_add(nanoseconds) }
    }

    /// Whether it is over; also where the clock was set back, or it might last for years.
    pub(crate) fn over(self, now: u64) -> bool {
        now < self.since || now >= self.until
    }
}

/// The contexts of requests that are held, and for how long at the longest.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    requests: BTreeMap<u32, Patience>,
    /// Something happened that may end the waiting of all.
    woken: bool,
}

impl Waiting {
    /// Whether another request may wait; a flood of them must not be hoarded.
    pub(crate) fn has_room(&self) -> bool {
        self.requests.len() < MOST
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    pub(crate) fn add(&mut self, id: u32, patience: Patience) {
        self.requests.insert(id, patience);
    }

    pub(crate) fn contains(&self, id: u32) -> bool {
        self.requests.contains_key(&id)
    }

    /// The request is gone.
    pub(crate) fn remove(&mut self, id: u32) {
        self.requests.remove(&id);
    }

    /// All of them are to be decided again.
    pub(crate) fn wake(&mut self) {
        self.woken = true;
    }

    /// Those to decide again: all after [`wake`](Self::wake), else those whose time is over.
    pub(crate) fn due(&mut self, now: u64) -> Vec<(u32, Patience)> {
        let woken = std::mem::take(&mut self.woken);
        let due = self.requests.iter().filter(|(_, patience)| woken || patience.over(now));
        due.map(|(id, patience)| (*id, *patience)).collect()
    }
}

/// Requests that may wait at the same time on one worker.
const MOST: usize = 1_000;
