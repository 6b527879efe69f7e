//! What a policy costs to load: the time it takes, and the memory that each worker needs for it.

use std::fs;

use anyhow::{Context, Result, bail};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::upstream::Upstream;
use serde_json::{Value, json};

/// Prints a row for each size, of up to so many rules, as soon as it is measured.
pub fn measure(most: usize) -> Result<()> {
    println!("Loading policies in Envoy; some two minutes for all, Ctrl-C stops it.\n");
    println!("| rules | roles | policy | cold start | load | memory per worker |");
    println!("|---:|---:|---:|---:|---:|---:|");
    for (rules, roles) in SIZES.into_iter().filter(|(rules, _)| *rules <= most) {
        let policy = policy(rules, roles);
        let size = policy.to_string().len() / 1024;
        let starts = (0..3).map(|_| times(&policy)).collect::<Result<Vec<_>>>()?;
        let middle = |of: fn(&Times) -> u64| {
            let mut times: Vec<u64> = starts.iter().map(of).collect();
            times.sort_unstable();
            times[1]
        };
        let (cold, load) = (middle(|times| times.cold), middle(|times| times.load));
        // A small policy's share is lost in what Envoy takes by itself.
        let more = resident(&policy, MANY)?.saturating_sub(resident(&policy, 1)?);
        let memory = more / (MANY_MORE * 1024);
        println!("| {rules} | {roles} | {size} KB | {cold} ms | {load} ms | {memory} MB |");
    }
    Ok(())
}

/// Rules and roles.
pub const SIZES: [(usize, usize); 4] = [(10, 10), (1_000, 100), (10_000, 1_000), (100_000, 1_000)];

/// Workers to divide memory by.
const MANY: usize = 4;
const MANY_MORE: u64 = 3;

/// A table as a large service would have it: several services, versions, resources, and requirements of every kind.
pub fn policy(rules: usize, roles: usize) -> Value {
    // A role reads what the rules ask for that fall to it, and has some 50 permissions more.
    let role = |number: usize| {
        let own = (number..rules).step_by(roles).map(|rule| format!("things{rule}:read"));
        let more = (0..50_usize).map(|action| format!("things{number}:action{action}"));
        let permissions: Vec<String> = own.chain(more).chain([format!("area{number}:*")]).collect();
        let mut role = json!({ "permissions": permissions });
        if !number.is_multiple_of(10) {
            role["inherits"] = json!([format!("role{}", number - 1)]);
        }
        (format!("role{number}"), role)
    };
    let rule = |number: usize| {
        let (holder, method) = (number % roles, ["GET", "PUT"][number % 2]);
        json!({
            "name": format!("rule-{number}"),
            "methods": [method],
            "path": format!("/service{}/v{}/things{number}/{{id}}/parts", number % 50, number % 3),
            "allow": { "any": [
                { "roles": [format!("role{holder}")] },
                { "permissions": [format!("things{number}:read")] },
                { "claims": { "sub": "{id}" } },
            ] },
            "message": format!("You may not reach thing {number}."),
        })
    };
    json!({
        "issuers": [{ "name": "main", "signature": { "decode_only": true } }],
        "roles": (0..roles).map(role).collect::<serde_json::Map<_, _>>(),
        "rules": (0..rules).map(rule).collect::<Vec<_>>(),
    })
}

fn start(policy: &Value, workers: usize) -> Result<(Envoy, Upstream)> {
    let upstream = Upstream::start()?;
    let config = Config::new(upstream.addr(), json!({ "keys": [] }));
    let config = config.policy_json(&policy.to_string()).without_jwt_authn();
    Ok((Envoy::start_workers(&config.build()?, workers)?, upstream))
}

/// Milliseconds of one start.
struct Times {
    /// From Envoy reading its listeners to the last VM that has taken the configuration: compiling the module, once,
    /// and what follows for each VM.
    cold: u64,
    /// From one VM that has taken the configuration to the next, which Envoy makes right afterwards in the same thread:
    /// making the VM, reading and compiling the policy.
    load: u64,
}

fn times(policy: &Value) -> Result<Times> {
    let (envoy, _upstream) = start(policy, 1)?;
    let log = envoy.log()?;
    let of = |what: &'static str| {
        log.lines().filter(move |line| line.contains(what)).filter_map(milliseconds)
    };
    let begun = of("loading 1 listener").next();
    let taken: Vec<u64> = of("configuration taken").collect();
    let (Some(begun), [first, second, ..]) = (begun, &taken[..]) else {
        bail!("the log does not say when a configuration was taken:\n{log}");
    };
    let cold = taken.last().map_or(0, |last| last.saturating_sub(begun));
    Ok(Times { cold, load: second.saturating_sub(*first) })
}

/// The time of a log line, `[2026-11-24 11:18:18.705]…`, within its day.
fn milliseconds(line: &str) -> Option<u64> {
    let time = line.split(' ').nth(1)?.split(']').next()?;
    let (clock, fraction) = time.split_once('.')?;
    let seconds =
        clock.split(':').try_fold(0, |sum, part| Some(sum * 60 + part.parse::<u64>().ok()?))?;
    Some(seconds * 1000 + fraction.parse::<u64>().ok()?)
}

/// Kilobytes that Envoy has in memory.
fn resident(policy: &Value, workers: usize) -> Result<u64> {
    let (envoy, _upstream) = start(policy, workers)?;
    let status = fs::read_to_string(format!("/proc/{}/status", envoy.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.context("/proc does not tell Envoy's memory")
}
