//! How many instructions of the processor a request takes in Envoy, counted by valgrind: on a busy machine nearly
//! the same as on a quiet one.
//!
//! What the kernel does is not counted, and an instruction that waits for memory counts as one that does not.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use claimgate_tests::envoy::{Envoy, binary};
use claimgate_tests::repository;
use claimgate_tests::signer::Signer;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::contestant::Contestant;
use crate::requests::connect;
use crate::sender::CONNECTIONS;
use crate::traffic::Traffic;

/// Instructions for each request.
#[derive(Clone, Copy)]
struct Count {
    /// Of code that V8 made of a module.
    module: u64,
    /// Of everything else: Envoy, V8 itself, the C library.
    host: u64,
}

/// Counts for each of these rows in turn, and prints what came of it.
pub fn count(kinds: &[(Traffic, &[Contestant])]) -> Result<()> {
    println!("An Envoy under valgrind for each row, some 20 s each; Ctrl-C stops it.\n");
    println!(
        "| requests | contestant | instructions | more than nothing | of these in the module | times the native pair |"
    );
    println!("|---|---|---:|---:|---:|---:|");
    fs::create_dir_all(repository("target/bench"))?;
    let signers = Signer::all()?;
    let jwks = json!({ "keys": signers.iter().map(Signer::jwk).collect::<Vec<_>>() });
    let mut all: Vec<Value> = Vec::new();
    for &(traffic, contestants) in kinds {
        let tokens = traffic.tokens(&signers)?;
        let mut known: Vec<(Contestant, Count)> = Vec::new();
        for &contestant in contestants {
            known.push((contestant, of(contestant, traffic, &jwks, &tokens)?));
            all.push(tell(contestant, traffic, &known)?);
        }
    }
    let file = repository("target/bench/instructions.json");
    fs::write(&file, serde_json::to_string_pretty(&all)? + "\n")?;
    println!("\nwritten to target/bench/instructions.json");
    Ok(())
}

/// One row, of those that are known.
fn tell(contestant: Contestant, traffic: Traffic, known: &[(Contestant, Count)]) -> Result<Value> {
    let find = |wanted: Contestant| {
        let found = known.iter().find(|(other, _)| *other == wanted);
        found.map(|(_, count)| *count).context("it has not been counted")
    };
    let (own, nothing) = (find(contestant)?, find(Contestant::Nothing)?);
    let all = |count: Count| count.module + count.host;
    let added = |count: Count| all(count).saturating_sub(all(nothing));
    let rival = contestant.rival(traffic).and_then(|rival| find(rival).ok()).map(added);
    #[expect(clippy::cast_precision_loss, reason = "of no matter below some 10^15")]
    let ratio =
        rival.map_or(String::new(), |rival| format!("{:.3}", added(own) as f64 / rival as f64));
    let (name, kind) = (contestant.name(), traffic.name());
    println!("| {kind} | {name} | {} | {} | {} | {ratio} |", all(own), added(own), own.module);
    Ok(json!({
        "requests": kind, "contestant": name, "rules": contestant.rules(), "instructions": all(own),
        "added": added(own), "module": own.module, "native": rival,
    }))
}

/// Lets V8 compile and caches fill, then counts.
fn of(contestant: Contestant, traffic: Traffic, jwks: &Value, tokens: &[String]) -> Result<Count> {
    let folder = TempDir::new()?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--smc-check=all-non-file", "--instr-atstart=no"]);
    valgrind.arg(format!("--callgrind-out-file={}", folder.path().join("counts").display()));
    valgrind.arg(binary()?);
    let envoy = Envoy::start_under(valgrind, &contestant.bootstrap(jwks)?)?;
    contestant.prepare(&envoy)?;
    let mut sender = connect(&envoy, contestant, traffic, tokens, CONNECTIONS)?;
    sender.send(WARM_UP)?;
    control(&envoy, "--instr=on")?;
    sender.send(WARM_UP)?;
    control(&envoy, "--zero")?;
    sender.send(COUNTED)?;
    control(&envoy, "--dump")?;
    read(&folder.path().join("counts.1"), &files(&envoy)?)
}

/// Tells valgrind what to do with this Envoy.
fn control(envoy: &Envoy, what: &str) -> Result<()> {
    let output = Command::new("callgrind_control").arg(what).arg(envoy.id().to_string()).output();
    let output = output.context("callgrind_control is missing: install the package valgrind")?;
    ensure!(
        output.status.success(),
        "callgrind_control: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// Adds up a file of callgrind by functions: those that have no name but an address outside of all files were made while running.
fn read(file: &Path, files: &[Range<u64>]) -> Result<Count> {
    let text = fs::read_to_string(file);
    let text = text.with_context(|| format!("valgrind has not written {}", file.display()))?;
    let mut is_made: HashMap<&str, bool> = HashMap::new();
    let (mut now_made, mut of_callee) = (false, false);
    let (mut module, mut host) = (0, 0);
    for line in text.lines() {
        if let Some(function) = line.strip_prefix("fn=").or_else(|| line.strip_prefix("cfn=")) {
            let (number, name) = function.split_once(' ').unwrap_or((function, ""));
            if let Some(address) = name.strip_prefix("0x") {
                let address = u64::from_str_radix(address.split('\'').next().unwrap_or(""), 16)?;
                is_made.insert(number, !files.iter().any(|file| file.contains(&address)));
            }
            if line.starts_with("fn=") {
                now_made = is_made.get(number).is_some_and(|made| *made);
            }
        } else if line.starts_with("calls=") {
            of_callee = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
            let cost = line.split(' ').nth(1).context("a line without a cost")?;
            let cost: u64 = cost.parse().with_context(|| format!("not a cost: {line}"))?;
            if !std::mem::take(&mut of_callee) {
                *(if now_made { &mut module } else { &mut host }) += cost;
            }
        }
    }
    let count = u64::try_from(COUNTED)?;
    Ok(Count { module: module / count, host: host / count })
}

/// Where files lie in its memory.
fn files(envoy: &Envoy) -> Result<Vec<Range<u64>>> {
    let maps = fs::read_to_string(format!("/proc/{}/maps", envoy.id()))?;
    let mut files = Vec::new();
    for line in maps.lines().filter(|line| line.contains('/')) {
        let (start, end) = line.split(' ').next().unwrap_or("").split_once('-').context("a map")?;
        files.push(u64::from_str_radix(start, 16)?..u64::from_str_radix(end, 16)?);
    }
    Ok(files)
}

/// Until V8 has compiled what is hot, and so that caches are full.
const WARM_UP: usize = 1_000;

/// A multiple of the connections that requests are sent over.
const COUNTED: usize = 800;
