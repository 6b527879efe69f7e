//! Requests at a fixed rate, and how long each takes: every client has a thread and a time table of its own.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

use crate::sender::Sender;

/// Microseconds that each request takes, of all [`CLIENTS`] together so many in a second.
pub fn times(
    connect: impl Fn() -> Result<Sender> + Sync,
    time: Duration,
    rate: f64,
) -> Result<Vec<u64>> {
    let interval = Duration::from_secs_f64(f64::from(CLIENTS) / rate);
    let start = Instant::now() + CONNECTING;
    let connect = &connect;
    thread::scope(|scope| {
        let client = |client: u32| {
            let first = start + interval * client / CLIENTS;
            scope.spawn(move || -> Result<Vec<u64>> {
                let mut sender = connect()?;
                let mut times = Vec::new();
                let mut due = first;
                while due < start + time {
                    let sent = wait_until(due);
                    sender.round()?;
                    times.push(u64::try_from(sent.elapsed().as_micros())?);
                    due += interval;
                }
                Ok(times)
            })
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        let mut times = Vec::new();
        for client in clients {
            times.extend(client.join().map_err(|_| anyhow!("a client panicked"))??);
        }
        Ok(times)
    })
}

/// Sleeps until then, and gives the moment from which a request counts: where the last one took too long, that at which it
/// should have been sent; else that of waking up, for a sleep that lasts too long is no fault of Envoy's.
fn wait_until(due: Instant) -> Instant {
    match due.checked_duration_since(Instant::now()) {
        Some(early) => {
            thread::sleep(early);
            Instant::now()
        }
        None => due,
    }
}

/// The 50th, 99th and 99.9th percentile of these, of which there is one at least. They are sorted by it.
pub fn percentiles(times: &mut [u64]) -> [u64; 3] {
    times.sort_unstable();
    [500, 990, 999].map(|share| times[times.len() * share / 1_000])
}

/// How many ask at a time.
pub const CLIENTS: u32 = 16;

/// For all clients to connect.
const CONNECTING: Duration = Duration::from_millis(100);
