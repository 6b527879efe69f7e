//! A real Envoy as a child process.

mod decisions;
mod launch;

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread::{panicking, sleep};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;

pub use self::decisions::Decisions;
use self::decisions::decision;
pub use self::launch::binary;
use crate::http::Request;
use crate::leaks;

/// A running Envoy; dropping it stops that process and removes its files.
#[derive(Debug)]
pub struct Envoy {
    process: Child,
    folder: TempDir,
    admin: SocketAddr,
    listener: SocketAddr,
}

impl Envoy {
    /// Starts with one worker and waits until it serves.
    ///
    /// # Errors
    ///
    /// When Envoy refuses the bootstrap; the error then ends with its warnings and errors.
    pub fn start(bootstrap: &Value) -> Result<Self> {
        Self::start_workers(bootstrap, 1)
    }

    /// Starts with this many workers; each has its own VM.
    pub fn start_workers(bootstrap: &Value, workers: usize) -> Result<Self> {
        // Everything that the filter could say, and that its host says of it.
        let levels = ["--log-level", "info", "--component-log-level", "wasm:debug"];
        Self::launch(bootstrap, workers, &levels)
    }

    /// Starts workers that log only what goes wrong: what is logged of each request would be measured with it.
    pub fn start_quiet(bootstrap: &Value, workers: usize) -> Result<Self> {
        Self::launch(bootstrap, workers, QUIET)
    }

    /// Starts such a one, with one worker, under a program that runs programs, as valgrind does.
    pub fn start_under(tool: Command, bootstrap: &Value) -> Result<Self> {
        Self::run(tool, bootstrap, 1, QUIET)
    }

    fn launch(bootstrap: &Value, workers: usize, levels: &[&str]) -> Result<Self> {
        Self::run(Command::new(binary()?), bootstrap, workers, levels)
    }

    fn run(command: Command, bootstrap: &Value, workers: usize, levels: &[&str]) -> Result<Self> {
        let folder = TempDir::new().context("cannot make a temporary folder")?;
        let process = launch::spawn(command, folder.path(), bootstrap, workers, levels)?;
        // From here on, leaving early stops the process.
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut envoy = Self { process, folder, admin: nowhere, listener: nowhere };
        envoy.wait_until_ready()?;
        Ok(envoy)
    }

    /// Where it listens for requests.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.listener
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The whole log so far, at level info; at level debug of the filter and its host.
    pub fn log(&self) -> Result<String> {
        fs::read_to_string(self.log_file()).context("cannot read Envoy's log")
    }

    /// The access log so far; it is written with a delay of some 50 ms.
    pub fn access_log(&self) -> Result<String> {
        fs::read_to_string(self.access_log_file()).context("cannot read Envoy's access log")
    }

    /// Where its log is, with the audit lines.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.folder.path().join("envoy.log")
    }

    /// Where its access log is.
    #[must_use]
    pub fn access_log_file(&self) -> PathBuf {
        self.folder.path().join("access.log")
    }

    /// Where its admin interface listens.
    #[must_use]
    pub fn admin_addr(&self) -> SocketAddr {
        self.admin
    }

    /// What claimgate has decided so far, as its audit lines tell it.
    pub fn decisions(&self) -> Result<Vec<Value>> {
        self.log()?.lines().filter_map(decision).collect()
    }

    /// What it decides from now on.
    pub fn follow(&self) -> Result<Decisions> {
        Decisions::follow(&self.log_file())
    }

    /// The first line of the log that is as wanted, as soon as it is there.
    pub fn wait_for_log(&self, wanted: impl Fn(&str) -> bool, timeout: Duration) -> Result<String> {
        let found =
            poll(timeout, || Ok(self.log()?.lines().find(|line| wanted(line)).map(str::to_owned)))?;
        match found {
            Some(line) => Ok(line),
            None => bail!("Envoy did not log what was expected; it said:\n{}", self.log()?),
        }
    }

    /// The value of a counter or gauge.
    pub fn stat(&self, name: &str) -> Result<u64> {
        let stats = self.admin("/stats")?;
        let value = stats.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let value = value.with_context(|| format!("Envoy has no statistic named {name}"))?;
        value.parse().with_context(|| format!("{name} is {value:?}, not a number"))
    }

    /// Reads a page of the admin interface.
    pub fn admin(&self, path: &str) -> Result<String> {
        let answer = Request::new(&format!("GET {path}"))?.send(self.admin)?;
        if answer.status != 200 {
            bail!("Envoy's admin page {path} answers {}", answer.status);
        }
        Ok(answer.text())
    }

    /// Bytes of its memory that are in use, as Linux tells them.
    pub fn resident_bytes(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kibibytes: u64 = kibibytes.context("Linux tells no VmRSS")?.parse()?;
        Ok(kibibytes << 10)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let ready = poll(START, || {
            if let Some(status) = self.process.try_wait()? {
                bail!("Envoy refused to start ({status}):\n{}", complaints(&self.log()?));
            }
            // The file appears empty first.
            let admin = fs::read_to_string(self.folder.path().join("admin")).unwrap_or_default();
            let Ok(admin) = admin.trim().parse() else {
                return Ok(None);
            };
            self.admin = admin;
            Ok(self.admin("/ready").ok())
        })?;
        if ready.is_none() {
            bail!("Envoy is not ready after {} s:\n{}", START.as_secs(), self.log()?);
        }
        self.listener = self.find_listener(|_| true)?;
        Ok(())
    }

    /// Where the listener of this name listens, for bootstraps with several.
    pub fn listener(&self, name: &str) -> Result<SocketAddr> {
        self.find_listener(|status| status["name"] == name)
    }

    fn find_listener(&self, wanted: impl FnMut(&&Value) -> bool) -> Result<SocketAddr> {
        let listeners: Value = serde_json::from_str(&self.admin("/listeners?format=json")?)?;
        let mut statuses = listeners["listener_statuses"].as_array().into_iter().flatten();
        let status = statuses.find(wanted).unwrap_or(&Value::Null);
        let address = &status["local_address"]["socket_address"];
        let (ip, port) = (address["address"].as_str(), address["port_value"].as_u64());
        let (Some(ip), Some(port)) = (ip, port) else {
            bail!("Envoy tells no such listener address: {listeners}");
        };
        Ok(SocketAddr::new(ip.parse()?, u16::try_from(port)?))
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        // Both fail only where the process is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        // Of every run, whatever it was for; a test that fails already has its own reason.
        for log in [self.log(), self.access_log()] {
            let leaks = leaks::found_in(&log.unwrap_or_default());
            assert!(leaks.is_empty() || panicking(), "a token or a secret is logged: {leaks:#?}");
        }
    }
}

/// Asks again until there is something, an error, or no time left.
pub fn poll<T>(timeout: Duration, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<Option<T>> {
    let start = Instant::now();
    loop {
        let found = ask()?;
        if found.is_some() || start.elapsed() > timeout {
            return Ok(found);
        }
        sleep(Duration::from_millis(20));
    }
}

/// The messages at level warning and above, with their continuation lines.
fn complaints(log: &str) -> String {
    let mut serious = false;
    let chosen = log.lines().filter(|line| {
        // [time][thread][level][logger] …
        if let Some(level) = line.strip_prefix('[').and_then(|rest| rest.split("][").nth(2)) {
            serious = matches!(level, "warning" | "error" | "critical");
        }
        serious
    });
    chosen.collect::<Vec<_>>().join("\n")
}

const START: Duration = Duration::from_secs(90);

const QUIET: &[&str] = &["--log-level", "warning"];
