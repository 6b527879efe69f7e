//! An image with Envoy, from wherever there is one.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::run;
use crate::envoy;

/// The name of one: `ENVOY_IMAGE`, else the published one, else one made from the local binary.
pub(super) fn find() -> Result<String> {
    if let Some(image) = std::env::var("ENVOY_IMAGE").ok().filter(|image| !image.is_empty()) {
        return Ok(image);
    }
    // Tests run side by side, and one of them makes it for all.
    let _alone = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
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

static MAKING: Mutex<()> = Mutex::new(());

const PUBLISHED: &str = "envoyproxy/envoy:v1.40.0";
const LOCAL: &str = "claimgate/envoy-local:1.40.0";

const PULL: Duration = Duration::from_mins(1);
