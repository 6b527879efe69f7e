//! How the process is started.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::release::{self, Release};
use crate::repository;

/// Starts what the command names, with its files in this folder.
pub fn spawn(
    mut command: Command,
    folder: &Path,
    bootstrap: &Value,
    workers: usize,
    levels: &[&str],
) -> Result<Child> {
    let file = |name: &str| folder.join(name);
    let bootstrap = release::told(bootstrap, Release::of_envoy()?);
    fs::write(file("bootstrap.json"), bootstrap.to_string())?;
    command
        .arg("--config-path")
        .arg(file("bootstrap.json"))
        .arg("--admin-address-path")
        .arg(file("admin"))
        .arg("--disable-hot-restart")
        .args(levels)
        .args(["--concurrency", &workers.to_string()])
        .args(["--file-flush-interval-msec", "50"])
        .stdin(Stdio::null())
        .stdout(File::create(file("access.log"))?)
        .stderr(File::create(file("envoy.log"))?);
    let program = command.get_program().to_string_lossy().into_owned();
    command.spawn().with_context(|| format!("cannot start {program} (ENVOY, or from `make envoy`)"))
}

/// The Envoy to run: `ENVOY`, else the one that `make envoy` unpacks.
pub fn binary() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("ENVOY").filter(|path| !path.is_empty()) {
        return Ok(path.into());
    }
    let path = repository("target/envoy/envoy/_bin/envoy");
    if !path.is_file() {
        bail!("there is no Envoy in target/envoy: run `make envoy`, or set ENVOY to a binary");
    }
    Ok(path)
}
