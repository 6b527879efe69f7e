//! Clients that ask all the time, half of it over connections that they keep.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use claimgate_tests::http::Kept;

use super::versions::{Question, Seen, Window};

/// Running clients.
#[derive(Debug)]
pub(super) struct Clients {
    shared: Arc<Shared>,
    running: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    address: SocketAddr,
    questions: Vec<Question>,
    window: Arc<Window>,
    stop: AtomicBool,
    tally: Mutex<Tally>,
}

/// What came back so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Replies that were as they should be.
    pub(super) right: u64,
    /// Among them those that tell their version, by what they were asked for and their status.
    pub(super) told: BTreeMap<(&'static str, u16), u64>,
    /// Among them those of a version that was already being replaced.
    pub(super) replaced: u64,
    /// All others.
    pub(super) wrong: Vec<String>,
}

impl Clients {
    pub(super) fn start(
        count: usize,
        address: SocketAddr,
        questions: Vec<Question>,
        window: Arc<Window>,
    ) -> Self {
        let (stop, tally) = (AtomicBool::new(false), Mutex::default());
        let shared = Arc::new(Shared { address, questions, window, stop, tally });
        let client = |_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.ask())
        };
        Self { running: (0..count).map(client).collect(), shared }
    }

    pub(super) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.shared.tally()
    }

    /// Waits until they have ended.
    pub(super) fn stop(mut self) -> Result<Tally> {
        self.shared.stop.store(true, Ordering::SeqCst);
        for client in self.running.drain(..) {
            client.join().map_err(|_| anyhow!("a client panicked"))?;
        }
        Ok(std::mem::take(&mut self.shared.tally()))
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
    }
}

impl Shared {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// Asks until told to stop.
    fn ask(&self) {
        while !self.stopped() {
            // So long that many versions come and go while the connection lasts.
            let kept = self.converse(KEPT);
            let fresh =
                (0..KEPT).take_while(|_| !self.stopped()).try_for_each(|_| self.converse(1));
            for error in [kept, fresh].into_iter().filter_map(Result::err) {
                self.tally().wrong.push(format!("{error:#}"));
            }
        }
    }

    /// So many rounds of questions over one connection.
    fn converse(&self, rounds: usize) -> Result<()> {
        let mut connection = Kept::open(self.address)?;
        // A connection is one worker's, and no worker goes back to an older version.
        let mut last = 0;
        for _ in (0..rounds).take_while(|_| !self.stopped()) {
            for question in &self.questions {
                let oldest = self.window.oldest().max(last);
                let answer = connection.send(question.request.clone()).context(question.name)?;
                let newest = self.window.newest();
                let seen =
                    Seen::of(&answer).with_context(|| format!("status {}", answer.status))?;
                if question.fits(&seen, oldest..=newest) {
                    last = seen.version.unwrap_or(last);
                    self.note(question.name, answer.status, &seen, newest);
                } else {
                    let wrong = format!("{}: {seen:?} in {oldest}..={newest}", question.name);
                    self.tally().wrong.push(wrong);
                }
            }
            // Leaves the machine some time for Envoy.
            sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn note(&self, name: &'static str, status: u16, seen: &Seen, newest: u32) {
        let mut tally = self.tally();
        tally.right += 1;
        if let Some(version) = seen.version {
            *tally.told.entry((name, status)).or_default() += 1;
            tally.replaced += u64::from(version < newest);
        }
    }
}

/// Rounds over one connection, and then over connections of one round each.
const KEPT: usize = 500;
