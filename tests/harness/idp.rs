//! A real identity provider: a process of its own that serves a key set over TLS, well or badly, as it is told.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command as Process, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::envoy::poll;
use crate::idp::protocol::{Behaviour, Command, Greeting, Seen};

pub mod protocol;

/// A running identity provider; it ends when this is dropped, or when this process ends in any other way.
#[derive(Debug)]
pub struct Idp {
    process: Child,
    talk: Mutex<Talk>,
    greeting: Greeting,
}

#[derive(Debug)]
struct Talk {
    /// `None` once it has been told to end.
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Idp {
    /// The name that its certificate is for.
    pub const NAME: &'static str = "idp.example.com";

    /// Starts on a free loopback port, with a certificate for [`Self::NAME`] and no keys yet.
    pub fn start() -> Result<Self> {
        Self::start_as(Self::NAME)
    }

    /// Starts with a certificate for this name.
    pub fn start_as(name: &str) -> Result<Self> {
        let mut process = Process::new(binary()?)
            .arg(name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the identity provider")?;
        let commands = process.stdin.take();
        let answers = process.stdout.take().context("the identity provider has no stdout")?;
        let mut talk = Talk { commands, answers: BufReader::new(answers) };
        let greeting = talk.read()?;
        Ok(Self { process, talk: Mutex::new(talk), greeting })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.greeting.address
    }

    /// The certificate of the authority that signed its own, as PEM.
    #[must_use]
    pub fn ca(&self) -> &str {
        &self.greeting.ca
    }

    /// Serves this key set from now on.
    pub fn serve(&self, jwks: &Value) -> Result<()> {
        self.answer(200, "application/json", &jwks.to_string())
    }

    /// Gives this answer from now on.
    pub fn answer(&self, status: u16, content_type: &str, body: &str) -> Result<()> {
        let (content_type, body) = (content_type.to_owned(), body.to_owned());
        self.behave(Behaviour::Answer { status, content_type, body })
    }

    /// Serves this key set with a pause between header fields and body.
    pub fn serve_late(&self, jwks: &Value, delay: Duration) -> Result<()> {
        let milliseconds = u64::try_from(delay.as_millis())?;
        self.behave(Behaviour::Late { body: jwks.to_string(), milliseconds })
    }

    /// Holds requests until it is told how to answer them.
    pub fn hold(&self) -> Result<()> {
        self.behave(Behaviour::Held)
    }

    /// Answers like this from now on.
    pub fn behave(&self, behaviour: Behaviour) -> Result<()> {
        self.tell(&Command::Behave(behaviour)).map(drop)
    }

    /// Refuses connections from now on, and closes those that are open.
    pub fn refuse(&self) -> Result<()> {
        self.tell(&Command::Refuse).map(drop)
    }

    /// Accepts connections again, at the same address.
    pub fn listen(&self) -> Result<()> {
        self.tell(&Command::Listen).map(drop)
    }

    /// How many requests it has received.
    pub fn requests(&self) -> Result<u64> {
        Ok(self.seen()?.requests)
    }

    /// All that it has seen.
    pub fn seen(&self) -> Result<Seen> {
        self.tell(&Command::Count)
    }

    fn tell(&self, command: &Command) -> Result<Seen> {
        let mut talk = self.talk.lock().unwrap_or_else(PoisonError::into_inner);
        let commands = talk.commands.as_mut().context("the identity provider was stopped")?;
        writeln!(commands, "{}", serde_json::to_string(command)?)
            .context("the identity provider listens no more")?;
        talk.read()
    }
}

impl Talk {
    fn read<T: DeserializeOwned>(&mut self) -> Result<T> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        ensure!(!line.is_empty(), "the identity provider has ended");
        serde_json::from_str(&line).with_context(|| format!("the identity provider says {line:?}"))
    }
}

impl Drop for Idp {
    fn drop(&mut self) {
        // The end of its stdin is what ends it.
        self.talk.get_mut().unwrap_or_else(PoisonError::into_inner).commands = None;
        let ended = poll(END, || Ok(self.process.try_wait()?));
        if !matches!(ended, Ok(Some(_))) {
            // Both fail only where the process is gone already.
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

/// Cargo puts the programs of a package side by side, and its test binaries one folder below.
fn binary() -> Result<PathBuf> {
    let this = std::env::current_exe().context("this program does not know where it is")?;
    let folder = this.parent().context("a program is in a folder")?;
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    let path = folder.join("idp");
    ensure!(path.is_file(), "{} is missing: run `make tooling`", path.display());
    Ok(path)
}

const END: Duration = Duration::from_secs(5);
