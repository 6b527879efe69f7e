//! `claimgate completions`: scripts for shells.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, ensure};

fn completions(shell: &str) -> Result<Output> {
    Ok(Command::new(env!("CARGO_BIN_EXE_claimgate")).args(["completions", shell]).output()?)
}

#[test]
fn every_shell_completes_every_command() -> Result<()> {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = completions(shell)?;
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let script = String::from_utf8(output.stdout)?;
        for word in ["check", "completions", "schema", "reference", "format"] {
            ensure!(script.contains(word), "{shell} does not know {word}");
        }
    }
    Ok(())
}

#[test]
fn bash_reads_its_script() -> Result<()> {
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn()?;
    let mut input = bash.stdin.take().context("bash has no input")?;
    input.write_all(&completions("bash")?.stdout)?;
    drop(input);
    ensure!(bash.wait()?.success(), "bash does not take it");
    Ok(())
}

#[test]
fn another_shell_is_refused() -> Result<()> {
    assert_eq!(completions("cmd")?.status.code(), Some(2));
    Ok(())
}
