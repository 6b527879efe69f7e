//! What needs a container engine, as users start it.

use std::fs;
use std::io::Write as _;

use anyhow::{Context, Result};
use claimgate_tests::compose::{Compose, Engine};
use claimgate_tests::http::Request;
use claimgate_tests::token::{Issuer, claims};
use serde_json::json;

mod fleet;
mod image;

/// The container engine, or `None` where this test is skipped for want of one.
fn engine(test: &str) -> Result<Option<Engine>> {
    match Engine::find() {
        Ok(engine) => Ok(Some(engine)),
        // Where everything has to be there, a missing engine is a failure.
        Err(error) if std::env::var_os("CI").is_some() => Err(error),
        Err(error) => {
            // Straight to the terminal: what a passing test prints is not shown.
            writeln!(std::io::stderr(), "{test} is skipped: {error:#}")?;
            Ok(None)
        }
    }
}

#[test]
fn the_compose_file_comes_up_and_decides() -> Result<()> {
    let Some(engine) = engine("the compose test")? else { return Ok(()) };
    let issuer = Issuer::new()?;
    let folder = tempfile::tempdir()?;
    let jwks = folder.path().join("jwks.json");
    fs::write(&jwks, issuer.jwks().to_string())?;
    let compose = Compose::up(&engine, &jwks)?;

    let viewer = issuer.token(&claims("vera", &["viewer"]));
    let denied = Request::new("DELETE /user-data/123")?.bearer(&viewer)?.send(compose.addr())?;
    assert_eq!(denied.status, 403);
    assert_eq!(denied.header("content-type"), Some("application/json"));
    let sentence = "You do not have permission to delete user data.";
    assert_eq!(denied.json()?, json!({ "error": sentence }));

    let denied = Request::new("GET /admin-dashboard")?.bearer(&viewer)?.send(compose.addr())?;
    assert_eq!(denied.status, 403);
    assert_eq!(denied.header("content-type"), Some("application/json"));
    let sentence = "Access to the admin dashboard is restricted to administrators only.";
    assert_eq!(denied.json()?, json!({ "error": sentence }));

    let admin = issuer.token(&claims("ada", &["admin"]));
    let allowed = Request::new("DELETE /user-data/123?why=asked")?
        .bearer(&admin)?
        .header("x-note", "a \"quoted\" one")?
        .send(compose.addr())?;
    assert_eq!(allowed.status, 200);
    let echo = allowed.json()?;
    assert_eq!(echo["method"], "DELETE");
    assert_eq!(echo["path"], "/user-data/123?why=asked");
    let headers = echo["headers"].as_array().context("the echo lists no headers")?;
    assert!(headers.contains(&json!(["x-note", "a \"quoted\" one"])), "{headers:?}");
    Ok(())
}
