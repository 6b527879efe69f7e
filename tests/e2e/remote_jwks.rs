//! claimgate alone, its keys fetched from an identity provider that is slow, wrong, down, or changes them.

mod algorithms;
mod answers;
mod clusters;
mod lies;
mod outage;
mod reload;
mod rotation;
mod start;
mod unknown_keys;
mod waiting;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use claimgate_tests::config::{Config, standalone_policy};
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::http::{Answer, Request};
use claimgate_tests::idp::Idp;
use claimgate_tests::token::{Issuer, claims};
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

/// Everything around one Envoy that has not started yet.
struct Setup {
    idp: Idp,
    upstream: Upstream,
    /// Whose tokens are good.
    issuer: Issuer,
}

/// The seconds in `remote_jwks`.
#[derive(Clone, Copy)]
struct Times {
    refresh: u32,
    cooldown: u32,
    timeout: u32,
    stale: u32,
}

/// Keys are fetched as often as can be, and last.
const QUICK: Times = Times { refresh: 1, cooldown: 1, timeout: 5, stale: 3600 };

/// The same, where requests are to wait in vain.
const IMPATIENT: Times = Times { timeout: 1, ..QUICK };

/// How long anything may take that has to come about by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the keys are, as log lines name the place.
const URI: &str = "https://idp.example.com/.well-known/jwks.json";

impl Setup {
    /// An identity provider that serves the issuer's key.
    fn new() -> Result<Self> {
        let setup = Self {
            idp: Idp::start()?,
            upstream: Upstream::start()?,
            issuer: Issuer::with_key_id("first")?,
        };
        setup.idp.serve(&setup.issuer.jwks())?;
        Ok(setup)
    }

    /// `envoy/standalone.yaml`, with these seconds.
    fn config(&self, times: Times) -> Result<Config> {
        Ok(Config::standalone(self.upstream.addr(), &self.idp).policy(&policy(times)?))
    }

    /// Envoy with one worker, and with these seconds.
    fn start(&self, times: Times) -> Result<Envoy> {
        Envoy::start(&self.config(times)?.build()?)
    }

    /// Waits until this many more requests or connections have come to the identity provider.
    fn wait_for_fetches(&self, count: u64) -> Result<()> {
        let tries = || self.idp.seen().map(|seen| seen.requests + seen.connections);
        let before = tries()?;
        becomes("keys are fetched again", || Ok(tries()? >= before + count))
    }
}

/// The shipped policy, with these seconds.
fn policy(times: Times) -> Result<Value> {
    let mut policy = standalone_policy()?;
    let remote = policy.pointer_mut("/issuers/0/signature/remote_jwks");
    let remote = remote.context("the shipped policy fetches no keys")?;
    remote["refresh_seconds"] = json!(times.refresh);
    remote["cooldown_seconds"] = json!(times.cooldown);
    remote["timeout_seconds"] = json!(times.timeout);
    remote["stale_seconds"] = json!(times.stale);
    Ok(policy)
}

/// A key set of these issuers' keys.
fn jwks(issuers: &[&Issuer]) -> Value {
    json!({ "keys": issuers.iter().map(|issuer| issuer.jwk()).collect::<Vec<_>>() })
}

fn admin(issuer: &Issuer) -> String {
    issuer.token(&claims("ada", &["admin"]))
}

fn viewer(issuer: &Issuer) -> String {
    issuer.token(&claims("vera", &["viewer"]))
}

/// What only an admin may ask.
fn delete(address: SocketAddr, token: &str) -> Result<Answer> {
    Request::new("DELETE /user-data/123")?.bearer(token)?.send(address)
}

/// Waits until it is so.
fn becomes(what: &str, mut so: impl FnMut() -> Result<bool>) -> Result<()> {
    let came = poll(PATIENCE, || Ok(so()?.then_some(())))?;
    came.with_context(|| format!("it never came about that {what}"))
}

/// Waits until an admin's request gets this status. Until then it must get the other one.
fn becomes_status(envoy: &Envoy, token: &str, status: u16, before: u16) -> Result<()> {
    becomes(&format!("{before} becomes {status}"), || {
        let found = delete(envoy.addr(), token)?.status;
        assert!(found == status || found == before, "{found} instead of {before} or {status}");
        Ok(found == status)
    })
}

/// Waits until each worker is sure to have its keys: connections are spread over them by chance.
fn serves_on_every_worker(envoy: &Envoy, token: &str) -> Result<()> {
    becomes("every worker has its keys", || {
        for _ in 0..40 {
            if delete(envoy.addr(), token)?.status != 200 {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

/// It is the denial of a host that has no keys, and tells no more than that.
fn assert_unavailable(answer: &Answer) -> Result<()> {
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let retry_after: u32 = answer.header("retry-after").context("no Retry-After")?.parse()?;
    assert!(retry_after >= 1);
    let body = answer.json()?;
    let members = body.as_object().context("the body is not an object")?;
    assert_eq!(members.keys().collect::<Vec<_>>(), ["error"]);
    Ok(())
}

/// The last decision, as the audit line tells it.
fn last_code(envoy: &Envoy) -> Result<Value> {
    Ok(envoy.decisions()?.pop().context("nothing was decided")?["code"].take())
}

/// The VM was never replaced, which is what a crash leads to.
fn assert_no_crash(envoy: &Envoy) -> Result<()> {
    assert_eq!(envoy.stat("wasm.claimgate.vm_reload")?, 0, "{}", envoy.log()?);
    let log = envoy.log()?;
    for sign in ["panicked", "Function: proxy_on_", "[critical]"] {
        assert!(!log.contains(sign), "{sign:?} is in:\n{log}");
    }
    Ok(())
}

/// A warning of the fetch that failed for this reason, as soon as it is there.
fn wait_for_warning(envoy: &Envoy, reason: &str) -> Result<String> {
    let expected = format!("issuer `main`: no keys fetched from {URI}: {reason}");
    let warning = |line: &&str| line.contains("[warning]") && line.contains(&expected);
    let found = poll(PATIENCE, || Ok(envoy.log()?.lines().find(warning).map(str::to_owned)))?;
    found.with_context(|| format!("no warning says {expected:?}, but:\n{}", said(envoy)))
}

/// What claimgate itself has logged.
fn said(envoy: &Envoy) -> String {
    let log = envoy.log().unwrap_or_default();
    log.lines().filter(|line| line.contains("wasm log")).collect::<Vec<_>>().join("\n")
}
