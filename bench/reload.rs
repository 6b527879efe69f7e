//! What it costs those who ask while the policy changes.

use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use claimgate_tests::bootstrap::without_access_log;
use claimgate_tests::config::Config;
use claimgate_tests::ecds::Ecds;
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::token::{Issuer, claims};
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

use crate::load;
use crate::pace::{self, percentiles};
use crate::sender::Sender;

/// Prints a row for each size of up to so many rules, undisturbed and with another policy each second.
pub fn measure(seconds: u32, most: usize) -> Result<()> {
    println!("Requests for {seconds} s in each row, {RATE} a second; Ctrl-C stops it.\n");
    println!("| rules | new policies | p50, µs | p99, µs | p99.9, µs | longest, µs |");
    println!("|---:|---:|---:|---:|---:|---:|");
    let most = most.min(MOST);
    for (rules, roles) in load::SIZES.into_iter().filter(|(rules, _)| *rules <= most) {
        let rollout = Rollout::start(load::policy(rules, roles))?;
        rollout.ask(WARM_UP, false)?;
        for changing in [false, true] {
            let (mut times, policies) = rollout.ask(seconds, changing)?;
            let [p50, p99, p999] = percentiles(&mut times);
            let longest = times.last().context("nothing was asked")?;
            println!("| {rules} | {policies} | {p50} | {p99} | {p999} | {longest} |");
        }
    }
    Ok(())
}

/// An Envoy with one worker, and the policy that it follows.
struct Rollout {
    envoy: Envoy,
    ecds: Ecds,
    config: Config,
    policy: Value,
    /// What is sent, over and over: it is allowed by every policy.
    request: Vec<u8>,
    _upstream: Upstream,
}

impl Rollout {
    fn start(policy: Value) -> Result<Self> {
        let (upstream, ecds) = (Upstream::start()?, Ecds::new()?);
        let config = Config::new(upstream.addr(), json!({ "keys": [] }));
        let config = config.without_jwt_authn().ecds(&ecds);
        ecds.publish(&config.clone().policy_json(&policy.to_string()))?;
        let envoy = Envoy::start_quiet(&without_access_log(config.build()?)?, 1)?;
        let token = Issuer::new()?.token(&claims("vera", &["role0"]));
        let request = format!(
            "GET /service0/v0/things0/1/parts HTTP/1.1\r\nhost: api.example.com\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        let request = request.into_bytes();
        Ok(Self { envoy, ecds, config, policy, request, _upstream: upstream })
    }

    /// Microseconds of each request, and how many policies followed each other meanwhile, one a second at most.
    fn ask(&self, seconds: u32, changing: bool) -> Result<(Vec<u64>, u64)> {
        let time = Duration::from_secs(seconds.into());
        let before = self.taken()?;
        let times = thread::scope(|scope| {
            let changing = changing.then(|| scope.spawn(|| self.change(time)));
            let (address, request) = (self.envoy.addr(), vec![self.request.clone()]);
            let connect = || Sender::connect(1, address, request.clone(), 200);
            let times = pace::times(connect, time, RATE)?;
            let changed = changing.map(ScopedJoinHandle::join).transpose();
            changed.map_err(|_| anyhow!("changing the policy panicked"))?.transpose()?;
            anyhow::Ok(times)
        })?;
        Ok((times, self.taken()? - before))
    }

    /// Changes it every second, each time once Envoy has taken the last one: of two that come at once, it takes one.
    fn change(&self, time: Duration) -> Result<()> {
        let start = Instant::now();
        let mut due = start + EVERY / 2;
        while due < start + time {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let next = self.taken()? + 1;
            let mut policy = self.policy.clone();
            policy["rules"][0]["message"] = json!(format!("Policy {next}."));
            self.ecds.publish(&self.config.clone().policy_json(&policy.to_string()))?;
            let taken = || Ok((self.taken()? == next).then_some(()));
            poll(PATIENCE, taken)?.context("Envoy does not take the policy")?;
            due = Instant::now().max(due + EVERY);
        }
        Ok(())
    }

    /// Policies that every worker has, or had.
    fn taken(&self) -> Result<u64> {
        self.envoy.stat("extension_config_discovery.http_filter.claimgate.config_reload")
    }
}

/// More than these rules take longer than a second to load.
const MOST: usize = 10_000;

/// Between two policies.
const EVERY: Duration = Duration::from_secs(1);

/// For Envoy to take one.
const PATIENCE: Duration = Duration::from_secs(20);

/// Seconds until V8 has compiled what is hot.
const WARM_UP: u32 = 2;

/// Requests per second: a tenth of what a worker can.
const RATE: f64 = 1_000.0;
