//! `envoy/docker-compose.yaml`, brought up for real.

use std::ffi::OsStr;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::envoy::{self, poll};
use crate::http::Request;
use crate::repository;

/// A container engine with its compose program.
#[derive(Clone, Debug)]
pub struct Engine {
    compose: &'static [&'static str],
}

/// The running services; dropping it takes them down.
#[derive(Debug)]
pub struct Compose {
    engine: Engine,
    project: String,
    image: String,
    jwks: PathBuf,
    address: SocketAddr,
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

    /// An image with Envoy: `ENVOY_IMAGE`, else the published one, else one made from the local binary.
    pub fn image(&self) -> Result<String> {
        if let Some(image) = std::env::var("ENVOY_IMAGE").ok().filter(|image| !image.is_empty()) {
            return Ok(image);
        }
        for image in [PUBLISHED, LOCAL] {
            if run("docker", ["image", "inspect", image]).is_ok() {
                return Ok(image.into());
            }
        }
        if pull(PUBLISHED)? {
            return Ok(PUBLISHED.into());
        }
        import(LOCAL)?;
        Ok(LOCAL.into())
    }
}

impl Compose {
    /// Starts the services with this key set and waits until they answer.
    ///
    /// # Errors
    ///
    /// Also when Envoy does not come up; the error then ends with its log.
    pub fn up(engine: &Engine, jwks: &Path) -> Result<Self> {
        let module = repository("target/claimgate.wasm");
        ensure!(module.is_file(), "target/claimgate.wasm is missing: run `make wasm`");
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        // From here on, leaving early takes everything down.
        let mut compose = Self {
            engine: engine.clone(),
            project: format!("claimgate-test-{}", std::process::id()),
            image: engine.image()?,
            jwks: jwks.to_owned(),
            address: nowhere,
        };
        compose.run(&["up", "-d"])?;
        compose.address = compose.published()?;
        let answered = poll(START, || {
            let answer = Request::new("GET /")?.send(compose.address);
            Ok(answer.ok().filter(|answer| answer.status != 503))
        })?;
        ensure!(answered.is_some(), "Envoy does not answer; its log:\n{}", compose.logs()?);
        Ok(compose)
    }

    /// Where it listens for requests.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// What the services have logged.
    pub fn logs(&self) -> Result<String> {
        let output = self.run(&["logs", "--no-color"])?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Stops and removes the services.
    pub fn down(&self) -> Result<()> {
        self.run(&["down", "--volumes", "--remove-orphans", "--timeout", "2"]).map(drop)
    }

    fn published(&self) -> Result<SocketAddr> {
        let output = self.run(&["port", "envoy", "8080"])?;
        let text = String::from_utf8_lossy(&output.stdout);
        text.trim().parse().with_context(|| format!("{text:?} is not a published port"))
    }

    fn run(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(self.engine.compose[0]);
        command
            .args(&self.engine.compose[1..])
            .arg("--file")
            .arg(repository("envoy/docker-compose.yaml"))
            .args(["--project-name", &self.project])
            .args(arguments)
            .env("ENVOY_IMAGE", &self.image)
            .env("CLAIMGATE_JWKS", &self.jwks)
            // The engine chooses a free one.
            .env("PORT", "0");
        finish(command)
    }
}

impl Drop for Compose {
    fn drop(&mut self) {
        if let Err(error) = self.down() {
            eprintln!("{} is still up: {error:#}", self.project);
        }
    }
}

/// Whether the image could be pulled in good time.
fn pull(image: &str) -> Result<bool> {
    let mut process = Command::new("docker")
        .args(["pull", "--quiet", image])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start docker")?;
    let start = Instant::now();
    loop {
        if let Some(status) = process.try_wait()? {
            return Ok(status.success());
        }
        if start.elapsed() > PULL {
            process.kill()?;
            process.wait()?;
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Makes an image of the local Envoy and the libraries it is linked to, and nothing else.
fn import(image: &str) -> Result<()> {
    let binary = envoy::binary()?;
    let linked = run("ldd", [&binary]).context("cannot list the libraries of Envoy")?;
    let linked = String::from_utf8_lossy(&linked.stdout).into_owned();
    let mut command = Command::new("docker");
    command.args(["import", "-", image]);
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start docker")?;
    let stdin = process.stdin.take().context("docker takes no input")?;
    let mut archive = tar::Builder::new(stdin);
    archive.append_path_with_name(&binary, "usr/local/bin/envoy")?;
    // Lines are `name => /path (address)`, or `/path (address)` for the loader; the kernel's own has no path.
    for path in linked.split_whitespace().filter(|word| word.starts_with('/')) {
        archive.append_path_with_name(path, path.trim_start_matches('/'))?;
    }
    let users = b"root:x:0:0::/:\nenvoy:x:65532:65532::/:\n";
    let mut header = tar::Header::new_gnu();
    header.set_size(users.len().try_into()?);
    header.set_mode(0o644);
    archive.append_data(&mut header, "etc/passwd", users.as_slice())?;
    archive.into_inner()?.flush()?;
    let output = process.wait_with_output()?;
    ensure!(
        output.status.success(),
        "docker import failed: {}",
        String::from_utf8_lossy(&output.stderr).trim(),
    );
    Ok(())
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

const PUBLISHED: &str = "envoyproxy/envoy:v1.40.0";
const LOCAL: &str = "claimgate/envoy-local:1.40.0";

const PULL: Duration = Duration::from_mins(1);
const START: Duration = Duration::from_mins(1);
