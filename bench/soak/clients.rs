//! Two clients on kept connections, one of HTTP/1.1, one of HTTP/2. Each answer is checked as it comes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use tokio::time::timeout;

use super::mix::{Expected, Mix, Request};
use crate::http2::connect;
use crate::sender::Connection;

/// What both have done so far.
#[derive(Default)]
pub struct Progress {
    pub answered: AtomicU64,
    pub wrong: AtomicU64,
    /// One of them cannot go on.
    pub failed: AtomicBool,
}

/// What one of them was to be answered, how often, and what it was answered instead.
#[derive(Default)]
pub struct Report {
    pub expected: BTreeMap<Expected, u64>,
    /// The first few.
    pub wrong: Vec<String>,
}

impl Report {
    fn note(&mut self, number: u64, request: &Request, status: u16, progress: &Progress) {
        let Request { method, path, token, expected } = request;
        *self.expected.entry(*expected).or_default() += 1;
        if status != expected.status {
            progress.wrong.fetch_add(1, Ordering::Relaxed);
            if self.wrong.len() < FEW {
                let token: String = token.unwrap_or("no token").chars().take(50).collect();
                let said = format!("request {number}, {method} {path} with {token}");
                self.wrong.push(format!("{said}: {status} instead of {expected:?}"));
            }
        }
        progress.answered.fetch_add(1, Ordering::Relaxed);
    }
}

/// Sends the requests of these numbers over HTTP/1.1, on each connection one after the other.
pub fn http1(
    address: SocketAddr,
    mix: &Mix,
    numbers: impl Iterator<Item = u64>,
    progress: &Progress,
) -> Result<Report> {
    let connections = (0..CONNECTIONS).map(|_| Connection::open(address));
    let mut connections = connections.collect::<Result<Vec<_>>>()?;
    let (mut report, mut numbers) = (Report::default(), going_on(numbers, progress).peekable());
    while numbers.peek().is_some() {
        let mut sent = Vec::new();
        for (connection, number) in connections.iter_mut().zip(numbers.by_ref()) {
            let request = mix.request(number);
            connection.send(text(&request).as_bytes())?;
            sent.push((number, request));
        }
        for (connection, (number, request)) in connections.iter_mut().zip(sent) {
            report.note(number, &request, connection.receive()?, progress);
        }
    }
    Ok(report)
}

/// Sends the requests of these numbers over HTTP/2, as many at a time as browsers do.
pub fn http2(
    address: SocketAddr,
    mix: &Mix,
    numbers: impl Iterator<Item = u64>,
    progress: &Progress,
) -> Result<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS_HTTP2 {
            connections.push(connect(address).await?);
        }
        let (mut report, mut numbers) = (Report::default(), going_on(numbers, progress).peekable());
        while numbers.peek().is_some() {
            let requests = numbers.by_ref().take(STREAMS * CONNECTIONS_HTTP2);
            let mut sent = Vec::new();
            for (number, turn) in requests.zip((0..CONNECTIONS_HTTP2).cycle()) {
                let request = mix.request(number);
                let answer = connections[turn].send_request(for_hyper(&request)?);
                sent.push((number, request, answer));
            }
            for (number, request, answer) in sent {
                let answer = timeout(PATIENCE, answer).await.context("Envoy does not answer")??;
                let status = answer.status().as_u16();
                timeout(PATIENCE, answer.into_body().collect())
                    .await
                    .context("a body has no end")??;
                report.note(number, &request, status, progress);
            }
        }
        Ok(report)
    })
}

fn text(request: &Request) -> String {
    let Request { method, path, .. } = request;
    let token = request.token.map(|token| format!("authorization: {token}\r\n"));
    let token = token.unwrap_or_default();
    format!("{method} {path} HTTP/1.1\r\nhost: {HOST}\r\naccept: application/json\r\n{token}\r\n")
}

fn for_hyper(request: &Request) -> Result<hyper::Request<Empty<Bytes>>> {
    let mut own = hyper::Request::builder()
        .method(request.method)
        .uri(format!("http://{HOST}{}", request.path))
        .header("accept", "application/json");
    if let Some(token) = request.token {
        own = own.header("authorization", token);
    }
    Ok(own.body(Empty::new())?)
}

/// The numbers, until the other client fails.
fn going_on(numbers: impl Iterator<Item = u64>, progress: &Progress) -> impl Iterator<Item = u64> {
    numbers.take_while(|_| !progress.failed.load(Ordering::Relaxed))
}

const HOST: &str = "api.example.com";
const FEW: usize = 10;

const CONNECTIONS: usize = 16;

const CONNECTIONS_HTTP2: usize = 4;
const STREAMS: usize = 32;

const PATIENCE: Duration = Duration::from_secs(10);
