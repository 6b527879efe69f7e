//! The key set of an issuer that publishes it: when to fetch it, and which keys count meanwhile.
//!
//! Nothing here fetches. Whoever can is told when ([`RemoteKeys::due`]), and brings what came of it. Only a set
//! with a usable key ever replaces another; until one came, nobody is let in. (docs/adr/0014)

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use crate::json;
use crate::key_set::{KeySet, ParsedKeySet, SkippedKey};
use crate::time::UnixTime;

/// Where a key set is published, and how it is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySource {
    /// The Envoy cluster to ask.
    pub cluster: String,
    /// `https` or `http`, as the request says it; whether TLS is spoken is the cluster's to know.
    pub scheme: &'static str,
    /// Host and port of the URI.
    pub authority: String,
    /// Path and query of the URI.
    pub path: String,
    /// Seconds from one fetch to the next.
    pub refresh_seconds: u32,
    /// Seconds between two fetches that tokens with an unknown `kid` ask for.
    pub cooldown_seconds: u32,
    /// Seconds that a fetch may take, and that a request waits for keys.
    pub timeout_seconds: u32,
    /// Seconds that a set serves after it was last seen.
    pub stale_seconds: u32,
    /// Whether secret keys (`oct`) of the set are used: whoever can fetch them can write tokens.
    pub secrets: bool,
}

/// The keys of one issuer, as last fetched.
#[derive(Debug, Clone)]
pub struct RemoteKeys {
    source: KeySource,
    state: RefCell<State>,
    counts: Cell<FetchCounts>,
}

/// How fetches ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FetchCounts {
    /// With a set that has usable keys.
    pub fetched: u64,
    /// Without one.
    pub failed: u64,
}

#[derive(Debug, Clone, Default)]
struct State {
    taken: Option<Taken>,
    /// A fetch that began, for as long as an answer may come; one without an answer must not be the last.
    fetching: Option<Delay>,
    /// When the next fetch is due; at once where nothing was fetched yet.
    next: Option<Delay>,
    /// Fetches that failed in a row.
    failures: u32,
    /// A token asked for a fetch that has not begun yet.
    wanted: bool,
    /// Since a token last asked.
    cooldown: Option<Delay>,
}

impl State {
    fn is_fetching(&self, now: UnixTime) -> bool {
        self.fetching.is_some_and(|delay| !delay.over(now))
    }
}

/// The set that counts.
#[derive(Debug, Clone)]
struct Taken {
    keys: Rc<KeySet>,
    /// When it was last seen.
    at: UnixTime,
}

/// Some seconds from a moment on.
#[derive(Debug, Clone, Copy)]
struct Delay {
    since: UnixTime,
    seconds: u32,
}

impl Delay {
    /// Whether it is over; also where the clock was set back, or it might last for years.
    fn over(self, now: UnixTime) -> bool {
        now < self.since || now >= self.since.later_by(self.seconds)
    }
}

impl RemoteKeys {
    /// No keys yet: a fetch is due at once.
    #[must_use]
    pub fn new(source: KeySource) -> Self {
        Self { source, state: RefCell::default(), counts: Cell::default() }
    }

    /// Where the keys come from.
    #[must_use]
    pub fn source(&self) -> &KeySource {
        &self.source
    }

    /// Takes over what is known of the same source, so that a new configuration need not begin without keys.
    pub fn adopt(&self, known: &Self) {
        let same = |a: &KeySource, b: &KeySource| {
            (&a.cluster, a.scheme, &a.authority, &a.path, a.secrets)
                == (&b.cluster, b.scheme, &b.authority, &b.path, b.secrets)
        };
        if same(&self.source, &known.source) {
            let taken = known.state.borrow().taken.clone();
            self.state.borrow_mut().taken = taken;
        }
    }

    /// Whether a fetch should begin.
    #[must_use]
    pub fn due(&self, now: UnixTime) -> bool {
        let state = self.state.borrow();
        let next = || state.next.is_none_or(|delay| delay.over(now));
        !state.is_fetching(now) && (state.wanted || next())
    }

    /// A fetch begins; [`finish`](Self::finish) is to follow.
    pub fn start(&self, now: UnixTime) {
        let mut state = self.state.borrow_mut();
        let seconds = self.source.timeout_seconds.saturating_mul(2);
        state.fetching = Some(Delay { since: now, seconds });
        state.wanted = false;
    }

