//! Clients for requests that nobody should send: they take whatever comes back, and note when nothing does.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result};
use claimgate_tests::raw::{self, Outcome};

use crate::servers::SECRET;
use crate::trick::Field;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The secret, wherever it stood.
    Secret,
    /// Something else, or a closed connection.
    NoSecret,
    /// The server still waits for more.
    Waiting,
}

/// Sends these bytes and reads until Envoy hangs up, or says nothing for so long.
pub fn http1(address: SocketAddr, bytes: &[u8], patience: Duration) -> Result<(Seen, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).context("cannot connect")?;
    stream.set_read_timeout(Some(patience))?;
    // It may hang up before it has read all of it.
    let _ = stream.write_all(bytes);
    let mut received = Vec::new();
    let mut buffer = [0; 8192];
    let waiting = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break false,
            Ok(count) => received.extend_from_slice(&buffer[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                break true;
            }
            Err(_) => break false,
        }
    };
    let seen = if has_secret(&received) {
        Seen::Secret
    } else if waiting {
        Seen::Waiting
    } else {
        Seen::NoSecret
    };
    Ok((seen, received))
}

/// Sends one request with these fields.
pub fn http2(address: SocketAddr, fields: &[Field]) -> Result<Seen> {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (&name[..], &value[..])).collect();
    Ok(match raw::http2(address, &fields)? {
        Outcome::Answer(answer) if has_secret(&answer.body) => Seen::Secret,
        _ => Seen::NoSecret,
    })
}

fn has_secret(text: &[u8]) -> bool {
    text.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
}
