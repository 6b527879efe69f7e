//! An upstream on loopback that answers 200 with a JSON account of what reached it.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::json;
use tokio::sync::oneshot;

/// A running upstream; dropping it stops it.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    hits: Arc<AtomicU64>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone, Copy)]
enum Protocol {
    Http1,
    Http2,
}

impl Upstream {
    /// Starts on a free loopback port.
    pub fn start() -> Result<Self> {
        Self::speaking(Protocol::Http1)
    }

    /// The same, speaking HTTP/2 without an upgrade.
    pub fn start_http2() -> Result<Self> {
        Self::speaking(Protocol::Http2)
    }

    fn speaking(protocol: Protocol) -> Result<Self> {
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).context("the upstream finds no free port")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let hits = Arc::new(AtomicU64::new(0));
        let (stop, stopped) = oneshot::channel();
        let counter = Arc::clone(&hits);
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                let serving = tokio::spawn(serve(listener, protocol, counter));
                // Also ends when the sender is gone.
                let _ = stopped.await;
                serving.abort();
            });
        });
        Ok(Self { address, hits, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// How many requests reached it so far.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::SeqCst)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there was already printed by its thread.
            let _ = thread.join();
        }
    }
}

async fn serve(listener: TcpListener, protocol: Protocol, hits: Arc<AtomicU64>) -> Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let hits = Arc::clone(&hits);
        let echo = service_fn(move |request| {
            hits.fetch_add(1, Ordering::SeqCst);
            echo(request)
        });
        let stream = TokioIo::new(stream);
        match protocol {
            Protocol::Http1 => {
                tokio::spawn(http1::Builder::new().serve_connection(stream, echo));
            }
            Protocol::Http2 => {
                let server = http2::Builder::new(TokioExecutor::new());
                tokio::spawn(server.serve_connection(stream, echo));
            }
        }
    }
}

async fn echo(request: Request<Incoming>) -> Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let headers: Vec<_> = head
        .headers
        .iter()
        .map(|(name, value)| [name.as_str().into(), String::from_utf8_lossy(value.as_bytes())])
        .collect();
    let body = body.collect().await?;
    let trailers: Vec<_> =
        body.trailers().into_iter().flat_map(HeaderMap::keys).map(HeaderName::as_str).collect();
    let account = json!({
        "method": head.method.as_str(),
        "path": head.uri.to_string(),
        "headers": headers,
        "trailers": trailers,
        "body": String::from_utf8_lossy(&body.to_bytes()),
    });
    let mut response = Response::new(Full::new(Bytes::from(account.to_string())));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
