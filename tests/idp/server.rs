//! Listening, and stopping to listen without losing the port.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use claimgate_tests::idp::protocol::{Behaviour, Command, Received, Seen};
use hyper::body::Incoming;
use hyper::header::HOST;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::answer::{Scripted, answer};

/// The identity provider.
pub struct Server {
    /// Bound, but never listening: it keeps the port ours while nothing listens there.
    reservation: TcpSocket,
    tls: TlsAcceptor,
    state: Arc<Mutex<State>>,
    /// Aborting it closes the listener and every connection.
    listening: Option<JoinHandle<()>>,
}

struct State {
    /// Heard by requests that are held.
    behaviour: watch::Sender<Behaviour>,
    seen: Seen,
}

impl Server {
    /// Listens on a free loopback port; there are no keys yet.
    pub async fn start(tls: TlsAcceptor) -> Result<Self> {
        let reservation = socket(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let behaviour = Behaviour::Answer {
            status: 404,
            content_type: "text/plain".into(),
            body: "There are no keys yet.".into(),
        };
        let behaviour = watch::Sender::new(behaviour);
        let state = Arc::new(Mutex::new(State { behaviour, seen: Seen::default() }));
        let mut server = Self { reservation, tls, state, listening: None };
        server.listen().await?;
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.reservation.local_addr().unwrap_or_else(|_| SocketAddr::from(([0; 4], 0)))
    }

    /// Does what it is told; when this returns it is done.
    pub async fn obey(&mut self, command: Command) -> Result<Seen> {
        match command {
            Command::Behave(behaviour) => {
                lock(&self.state).behaviour.send_replace(behaviour);
            }
            Command::Refuse => self.refuse().await,
            Command::Listen => self.listen().await?,
            Command::Count => {}
        }
        Ok(lock(&self.state).seen.clone())
    }

    async fn refuse(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.abort();
            // Its end is what is waited for; that it was aborted is no news.
            let _ = listening.await;
        }
    }

    async fn listen(&mut self) -> Result<()> {
        self.refuse().await;
        let listener = socket(self.reservation.local_addr()?)?.listen(1024)?;
        let accepting = accept(listener, self.tls.clone(), Arc::clone(&self.state));
        self.listening = Some(tokio::spawn(accepting));
        Ok(())
    }
}

/// Accepts connections until it is aborted, and they with it.
async fn accept(listener: TcpListener, tls: TlsAcceptor, state: Arc<Mutex<State>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        // What ended one of them is the client's to tell.
        while connections.try_join_next().is_some() {}
        connections.spawn(converse(stream, tls.clone(), Arc::clone(&state)));
    }
}

async fn converse(stream: TcpStream, tls: TlsAcceptor, state: Arc<Mutex<State>>) -> Result<()> {
    let reset = {
        let mut state = lock(&state);
        state.seen.connections += 1;
        matches!(*state.behaviour.borrow(), Behaviour::Reset)
    };
    if reset {
        return stream.set_zero_linger().context("the connection cannot be reset");
    }
    let stream = TokioIo::new(tls.accept(stream).await?);
    let service = service_fn(move |request| respond(request, Arc::clone(&state)));
    Ok(http1::Builder::new().serve_connection(stream, service).await?)
}

async fn respond(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
) -> Result<Response<Scripted>> {
    let mut behaviour = {
        let mut state = lock(&state);
        state.seen.requests += 1;
        state.seen.last = Some(received(&request));
        state.behaviour.subscribe()
    };
    let behaviour = behaviour.wait_for(|now| !matches!(now, Behaviour::Held)).await?.clone();
    answer(request.uri().path(), behaviour).await
}

fn received(request: &Request<Incoming>) -> Received {
    let host = request.headers().get(HOST).map(|host| String::from_utf8_lossy(host.as_bytes()));
    Received {
        authority: host.unwrap_or_default().into_owned(),
        method: request.method().to_string(),
        path: request.uri().to_string(),
    }
}

fn socket(address: SocketAddr) -> Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Lets a listener share the port with the reservation.
    socket.set_reuseaddr(true)?;
    socket.bind(address).with_context(|| format!("cannot bind to {address}"))?;
    Ok(socket)
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
