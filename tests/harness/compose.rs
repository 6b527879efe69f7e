//! The compose files that ship, brought up for real.

use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::envoy::poll;
use crate::http::Request;
use crate::repository;

mod fleet;
mod image;

pub use fleet::{Fleet, Member};

/// A container engine with its compose program.
#[derive(Clone, Debug)]
pub struct Engine {
    compose: &'static [&'static str],
}

/// The running services of `envoy/docker-compose.yaml`.
#[derive(Debug)]
pub struct Compose {
    project: Project,
    address: SocketAddr,
}

/// The running services of one file; dropping it takes them down.
#[derive(Debug)]
struct Project {
    engine: Engine,
    file: PathBuf,
    name: String,
    environment: Vec<(&'static str, OsString)>,
}

impl Engine {
    /// Finds a running docker with `docker compose` or `docker-compose`.
    pub fn find() -> Result<Self> {
        run("docker", ["info"]).context("no container engine answers `docker info`")?;
        if run("docker", ["compose", "version"]).is_ok() {
            return Ok(Self { compose: &["docker", "compose"] });
        }
        run("docker-compose", ["version"])
            .context("there is neither `docker compose` nor `docker-compose`")?;
        Ok(Self { compose: &["docker-compose"] })
    }

    /// Its answer to a command, on stdout.
    pub fn docker(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        Ok(run("docker", arguments)?.stdout)
    }
}

impl Compose {
    /// Starts the services with this key set and waits until they answer.
    ///
    /// # Errors
    ///
    /// Also when Envoy does not come up; the error then ends with its log.
    pub fn up(engine: &Engine, jwks: &Path) -> Result<Self> {
        let environment = vec![
            ("CLAIMGATE_JWKS", jwks.into()),
            // The engine chooses a free one.
            ("PORT", "0".into()),
        ];
        let project = Project::up(engine, "envoy/docker-compose.yaml", "test", environment)?;
        let address = project.published(1, 8080)?;
        project.wait_until_it_answers(address)?;
        Ok(Self { project, address })
    }

    /// Where it listens for requests.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// What the services have logged.
    pub fn logs(&self) -> Result<String> {
        self.project.logs()
    }
}

impl Project {
    fn up(
        engine: &Engine,
        file: &str,
        name: &str,
        mut environment: Vec<(&'static str, OsString)>,
    ) -> Result<Self> {
        let module = repository("target/claimgate.wasm");
        ensure!(module.is_file(), "target/claimgate.wasm is missing: run `make wasm`");
        environment.push(("ENVOY_IMAGE", image::find()?.into()));
        // From here on, leaving early takes everything down.
        let name = format!("claimgate-{name}-{}", std::process::id());
        let project = Self { engine: engine.clone(), file: repository(file), name, environment };
        project.run(&["up", "-d"])?;
        Ok(project)
    }

    /// Where a port of one of the containers called `envoy` is published.
    fn published(&self, index: usize, port: u16) -> Result<SocketAddr> {
        let (index, port) = (format!("--index={index}"), port.to_string());
        let output = self.run(&["port", &index, "envoy", &port])?;
        let text = String::from_utf8_lossy(&output.stdout);
        text.trim().parse().with_context(|| format!("{text:?} is not a published port"))
    }

    fn wait_until_it_answers(&self, address: SocketAddr) -> Result<()> {
        let answered = poll(START, || {
            let answer = Request::new("GET /")?.send(address);
            Ok(answer.ok().filter(|answer| answer.status != 503))
        })?;
        ensure!(answered.is_some(), "Envoy does not answer; its log:\n{}", self.logs()?);
        Ok(())
    }

    fn logs(&self) -> Result<String> {
        let output = self.run(&["logs", "--no-color"])?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn run(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(self.engine.compose[0]);
        command
            .args(&self.engine.compose[1..])
            .arg("--file")
            .arg(&self.file)
            .args(["--project-name", &self.name])
            .args(arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        finish(command)
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let down = self.run(&["down", "--volumes", "--remove-orphans", "--timeout", "2"]);
        if let Err(error) = down {
            eprintln!("{} is still up: {error:#}", self.name);
        }
    }
}

fn run(program: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Output> {
    let mut command = Command::new(program);
    command.args(arguments);
    finish(command)
}

/// Runs to the end; a failure is an error with what the program said.
fn finish(mut command: Command) -> Result<Output> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {program}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{program} failed ({}): {}", output.status, said.trim());
    }
    Ok(output)
}

const START: Duration = Duration::from_mins(1);
