//! Millions of requests of every kind to one Envoy: each answer is checked, and at the end what was counted, that no VM
//! was replaced, and that memory no longer grew.

mod clients;
mod memory;
mod mix;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::thread::{self, ScopedJoinHandle, sleep};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::{Envoy, poll};
use claimgate_tests::signer::Signer;
use serde_json::{Value, json};

use self::clients::{Progress, Report, http1, http2};
use self::memory::{Memory, megabytes};
use self::mix::{Expected, Mix};

/// Sends so many requests with so many tokens, and fails where anything is not as it should be.
pub fn run(requests: u64, tokens: usize) -> Result<()> {
    println!("Signing {tokens} tokens; RSA, ECDSA, EdDSA and HMAC, two in five good for nothing.");
    let (signers, strangers) = (Signer::all()?, Signer::all()?);
    let mix = Mix::new(&signers, &strangers, tokens)?;
    let workers = usize::try_from(WORKERS)?;
    let bootstrap = bootstrap(&mix::policy(&signers)?)?;
    let bare =
        Envoy::start_quiet(&without_claimgate(bootstrap.clone())?, workers)?.resident_bytes()?;
    let envoy = Envoy::start_quiet(&bootstrap, workers)?;
    let (vms, fresh) = (stats(&envoy, "wasm")?, envoy.resident_bytes()?);
    println!("Envoy takes {} without claimgate, {} with it.", megabytes(bare), megabytes(fresh));

    let (expected, memory) = send(&envoy, &mix, requests)?;
    check_counters(&envoy, &expected)?;
    ensure!(
        stats(&envoy, "wasm")? == vms,
        "a VM came or went: {}",
        envoy.admin("/stats?filter=wasm")?
    );
    let active =
        vms.get(ACTIVE).with_context(|| format!("Envoy has no statistic named {ACTIVE}"))?;
    check_memory(&memory, requests)?;
    check_each(memory.most(), fresh, bare, *active)
}

/// The shipped bootstrap with claimgate alone, this policy, no log of each request, and Envoy itself as the upstream.
fn bootstrap(policy: &Value) -> Result<Value> {
    let nowhere = ([127, 0, 0, 1], 9).into();
    let config = Config::new(nowhere, json!({ "keys": [] })).without_jwt_authn().policy(policy);
    let mut bootstrap = config.build()?;
    let manager = manager(&mut bootstrap)?;
    manager["access_log"] = json!([]);
    let route = manager.pointer_mut("/route_config/virtual_hosts/0/routes/0");
    *route.context("envoy.yaml has no route")? =
        json!({ "match": { "prefix": "/" }, "direct_response": { "status": 200 } });
    Ok(bootstrap)
}

fn without_claimgate(mut bootstrap: Value) -> Result<Value> {
    let filters = manager(&mut bootstrap)?["http_filters"].as_array_mut();
    filters.context("envoy.yaml has no filters")?.retain(|filter| filter["name"] != "claimgate");
    Ok(bootstrap)
}

fn manager(bootstrap: &mut Value) -> Result<&mut Value> {
    let manager = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config";
    bootstrap.pointer_mut(manager).context("envoy.yaml has no connection manager")
}

/// How often each decision was to be made, and what memory it took.
fn send(envoy: &Envoy, mix: &Mix, requests: u64) -> Result<(BTreeMap<Expected, u64>, Memory)> {
    println!("Sending {requests} requests to {WORKERS} workers; Ctrl-C stops it.");
    let (start, progress, address) = (Instant::now(), Progress::default(), envoy.addr());
    let is_http2 = |number: &u64| number.is_multiple_of(HTTP2_IN);
    let watched = |report: Result<Report>| {
        progress.failed.fetch_or(report.is_err(), Ordering::Relaxed);
        report
    };
    let (reports, memory) = thread::scope(|scope| {
        let clients = [
            scope.spawn(|| {
                let numbers = (0..requests).filter(|number| !is_http2(number));
                watched(http1(address, mix, numbers, &progress))
            }),
            scope.spawn(|| {
                let numbers = (0..requests).filter(is_http2);
                watched(http2(address, mix, numbers, &progress))
            }),
        ];
        let memory = watch(envoy, &progress, || clients.iter().all(ScopedJoinHandle::is_finished));
        let reports =
            clients.map(|client| client.join().map_err(|_| anyhow!("a client panicked"))?);
        let [one, other] = reports;
        anyhow::Ok(([one?, other?], memory?))
    })?;
    let seconds = start.elapsed().as_secs().max(1);
    println!("{requests} answers in {seconds} s, {} a second.", requests / seconds);
    let wrong: Vec<&str> =
        reports.iter().flat_map(|report| &report.wrong).map(String::as_str).collect();
    ensure!(wrong.is_empty(), "{} wrong answers: {wrong:#?}", progress.wrong.into_inner());
    let mut expected = BTreeMap::new();
    for (kind, count) in reports.into_iter().flat_map(|report| report.expected) {
        *expected.entry(kind).or_default() += count;
    }
    Ok((expected, memory))
}

