//! How many requests a worker answers, asked by h2load, and how long they take at a fixed rate that it can bear.

use std::fs;
use std::process::{self, Command};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use claimgate_tests::envoy::Envoy;
use claimgate_tests::repository;
use claimgate_tests::signer::Signer;
use serde_json::{Value, json};

use crate::contestant::Contestant::{self, Claimgate, Native, Nothing};
use crate::pace::{self, CLIENTS, percentiles};
use crate::requests::connect;
use crate::sender::pin;
use crate::table::median;
use crate::traffic::Traffic;

/// One contestant over one protocol.
struct Row {
    contestant: Contestant,
    /// Over HTTP/1.1 or HTTP/2.
    traffic: Traffic,
    /// Requests per second, round by round.
    rates: Vec<f64>,
    /// Microseconds of each request at the fixed rate.
    times: Vec<u64>,
}

/// Measures for so many milliseconds at a time, in so many rounds, and prints what came of it.
pub fn measure(milliseconds: u32, rounds: usize) -> Result<()> {
    let mut rows = rows();
    println!("{} rows, twice {rounds} rounds; Ctrl-C stops it.", rows.len());
    fs::create_dir_all(repository("target/bench"))?;
    let signers = Signer::all()?;
    let jwks = json!({ "keys": signers.iter().map(Signer::jwk).collect::<Vec<_>>() });
    let tokens = Traffic::Warm.tokens(&signers)?;
    let start = |contestant: &Contestant| {
        let envoy = Envoy::start_quiet(&contestant.bootstrap(&jwks)?, 1)?;
        pin(envoy.id(), 0)?;
        anyhow::Ok((*contestant, envoy))
    };
    let envoys = CONTESTANTS.iter().map(start).collect::<Result<Vec<_>>>()?;
    let envoy = |contestant: Contestant| {
        let found = envoys.iter().find(|(other, _)| *other == contestant);
        found.map(|(_, envoy)| envoy).context("it has not been started")
    };
    for round in 1..=rounds {
        for row in &mut rows {
            let envoy = envoy(row.contestant)?;
            row.rates.push(throughput(envoy, row, &tokens, milliseconds)?);
        }
        println!("throughput: {round} of {rounds} rounds are done");
    }
    // The same for all, and half of what the slowest can; in short runs no fewer than can be counted.
    let slowest = rows.iter().map(|row| median(&row.rates)).fold(f64::INFINITY, f64::min);
    let rate = (slowest / 2.0).max(FEWEST);
    let time = Duration::from_millis(milliseconds.into());
    pin(process::id(), 1)?;
    for round in 1..=rounds {
        for row in &mut rows {
            let envoy = envoy(row.contestant)?;
            let (contestant, traffic) = (row.contestant, row.traffic);
            let client = || connect(envoy, contestant, traffic, &tokens, 1);
            row.times.extend(pace::times(client, time, rate)?);
        }
        println!("latency: {round} of {rounds} rounds are done");
    }
    tell(&mut rows, rate)
}

/// Every contestant over both protocols.
fn rows() -> Vec<Row> {
    let row =
        |traffic, contestant| Row { contestant, traffic, rates: Vec::new(), times: Vec::new() };
    let over = |traffic| CONTESTANTS.iter().map(move |contestant| row(traffic, *contestant));
    over(Traffic::Warm).chain(over(Traffic::Http2)).collect()
}

/// What one contestant answers in a second, to clients that ask as fast as answers come.
fn throughput(envoy: &Envoy, row: &Row, tokens: &[String], milliseconds: u32) -> Result<f64> {
    let log = repository("target/bench/h2load.log");
    // h2load appends.
    fs::write(&log, "")?;
    let mut command = Command::new("taskset");
    // The other core: what waits for its turn on Envoy's would not be Envoy's time.
    command.args(["--cpu-list", "1", "h2load", "--max-concurrent-streams=1"]);
    command.arg(format!("--clients={CLIENTS}"));
    command.arg(format!("--duration={milliseconds}ms"));
    command.arg(format!("--warm-up-time={}ms", milliseconds / 5));
    command.arg(format!("--log-file={}", log.display()));
    if row.traffic == Traffic::Warm {
        command.arg("--h1");
    }
    for (name, value) in row.traffic.fields(tokens).iter().filter(|(name, _)| name != "host") {
        command.arg(format!("--header={name}: {value}"));
    }
    let path = row.contestant.path();
    let output = command.arg(format!("http://{}{path}", envoy.addr())).output();
    let output = output.context("h2load is missing: install the package nghttp2-client")?;
    ensure!(output.status.success(), "h2load: {}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(&log)?;
    // When it was sent, what was answered, and how long it took.
    let statuses: Vec<&str> = text.lines().filter_map(|line| line.split('\t').nth(1)).collect();
    let wrong = statuses.iter().find(|status| **status != "200");
    ensure!(wrong.is_none(), "{} answers {wrong:?}", row.contestant.name());
    ensure!(!statuses.is_empty(), "h2load: {}", String::from_utf8_lossy(&output.stdout));
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    Ok(statuses.len() as f64 * 1_000.0 / f64::from(milliseconds))
}

/// Prints the table, and leaves it for programs.
fn tell(rows: &mut [Row], rate: f64) -> Result<()> {
    println!("\n| protocol | contestant | requests/s | p50, µs | p99, µs | p99.9, µs |");
    println!("|---|---|---:|---:|---:|---:|");
    let mut all = Vec::new();
    for row in rows {
        let [p50, p99, p999] = percentiles(&mut row.times);
        let (name, throughput) = (row.contestant.name(), median(&row.rates));
        let protocol = if row.traffic == Traffic::Http2 { "HTTP/2" } else { "HTTP/1.1" };
        println!("| {protocol} | {name} | {throughput:.0} | {p50} | {p99} | {p999} |");
        all.push(json!({
            "protocol": protocol, "contestant": name, "per_second": throughput.round(),
            "p50_us": p50, "p99_us": p99, "p999_us": p999,
        }));
    }
    println!("\nLatency at {rate:.0} requests/s.");
    let file = repository("target/bench/latency.json");
    let all: Value = json!({ "rate": rate.round(), "rows": all });
    fs::write(&file, serde_json::to_string_pretty(&all)? + "\n")?;
    println!("written to target/bench/latency.json");
    Ok(())
}

const CONTESTANTS: &[Contestant] =
    &[Nothing, Native(1), Claimgate(1), Native(1_000), Claimgate(1_000)];

/// Requests per second.
const FEWEST: f64 = 320.0;
