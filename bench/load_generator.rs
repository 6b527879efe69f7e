//! wrk, on a core of its own, and the processor time that it costs Envoy.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use claimgate_tests::envoy::Envoy;

/// What is sent.
pub struct Requests {
    /// The script that tells wrk.
    script: PathBuf,
}

impl Requests {
    /// Requests for a path, each with the next of these tokens.
    pub fn new(folder: &Path, name: &str, path: &str, tokens: &[String]) -> Result<Self> {
        let list = folder.join(format!("{name}.tokens"));
        fs::write(&list, tokens.join("\n"))?;
        let mut script = String::new();
        writeln!(script, "local tokens = {{}}")?;
        writeln!(
            script,
            "for line in io.lines({:?}) do tokens[#tokens + 1] = line end",
            list.display().to_string()
        )?;
        writeln!(script, "local next = 0")?;
        writeln!(script, "request = function()")?;
        writeln!(script, "  next = next % #tokens + 1")?;
        writeln!(
            script,
            "  return wrk.format('GET', {path:?}, {{ authorization = 'Bearer ' .. tokens[next] }})"
        )?;
        writeln!(script, "end")?;
        let file = folder.join(format!("{name}.lua"));
        fs::write(&file, script)?;
        Ok(Self { script: file })
    }

    /// Sends them for some seconds over 16 connections; gives Envoy's processor time for each, in microseconds.
    pub fn send(&self, envoy: &Envoy, seconds: u32) -> Result<f64> {
        let before = processor_time(envoy.id())?;
        let output = Command::new("taskset")
            .args(["--cpu-list", "1", "wrk", "--threads", "1", "--connections", "16", "--duration"])
            .arg(format!("{seconds}s"))
            .arg("--script")
            .arg(&self.script)
            .arg(format!("http://{}", envoy.addr()))
            .output()
            .context("wrk and taskset are needed: install the packages wrk and util-linux")?;
        let after = processor_time(envoy.id())?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "wrk failed: {}", String::from_utf8_lossy(&output.stderr));
        ensure!(!said.contains("Non-2xx"), "not every request was let through: {said}");
        let requests = said.lines().find_map(|line| line.split_once(" requests in "));
        let requests: f64 =
            requests.context("wrk does not say how many requests it sent")?.0.trim().parse()?;
        Ok((after - before) / requests)
    }
}

/// Keeps all threads of a process on the first core.
pub fn pin(envoy: &Envoy) -> Result<()> {
    let id = envoy.id().to_string();
    let output =
        Command::new("taskset").args(["--all-tasks", "--cpu-list", "--pid", "0", &id]).output()?;
    ensure!(output.status.success(), "taskset failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Microseconds that all threads of a process have run.
fn processor_time(process: u32) -> Result<f64> {
    let mut nanoseconds: u64 = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        let own = text.split(' ').next().context("schedstat is empty")?;
        nanoseconds += own.parse::<u64>()?;
    }
    #[expect(clippy::cast_precision_loss, reason = "of no matter below some 100 days")]
    Ok(nanoseconds as f64 / 1_000.0)
}
