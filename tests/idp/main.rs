//! An identity provider as a process: a key set over TLS, served well or badly as its stdin says. It ends when its
//! stdin does, so that it never outlives the test that started it.
//!
//! `idp <name>` makes an authority and, signed by it, a certificate for this name, both anew.

mod answer;
mod certificate;
mod server;

use std::io::{Write, stdin, stdout};

use anyhow::{Context, Result, bail};
use claimgate_tests::idp::protocol::Greeting;
use serde::Serialize;

use crate::certificate::Certificate;
use crate::server::Server;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name] = arguments.as_slice() else {
        bail!("usage: idp <name>");
    };
    let Certificate { ca, tls } = Certificate::make(name)?;
    // A worker besides this thread, which waits for commands.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut server = runtime.block_on(Server::start(tls))?;
    say(&Greeting { address: server.address(), ca })?;
    for line in stdin().lines() {
        let line = line.context("cannot read commands")?;
        let command = serde_json::from_str(&line)
            .with_context(|| format!("this is not a command: {line}"))?;
        say(&runtime.block_on(server.obey(command))?)?;
    }
    Ok(())
}

fn say(what: &impl Serialize) -> Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "{}", serde_json::to_string(what)?)?;
    out.flush().context("nobody listens")
}
