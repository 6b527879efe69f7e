//! Clients that ask all the time, while something else happens.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};

use crate::envoy::poll;
use crate::http::Request;

/// One question, and the only right answer.
#[derive(Clone, Debug)]
pub struct Question {
    /// What tells it from the others when the answer is wrong.
    pub name: &'static str,
    /// The request.
    pub request: Request,
    /// The status that must come back.
    pub status: u16,
}

/// Running clients; dropping it stops them.
#[derive(Debug)]
pub struct Load {
    shared: Arc<Shared>,
    clients: Vec<JoinHandle<Vec<String>>>,
}

#[derive(Debug)]
struct Shared {
    stop: AtomicBool,
    answered: AtomicU64,
    /// How many rounds of questions each client has finished.
    rounds: Vec<AtomicU64>,
}

impl Load {
    /// Starts this many clients. Each sends the questions in turn, made anew each time.
    pub fn start(
        address: SocketAddr,
        clients: usize,
        questions: impl Fn() -> Result<Vec<Question>> + Clone + Send + 'static,
    ) -> Self {
        let rounds = (0..clients).map(|_| AtomicU64::new(0)).collect();
        let (stop, answered) = (AtomicBool::new(false), AtomicU64::new(0));
        let shared = Arc::new(Shared { stop, answered, rounds });
        let clients = (0..clients).map(|client| {
            let (shared, questions) = (Arc::clone(&shared), questions.clone());
            thread::spawn(move || {
                let asked = ask(address, client, &shared, &questions);
                asked.unwrap_or_else(|error| vec![format!("{error:#}")])
            })
        });
        Self { clients: clients.collect(), shared }
    }

    /// How many answers have come so far.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.shared.answered.load(Ordering::SeqCst)
    }

    /// Waits until each client has asked every question anew from now on, and has been answered.
    pub fn catch_up(&self) -> Result<()> {
        let finished = || self.shared.rounds.iter().map(|rounds| rounds.load(Ordering::SeqCst));
        let before: Vec<_> = finished().collect();
        let caught_up = poll(PATIENCE, || {
            // The round that ends first may have begun before.
            Ok(finished().zip(&before).all(|(now, before)| now > *before + 1).then_some(()))
        })?;
        caught_up.context("the clients get no answers")
    }

    /// Stops the clients; how many answers came, when all of them were right.
    pub fn stop(mut self) -> Result<u64> {
        self.shared.stop.store(true, Ordering::SeqCst);
        let mut wrong = Vec::new();
        for client in self.clients.drain(..) {
            wrong.extend(client.join().map_err(|_| anyhow!("a client panicked"))?);
        }
        let answered = self.answered();
        let some: Vec<_> = wrong.iter().take(10).map(String::as_str).collect();
        ensure!(wrong.is_empty(), "{} of {answered}: {}", wrong.len(), some.join("; "));
        Ok(answered)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
    }
}

/// Asks until told to stop; what was wrong.
fn ask(
    address: SocketAddr,
    client: usize,
    shared: &Shared,
    questions: &impl Fn() -> Result<Vec<Question>>,
) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    while !shared.stop.load(Ordering::SeqCst) {
        for Question { name, request, status } in questions()? {
            match request.send(address) {
                Ok(answer) if answer.status == status => {}
                Ok(answer) => wrong.push(format!("{name}: {} {}", answer.status, answer.text())),
                Err(error) => wrong.push(format!("{name}: {error:#}")),
            }
            shared.answered.fetch_add(1, Ordering::SeqCst);
        }
        shared.rounds[client].fetch_add(1, Ordering::SeqCst);
        // Leaves the machine some time for Envoy.
        sleep(Duration::from_millis(5));
    }
    Ok(wrong)
}

const PATIENCE: Duration = Duration::from_secs(20);
