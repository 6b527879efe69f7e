//! A client that keeps its connection, and so stays with one of Envoy's workers.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::{Answer, Content, PATIENCE, Request, answer};

/// An open HTTP/1.1 connection.
#[derive(Debug)]
pub struct Kept {
    /// Drives the connection, while an answer is waited for.
    runtime: Runtime,
    sender: SendRequest<Content>,
    host: HeaderValue,
}

impl Kept {
    /// Connects.
    pub fn open(address: SocketAddr) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let sender = runtime.block_on(async {
            let stream = TokioIo::new(TcpStream::connect(address).await?);
            let (sender, connection) = handshake(stream).await?;
            tokio::spawn(connection);
            anyhow::Ok(sender)
        })?;
        Ok(Self { runtime, sender, host: HeaderValue::from_str(&address.to_string())? })
    }

    /// Sends one request over it, and waits for the answer.
    pub fn send(&mut self, request: Request) -> Result<Answer> {
        let mut request = request;
        request.headers.entry(HOST).or_insert_with(|| self.host.clone());
        let uri = request.path.clone();
        let sender = &mut self.sender;
        self.runtime.block_on(async {
            let exchange = async {
                sender.ready().await?;
                answer(sender.send_request(request.into_hyper(&uri)?).await?).await
            };
            timeout(PATIENCE, exchange).await.context("no answer in time")?
        })
    }
}
