//! Real servers as child processes, each with a configuration and a folder of its own, on loopback. All have the same
//! site: what only administrators may have says so with a word that no request contains.

mod ground;
mod start;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::net::SocketAddr;
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use claimgate_tests::envoy::poll;
use claimgate_tests::http::Request;
use serde_json::Value;
use tempfile::TempDir;

/// What only administrators may have, and anybody else.
pub const SECRET: &str = "SECRET-OF-THE-SERVER";
pub const ORDINARY: &str = "ORDINARY-CONTENT";

/// A way to reach a server: one port, with one way to read paths.
#[derive(Clone, Debug)]
pub struct Site {
    pub name: &'static str,
    pub address: SocketAddr,
    /// The `paths` that docs/policy.md says for it.
    pub paths: Value,
}

/// A running server; dropping it ends that process and removes its folder.
#[derive(Debug)]
pub struct Server {
    process: Child,
    folder: TempDir,
    ports: BTreeMap<&'static str, u16>,
    /// As it tells it by itself.
    pub version: String,
}

/// The servers that are running, in the order of the recipes; none where one is not installed.
pub type Servers = Vec<Option<Server>>;

/// How a server is made.
pub struct Recipe {
    pub name: &'static str,
    /// What to do where it is missing.
    remedy: &'static str,
    start: fn() -> Result<Server>,
    /// Its sites that the corpus is tried on: name, port, `paths`.
    sites: &'static [(&'static str, &'static str, &'static str)],
}

/// All servers.
pub const RECIPES: [Recipe; 4] = [
    Recipe {
        name: "nginx",
        remedy: "install the package nginx-light",
        start: start::nginx,
        sites: &[("nginx", "port", "{}"), ("nginx ~*", "folding", r#"{"case": "insensitive"}"#)],
    },
    Recipe {
        name: "httpd",
        remedy: "install the package apache2",
        start: start::httpd,
        sites: &[
            ("httpd", "port", "{}"),
            ("httpd %2F", "slashes", "{}"),
            ("httpd NoDecode", "undecoded", r#"{"encoded_slash": "allow"}"#),
        ],
    },
    Recipe {
        name: "Tomcat",
        remedy: "install the package tomcat10",
        start: start::tomcat,
        sites: &[
            ("Tomcat", "port", "{}"),
            ("Tomcat lenient", "lenient", r#"{"semicolon": "strip"}"#),
        ],
    },
    Recipe {
        name: "Werkzeug",
        remedy: "run `make bypass`, which fetches it",
        start: start::werkzeug,
        sites: &[("Werkzeug", "port", "{}")],
    },
];

/// All servers, started once for the tests that run at the same time: ports are found free before anybody connects.
pub fn all() -> Result<Arc<Servers>> {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(servers) = running.upgrade() {
        return Ok(servers);
    }
    let outcomes: Vec<_> = thread::scope(|scope| {
        let starting = RECIPES.each_ref().map(|recipe| scope.spawn(|| recipe.start()));
        starting.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let servers: Servers = outcomes.into_iter().collect::<Result<_>>()?;
    for (recipe, server) in RECIPES.iter().zip(&servers) {
        let version = server.as_ref().map_or("not there", |server| &server.version);
        eprintln!("{}: {version}", recipe.name);
    }
    let servers = Arc::new(servers);
    *running = Arc::downgrade(&servers);
    Ok(servers)
}

/// The sites of these servers that the corpus is tried on.
pub fn sites(servers: &Servers) -> Result<Vec<Site>> {
    let mut sites = Vec::new();
    for (recipe, server) in RECIPES.iter().zip(servers) {
        if let Some(server) = server {
            sites.extend(recipe.sites(server)?);
        }
    }
    Ok(sites)
}

static RUNNING: Mutex<Weak<Servers>> = Mutex::new(Weak::new());

impl Recipe {
    /// Starts it; where it is not installed, nothing, loudly, but in CI an error.
    fn start(&self) -> Result<Option<Server>> {
        match (self.start)() {
            Ok(server) => Ok(Some(server)),
            Err(error) if error.is::<Missing>() => {
                let said = format!("{error}: {}", self.remedy);
                ensure!(std::env::var_os("CI").is_none_or(|value| value != "true"), said);
                eprintln!("##### SKIPPED, {}: {said} #####", self.name);
                Ok(None)
            }
            Err(error) => Err(error.context(format!("{} does not start", self.name))),
        }
    }

    fn sites(&self, server: &Server) -> Result<Vec<Site>> {
        let site = |&(name, port, paths): &(&'static str, &str, &str)| {
            Ok(Site { name, address: server.address(port)?, paths: serde_json::from_str(paths)? })
        };
        self.sites.iter().map(site).collect()
    }
}

impl Server {
    /// Where it listens under this name.
    pub fn address(&self, port: &str) -> Result<SocketAddr> {
        let port = self.ports.get(port).with_context(|| format!("there is no port {port}"))?;
        Ok(SocketAddr::from(([127, 0, 0, 1], *port)))
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let addresses: Vec<_> = self.ports.values().copied().collect();
        let ready = poll(Duration::from_secs(90), || {
            if let Some(status) = self.process.try_wait()? {
                bail!("it ended with {status}:\n{}", self.said());
            }
            let answers = |port: &u16| {
                let request = Request::new("GET /public/hello").ok()?;
                request.send(SocketAddr::from(([127, 0, 0, 1], *port))).ok()
            };
            Ok(addresses.iter().all(|port| answers(port).is_some()).then_some(()))
        })?;
        ready.with_context(|| format!("it does not answer:\n{}", self.said()))
    }

    fn said(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        read("output") + &read("error.log")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only where the process is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program that is not installed.
#[derive(Debug)]
struct Missing(String);

impl Display for Missing {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} is missing", self.0)
    }
}

impl Error for Missing {}