/// Notes Envoy's memory until the clients are done, and tells now and then how it goes.
fn watch(envoy: &Envoy, progress: &Progress, done: impl Fn() -> bool) -> Result<Memory> {
    let (mut memory, mut told, mut before) = (Memory::default(), Instant::now(), 0);
    while !done() {
        let (answered, bytes) =
            (progress.answered.load(Ordering::Relaxed), envoy.resident_bytes()?);
        memory.note(answered, bytes);
        if told.elapsed() >= TELL {
            let rate = (answered - before) / TELL.as_secs();
            let wrong = progress.wrong.load(Ordering::Relaxed);
            println!(
                "{answered} answered, {rate} a second, {}, {wrong} wrong; Ctrl-C stops it",
                megabytes(bytes)
            );
            (told, before) = (Instant::now(), answered);
        }
        sleep(SAMPLE);
    }
    Ok(memory)
}

/// Every decision is counted once, by code and by rule.
fn check_counters(envoy: &Envoy, expected: &BTreeMap<Expected, u64>) -> Result<()> {
    let mut counters: BTreeMap<String, u64> = BTreeMap::new();
    for (Expected { rule, code, .. }, count) in expected {
        let rule = rule.map(|rule| format!("wasmcustom.claimgate.rules.{rule}.enforce.{code}"));
        let all = format!("wasmcustom.claimgate.decisions.enforce.{code}");
        for name in rule.into_iter().chain([all]) {
            *counters.entry(name).or_default() += count;
        }
    }
    let counted = || {
        let mut counted = stats(envoy, "wasmcustom.claimgate.(decisions|rules)")?;
        counted.retain(|_, count| *count > 0);
        anyhow::Ok(counted)
    };
    // They are handed over each second.
    if poll(HANDED_OVER, || Ok((counted()? == counters).then_some(())))?.is_none() {
        let (counted, all) = (counted()?, &counters);
        let other = |(name, count): &(&String, &u64)| all.get(*name) != Some(*count);
        let other: Vec<_> = counted.iter().filter(other).collect();
        return Err(anyhow!("counted {other:#?}, expected {counters:#?}"));
    }
    println!("All {} counters say the same.", counters.len());
    Ok(())
}

/// What was used until the second quarter is all that is ever used.
fn check_memory(memory: &Memory, requests: u64) -> Result<()> {
    let quarters: Option<Vec<u64>> =
        (0..4).map(|quarter| memory.quarter(quarter, requests)).collect();
    let quarters = quarters.context("too few requests: a quarter of them was over at once")?;
    let told: Vec<String> = quarters.iter().copied().map(megabytes).collect();
    let most = megabytes(memory.most());
    println!("Memory, median of each quarter: {}; at most {most}.", told.join(", "));
    let grown = quarters[3].saturating_sub(quarters[1]);
    let told = megabytes(grown);
    ensure!(
        grown <= WORKERS * MOST_GROWTH,
        "from the second quarter to the last it grew by {told}"
    );
    Ok(())
}

/// What all VMs take after loading is shared equally; what came with requests is the workers' own.
fn check_each(most: u64, fresh: u64, bare: u64, active: u64) -> Result<()> {
    let loaded = fresh.saturating_sub(bare) / active.max(1);
    let each = loaded + most.saturating_sub(fresh) / WORKERS;
    println!("The VM of a worker takes {}, {} of it to load.", megabytes(each), megabytes(loaded));
    ensure!(each <= MOST, "that is too much");
    Ok(())
}

/// Statistics whose names begin so.
fn stats(envoy: &Envoy, prefix: &str) -> Result<BTreeMap<String, u64>> {
    let stats = envoy.admin(&format!("/stats?filter=^{prefix}\\."))?;
    let stats = stats.lines().filter_map(|line| line.split_once(": "));
    stats.map(|(name, value)| Ok((name.to_owned(), value.parse()?))).collect()
}

const WORKERS: u64 = 2;

/// How many VMs there are: the workers' and those that Envoy makes of a module and for its main thread.
const ACTIVE: &str = "wasm.envoy.wasm.runtime.v8.active";

/// One request in so many goes over HTTP/2.
const HTTP2_IN: u64 = 10;

/// Bytes that each worker may take more in the last quarter than in the second.
const MOST_GROWTH: u64 = 1 << 20;

/// Bytes that the VM of a worker may take.
const MOST: u64 = 32 << 20;

const SAMPLE: Duration = Duration::from_millis(50);
const TELL: Duration = Duration::from_secs(10);
const HANDED_OVER: Duration = Duration::from_secs(10);