    /// A fetch ended at `now` with this body, or with the reason why there is none. `spread` is any number that
    /// differs from worker to worker, so that they do not all ask at the same moment.
    pub fn finish(&self, answer: Result<&[u8], String>, now: UnixTime, spread: u32) -> Fetched {
        let mut state = self.state.borrow_mut();
        state.fetching = None;
        let read = answer.and_then(|body| self.read(body));
        self.note_end(read.is_ok());
        match read {
            Ok((keys, skipped)) => {
                let refresh = self.source.refresh_seconds;
                let seconds = refresh.saturating_sub(share(refresh / 10, spread));
                state.next = Some(Delay { since: now, seconds });
                state.failures = 0;
                let count = keys.len();
                let changed = state.taken.as_ref().is_none_or(|taken| *taken.keys != keys);
                match &mut state.taken {
                    Some(taken) if !changed => taken.at = now,
                    taken => *taken = Some(Taken { keys: Rc::new(keys), at: now }),
                }
                Fetched::Keys { count, changed, skipped }
            }
            Err(reason) => {
                if let Some(taken) = &mut state.taken {
                    // A clock that was set back must not make the set last for longer.
                    taken.at = taken.at.min(now);
                }
                let serving = state.taken.as_ref().is_some_and(|taken| self.fresh(taken, now));
                let most = if serving { RARELY } else { OFTEN };
                let most = most.min(self.source.refresh_seconds);
                let seconds = backoff(state.failures, most, spread);
                state.next = Some(Delay { since: now, seconds });
                state.failures = state.failures.saturating_add(1);
                Fetched::Nothing { reason, serving, next: seconds }
            }
        }
    }

    /// How fetches ended since this was last asked.
    pub fn take_counts(&self) -> FetchCounts {
        self.counts.take()
    }

    fn note_end(&self, keys: bool) {
        let FetchCounts { fetched, failed } = self.counts.get();
        self.counts.set(FetchCounts {
            fetched: fetched.saturating_add(u64::from(keys)),
            failed: failed.saturating_add(u64::from(!keys)),
        });
    }

    /// The keys that count now, where there are any.
    pub(crate) fn keys(&self, now: UnixTime) -> Option<Rc<KeySet>> {
        let state = self.state.borrow();
        let taken = state.taken.as_ref().filter(|taken| self.fresh(taken, now))?;
        Some(Rc::clone(&taken.keys))
    }

    /// A token needs a key that the set does not have: whether one that has it may be on its way. Asks for a
    /// fetch, once per cooldown.
    pub(crate) fn may_come(&self, now: UnixTime) -> bool {
        let mut state = self.state.borrow_mut();
        if state.is_fetching(now) || state.wanted {
            return true;
        }
        if state.cooldown.is_some_and(|cooldown| !cooldown.over(now)) {
            return false;
        }
        state.cooldown = Some(Delay { since: now, seconds: self.source.cooldown_seconds });
        state.wanted = true;
        true
    }

    fn fresh(&self, taken: &Taken, now: UnixTime) -> bool {
        now <= taken.at.later_by(self.source.stale_seconds)
    }

    fn read(&self, body: &[u8]) -> Result<(KeySet, Vec<SkippedKey>), String> {
        let set = json::parse(body).map_err(|error| format!("not JSON: {error}"))?;
        let ParsedKeySet { keys, skipped } =
            if self.source.secrets { KeySet::parse(&set) } else { KeySet::parse_public(&set) };
        match keys {
            Ok(keys) => Ok((keys, skipped)),
            Err(invalid) => Err(invalid.explained(&skipped)),
        }
    }
}

/// Seconds to the next fetch after so many failures before this one: doubling up to `most`, and up to half as
/// much again.
fn backoff(failures: u32, most: u32, spread: u32) -> u32 {
    let seconds = 1_u32.checked_shl(failures).map_or(most, |seconds| seconds.min(most));
    seconds.saturating_add(share(seconds / 2, spread))
}

/// Some of these seconds, from none to all.
fn share(seconds: u32, spread: u32) -> u32 {
    spread.checked_rem(seconds.saturating_add(1)).unwrap_or_default()
}

/// Seconds between two fetches that fail, at most, while old keys serve.
const RARELY: u32 = 60;
/// And while there are none, and every request with a token is refused.
const OFTEN: u32 = 10;

/// What came of a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// A set with usable keys.
    Keys {
        /// How many.
        count: usize,
        /// Whether they are others than before.
        changed: bool,
        /// Keys of the set that are not used.
        skipped: Vec<SkippedKey>,
    },
    /// No set.
    Nothing {
        /// Why.
        reason: String,
        /// Whether the keys of before still serve.
        serving: bool,
        /// Seconds to the next fetch.
        next: u32,
    },
}

impl fmt::Display for KeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

#[cfg(test)]
pub(crate) mod tests;
