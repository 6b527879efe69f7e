//! `make demo` and `make run`, as a newcomer starts them.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::http::Request;
use claimgate_tests::upstream::Upstream;

fn demo() -> Command {
    Command::new(env!("CARGO_BIN_EXE_demo"))
}

#[test]
fn the_demo_shows_who_got_what_and_ends_well() -> Result<()> {
    let output = demo().output()?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let row =
        |parts: &[&str]| text.lines().any(|line| parts.iter().all(|part| line.contains(part)));
    for parts in [
        ["GET /healthz", "200", "health", "reached the upstream"],
        ["DELETE /user-data/123", "403", "delete-user-data", "to delete user data."],
        ["GET /admin-dashboard", "403", "admin-dashboard", "restricted to administrators only."],
        ["an admin, forged", "401", "admin-dashboard", "not valid"],
        ["GET /admin-dashboard;/help", "400", "-", "malformed or ambiguous"],
    ] {
        assert!(row(&parts), "{parts:?} is not a row of:\n{text}");
    }
    assert!(text.contains("answers are as expected"), "{text}");
    assert!(!text.contains('\x1b'), "colours where nobody looks");
    Ok(())
}

#[test]
fn the_standalone_demo_shows_a_rotation() -> Result<()> {
    let output = demo().arg("--standalone").output()?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let row =
        |parts: &[&str]| text.lines().any(|line| parts.iter().all(|part| line.contains(part)));
    for parts in [
        ["DELETE /user-data/123", "a viewer", "403", "to delete user data."],
        ["GET /admin-dashboard", "an admin, forged", "401", "not valid"],
        ["GET /admin-dashboard", "new key just published", "200", "reached the upstream"],
        ["GET /admin-dashboard", "old key still published", "200", "reached the upstream"],
        ["GET /admin-dashboard", "old key gone", "401", "not valid"],
    ] {
        assert!(row(&parts), "{parts:?} is not a row of:\n{text}");
    }
    assert_eq!(text.matches("answers are as expected").count(), 2, "{text}");
    Ok(())
}

#[test]
fn the_keys_and_tokens_for_compose_belong_together() -> Result<()> {
    let folder = tempfile::tempdir()?;
    assert!(demo().arg("--keys").arg(folder.path()).status()?.success());
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name));
    let upstream = Upstream::start()?;
    let jwks = serde_json::from_str(&read("jwks.json")?)?;
    let envoy = Envoy::start(&Config::new(upstream.addr(), jwks).build()?)?;
    for (file, expected) in [("viewer.jwt", 403), ("admin.jwt", 200)] {
        let request = Request::new("DELETE /user-data/123")?.bearer(&read(file)?)?;
        assert_eq!(request.send(envoy.addr())?.status, expected, "{file}");
    }
    Ok(())
}

#[test]
fn what_is_missing_is_said_in_a_sentence() -> Result<()> {
    let output = demo().env("ENVOY", "/nowhere/envoy").output()?;
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr)?;
    assert!(text.contains("/nowhere/envoy"), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    Ok(())
}

#[test]
fn run_stays_up_with_working_tokens_and_stops_when_told() -> Result<()> {
    let mut child = Kept(demo().arg("--keep").stdout(Stdio::piped()).spawn()?);
    let mut lines = BufReader::new(child.0.stdout.take().context("no output")?).lines();
    let mut said = Vec::new();
    for line in lines.by_ref() {
        said.push(line?);
        if said.last().is_some_and(|line| line.starts_with("Ctrl-C")) {
            break;
        }
    }
    let find = |start: &str| said.iter().find_map(|line| line.strip_prefix(start));
    let token = find("admin=").context("no token was printed")?;
    let origin = find("curl -i http://").and_then(|rest| rest.split('/').next());
    let address: SocketAddr = origin.context("no curl line was printed")?.parse()?;
    let delete = Request::new("DELETE /user-data/123")?;
    assert_eq!(delete.clone().send(address)?.status, 401);
    assert_eq!(delete.bearer(token)?.send(address)?.status, 200);

    // The shell's own: not every machine has a program of that name.
    let told = Command::new("sh").args(["-c", "kill $0", &child.0.id().to_string()]).status()?;
    assert!(told.success());
    assert!(child.0.wait()?.success());
    assert!(TcpStream::connect(address).is_err(), "Envoy is still there");
    Ok(())
}

/// A demo that was told to stay; it stops with the test, however that ends.
struct Kept(Child);

impl Drop for Kept {
    fn drop(&mut self) {
        // A signal that it heeds, so that it stops its Envoy too; both fail where it is gone already.
        let _ = Command::new("sh").args(["-c", "kill $0", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}
