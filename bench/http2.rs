//! The same requests over HTTP/2.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

/// Sends over one connection.
pub type Sender = SendRequest<Empty<Bytes>>;

/// Connects; what reads and writes runs beside whoever awaits this.
pub async fn connect(address: SocketAddr) -> Result<Sender> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// Connections to one Envoy, and the request that goes over each.
pub struct Connections {
    runtime: Runtime,
    senders: Vec<Sender>,
    request: Request<Empty<Bytes>>,
}

impl Connections {
    /// Connects so many times. The headers are those of HTTP/1.1, `host` among them.
    pub fn open(
        count: usize,
        address: SocketAddr,
        path: &str,
        headers: &[(String, String)],
    ) -> Result<Self> {
        let host = headers.iter().find(|(name, _)| name == "host").context("no host")?;
        let mut request = Request::get(format!("http://{}{path}", host.1));
        for (name, value) in headers.iter().filter(|(name, _)| name != "host") {
            request = request.header(name, value);
        }
        // One thread, as over HTTP/1.1: what takes turns with Envoy on a core is one sender.
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let senders = runtime.block_on(async {
            let mut senders = Vec::new();
            for _ in 0..count {
                senders.push(connect(address).await?);
            }
            anyhow::Ok(senders)
        })?;
        Ok(Self { runtime, senders, request: request.body(Empty::new())? })
    }

    /// One request on each connection, all at once; each has to be answered with this status.
    pub fn round(&mut self, status: u16) -> Result<usize> {
        let answers = self.senders.iter_mut().map(|sender| {
            let answer = sender.send_request(self.request.clone());
            async move {
                let answer = answer.await?;
                let found = answer.status().as_u16();
                answer.into_body().collect().await?;
                ensure!(found == status, "expected {status}, got {found}");
                anyhow::Ok(())
            }
        });
        let answers: Vec<_> = answers.collect();
        let count = answers.len();
        self.runtime.block_on(async {
            // All have been sent; they are read as they come.
            for answer in answers {
                answer.await?;
            }
            anyhow::Ok(())
        })?;
        Ok(count)
    }
}
