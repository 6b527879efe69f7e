//! A new policy every second, under load: each reply is one of a policy that may have been in force.
//!
//! When that is: from the moment a version is handed to Envoy, any worker may decide by it. The versions before it may
//! decide until Envoy's counter `config_reload` goes up, which Envoy adds to when the last of its workers has the new
//! one: whoever is asked after that was seen decides by this version or a later one. (It also goes up for a version
//! that is refused, and then says nothing of workers; `update_rejected` goes up too.)

mod clients;
mod versions;

use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use claimgate_tests::bootstrap::without_access_log;
use claimgate_tests::config::Config;
use claimgate_tests::ecds::Ecds;
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::token::Issuer;
use claimgate_tests::upstream::Upstream;
use serde_json::json;

use clients::{Clients, Tally};
use versions::{Question, Window, configure, is_broken};

const WORKERS: usize = 2;
const CLIENTS: usize = 4;

/// Envoy, and the policy that it follows.
struct Rollout {
    envoy: Envoy,
    ecds: Ecds,
    config: Config,
    issuer: Issuer,
    window: Arc<Window>,
    version: u32,
    taken: u64,
    refused: u64,
}

impl Rollout {
    fn start(upstream: &Upstream) -> Result<Self> {
        const FIRST: u32 = 1;
        let (ecds, issuer) = (Ecds::new()?, Issuer::new()?);
        let config =
            Config::new(upstream.addr(), json!({ "keys": [] })).without_jwt_authn().ecds(&ecds);
        ecds.publish(&configure(&config, &issuer, FIRST))?;
        let envoy = Envoy::start_workers(&without_access_log(config.build()?)?, WORKERS)?;
        let window = Arc::new(Window::new(FIRST));
        Ok(Self { envoy, ecds, config, issuer, window, version: FIRST, taken: 1, refused: 0 })
    }

    /// Hands the next version to Envoy, and waits until it is in force everywhere, or refused.
    fn next(&mut self) -> Result<()> {
        self.version += 1;
        let next = configure(&self.config, &self.issuer, self.version);
        let broken = is_broken(self.version);
        if !broken {
            self.window.hand_over(self.version);
        }
        self.ecds.publish(&next)?;
        *if broken { &mut self.refused } else { &mut self.taken } += 1;
        let expected = [self.taken + self.refused, self.refused];
        let ended = || Ok((self.counts()?[0] >= expected[0]).then_some(()));
        poll(PATIENCE, ended)?.with_context(|| format!("version {} is ignored", self.version))?;
        let found = self.counts()?;
        ensure!(found == expected, "version {}: {found:?}, not {expected:?}", self.version);
        if !broken {
            self.window.taken(self.version);
        }
        Ok(())
    }

    /// Versions that Envoy is done with, and those of them that it refused.
    fn counts(&self) -> Result<[u64; 2]> {
        let of = "extension_config_discovery.http_filter.claimgate";
        let count = |name: &str| self.envoy.stat(&format!("{of}.{name}"));
        Ok([count("config_reload")?, count("update_rejected")?])
    }

    /// VMs that are alive, of every version, and bytes that Envoy holds.
    fn size(&self) -> Result<(u64, u64)> {
        Ok((self.envoy.stat("wasm.envoy.wasm.runtime.v8.active")?, self.envoy.resident_bytes()?))
    }

    fn tell(&self, since: Instant, tally: &Tally) -> Result<()> {
        let (vms, bytes) = self.size()?;
        eprintln!(
            "{} s: {} policies taken, {} refused; {} replies right, {} of them by a policy about to be replaced, {} \
             wrong; {vms} VMs, {} MiB (Ctrl-C stops it)",
            since.elapsed().as_secs(),
            self.taken,
            self.refused,
            tally.right,
            tally.replaced,
            tally.wrong.len(),
            bytes >> 20,
        );
        Ok(())
    }
}

/// How long it goes on: `RELOAD_SECONDS`, as `make reload` sets it.
fn lasting() -> Result<Duration> {
    let seconds = std::env::var("RELOAD_SECONDS").unwrap_or_else(|_| "15".to_owned());
    Ok(Duration::from_secs(seconds.parse().context("RELOAD_SECONDS is not a number")?))
}

#[test]
fn every_reply_is_one_of_a_policy_in_force() -> Result<()> {
    let (upstream, lasting) = (Upstream::start()?, lasting()?);
    let mut rollout = Rollout::start(&upstream)?;
    let questions = Question::all(&rollout.issuer, &Issuer::new()?)?;
    let window = Arc::clone(&rollout.window);
    let clients = Clients::start(CLIENTS, rollout.envoy.addr(), questions, window);
    let start = Instant::now();
    let mut sizes = Vec::new();
    for second in 1.. {
        rollout.next()?;
        sizes.push(rollout.size()?);
        if second % 10 == 0 {
            rollout.tell(start, &clients.tally())?;
        }
        if start.elapsed() >= lasting || !clients.tally().wrong.is_empty() {
            break;
        }
        sleep(Duration::from_secs(second).saturating_sub(start.elapsed()));
    }
    let tally = clients.stop()?;
    rollout.tell(start, &tally)?;
    let some: Vec<_> = tally.wrong.iter().take(10).collect();
    ensure!(tally.wrong.is_empty(), "{} wrong replies: {some:#?}", tally.wrong.len());
    // Each request was allowed by some version and denied by another, and each told which.
    for asked in ["a viewer reads", "a viewer deletes", "an admin deletes"] {
        for status in [200, 403] {
            assert!(tally.told.contains_key(&(asked, status)), "{asked}: never {status}");
        }
    }
    assert!(rollout.refused > 0 && rollout.taken > 4, "{} {}", rollout.taken, rollout.refused);
    assert_eq!(rollout.envoy.stat("http.ingress.downstream_rq_5xx")?, 0);
    assert_eq!(rollout.envoy.stat("wasm.claimgate.vm_reload")?, 0);
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(20);
