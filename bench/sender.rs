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

struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Sender {
    /// Connects, to send these bytes in turn.
    pub fn connect(address: SocketAddr, requests: Vec<Vec<u8>>, status: u16) -> Result<Self> {
        let connections = (0..CONNECTIONS).map(|_| Connection::open(address));
        let connections = connections.collect::<Result<_>>()?;
        Ok(Self { wire: Wire::Http1 { connections, requests, next: 0 }, status })
    }

    /// Connects, to send a request with these headers over HTTP/2.
    pub fn connect_http2(
        address: SocketAddr,
        path: &str,
        headers: &[(String, String)],
        status: u16,
    ) -> Result<Self> {
        let connections = http2::Connections::open(CONNECTIONS, address, path, headers)?;
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

    /// One request on each connection.
    fn round(&mut self) -> Result<usize> {
        let (connections, requests, next) = match &mut self.wire {
            Wire::Http1 { connections, requests, next } => (connections, requests, next),
            Wire::Http2(connections) => return connections.round(self.status),
        };
        for connection in &mut *connections {
            connection.stream.write_all(&requests[*next])?;
            *next = (*next + 1) % requests.len();
        }
        let status_line = format!("HTTP/1.1 {} ", self.status);
        for connection in &mut *connections {
            connection.receive(&status_line)?;
        }
        Ok(connections.len())
    }
}

impl Connection {
    fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Reads one answer to its end.
    fn receive(&mut self, status_line: &str) -> Result<()> {
        self.received.clear();
        let mut buffer = [0; 4096];
        while !is_complete(&self.received)? {
            let count = self.stream.read(&mut buffer).context("Envoy does not answer")?;
            ensure!(count > 0, "Envoy closed a connection");
            self.received.extend(&buffer[..count]);
        }
        let answer = String::from_utf8_lossy(&self.received);
        ensure!(answer.starts_with(status_line), "expected {status_line:?}, got {answer:?}");
        Ok(())
    }
}

/// Whether an answer has all of its headers, and the body that they announce.
fn is_complete(received: &[u8]) -> Result<bool> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = answer.parse(received)? else {
        return Ok(false);
    };
    let length = answer.headers.iter().find(|header| header.name == "content-length");
    let length = length.context("an answer has no content-length")?.value;
    let length: usize = std::str::from_utf8(length)?.parse()?;
    Ok(received.len() >= head + length)
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
const CONNECTIONS: usize = 16;
