//! Sends requests over kept connections and counts the answers; and what processor time they cost Envoy.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use claimgate_tests::envoy::Envoy;

use crate::http2;

/// Connections to one Envoy, what goes over them, and the status that each answer has to have.
pub struct Sender {
    wire: Wire,
    status: u16,
}

enum Wire {
    /// Requests are sent in turn.
    Http1 {
        connections: Vec<Connection>,
        requests: Vec<Vec<u8>>,
        next: usize,
    },
    Http2(Box<http2::Connections>),
}

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    /// What was read and not yet looked at.
    received: Vec<u8>,
}

impl Sender {
    /// Connects so many times, to send these bytes in turn.
    pub fn connect(
        count: usize,
        address: SocketAddr,
        requests: Vec<Vec<u8>>,
        status: u16,
    ) -> Result<Self> {
        let connections = (0..count).map(|_| Connection::open(address));
        let connections = connections.collect::<Result<_>>()?;
        Ok(Self { wire: Wire::Http1 { connections, requests, next: 0 }, status })
    }

    /// Connects so many times, to send a request with these headers over HTTP/2.
    pub fn connect_http2(
        count: usize,
        address: SocketAddr,
        path: &str,
        headers: &[(String, String)],
        status: u16,
    ) -> Result<Self> {
        let connections = http2::Connections::open(count, address, path, headers)?;
        Ok(Self { wire: Wire::Http2(Box::new(connections)), status })
    }

    /// Sends for this time, on each connection one request after the other; gives how many were answered.
    pub fn send_for(&mut self, time: Duration) -> Result<usize> {
        let (start, mut answered) = (Instant::now(), 0);
        while start.elapsed() < time {
            answered += self.round()?;
        }
        Ok(answered)
    }

    /// Sends so many and some more.
    pub fn send(&mut self, count: usize) -> Result<()> {
        let mut answered = 0;
        while answered < count {
            answered += self.round()?;
        }
        Ok(())
    }

    /// One request on each connection; gives how many were answered.
    pub fn round(&mut self) -> Result<usize> {
        let (connections, requests, next) = match &mut self.wire {
            Wire::Http1 { connections, requests, next } => (connections, requests, next),
            Wire::Http2(connections) => return connections.round(self.status),
        };
        for connection in &mut *connections {
            connection.send(&requests[*next])?;
            *next = (*next + 1) % requests.len();
        }
        for connection in &mut *connections {
            let status = connection.receive()?;
            ensure!(status == self.status, "expected {}, got {status}", self.status);
        }
        Ok(connections.len())
    }
}

impl Connection {
    /// Connects.
    pub fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Sends a request, or several at once: they are answered in turn.
    pub fn send(&mut self, requests: &[u8]) -> Result<()> {
        self.stream.write_all(requests).context("Envoy does not listen")
    }

    /// Reads one answer to its end; its status. Where Envoy closes, as it does with every 400, another one is opened.
    pub fn receive(&mut self) -> Result<u16> {
        let mut buffer = [0; 4096];
        loop {
            if let Some(Answer { status, length, closes }) = first_answer(&self.received)? {
                self.received.drain(..length);
                if closes {
                    *self = Self::open(self.stream.peer_addr()?)?;
                }
                return Ok(status);
            }
            let count = self.stream.read(&mut buffer).context("Envoy does not answer")?;
            ensure!(count > 0, "Envoy closed a connection");
            self.received.extend(&buffer[..count]);
        }
    }
}

struct Answer {
    status: u16,
    length: usize,
    closes: bool,
}

/// The first answer, if all of its headers are there, and the body that they announce.
fn first_answer(received: &[u8]) -> Result<Option<Answer>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = answer.parse(received)? else {
        return Ok(None);
    };
    let status = answer.code.context("an answer has no status")?;
    let header = |name| answer.headers.iter().find(|header| header.name == name);
    let length = header("content-length").context("an answer has no content-length")?.value;
    let length = head + std::str::from_utf8(length)?.parse::<usize>()?;
    let closes = header("connection").is_some_and(|header| header.value == b"close");
    Ok((received.len() >= length).then_some(Answer { status, length, closes }))
}

/// Keeps all threads of a process on one core, so that Envoy and what sends to it do not share one.
pub fn pin(process: u32, core: u32) -> Result<()> {
    let (core, process) = (core.to_string(), process.to_string());
    let output = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", &core, &process])
        .output()
        .context("taskset is missing: install the package util-linux")?;
    ensure!(output.status.success(), "taskset failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Microseconds that all threads of an Envoy have run.
pub fn processor_time(envoy: &Envoy) -> Result<f64> {
    let mut nanoseconds: u64 = 0;
    for task in fs::read_dir(format!("/proc/{}/task", envoy.id()))? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        let own = text.split(' ').next().context("schedstat is empty")?;
        nanoseconds += own.parse::<u64>()?;
    }
    #[expect(clippy::cast_precision_loss, reason = "of no matter below some 100 days")]
    Ok(nanoseconds as f64 / 1_000.0)
}

/// As many as wrk and h2load are often run with; few enough that none waits long.
pub const CONNECTIONS: usize = 16;
