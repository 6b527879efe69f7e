//! What a request costs: added processor time, side by side with what claimgate replaces.

use std::fs;
use std::process;
use std::time::Duration;

use anyhow::Result;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::repository;
use claimgate_tests::signer::Signer;
use serde_json::json;

use crate::contestant::Contestant::{self, Claimgate, Idle, Native, Nothing, Reader, Uncached};
use crate::sender::{Sender, pin, processor_time};
use crate::table::Table;
use crate::traffic::Traffic;

/// One row of the table while it is measured.
pub struct Row {
    pub contestant: Contestant,
    pub traffic: Traffic,
    envoy: usize,
    sender: Sender,
    /// Microseconds that a request cost Envoy, round by round.
    pub rounds: Vec<f64>,
}

/// Measures in so many interleaved rounds, and prints the table.
pub fn measure(rounds: usize, rows: &[(Traffic, &[Contestant])]) -> Result<()> {
    println!("Signing tokens and starting the contestants; Ctrl-C stops it.");
    pin(process::id(), 0)?;
    let (envoys, mut rows) = start(rows)?;
    println!("{rounds} rounds of {} rows.", rows.len());
    for round in 0..=rounds {
        for row in &mut rows {
            let envoy = &envoys[row.envoy].2;
            let before = processor_time(envoy)?;
            let answered = row.sender.send_for(SLICE)?;
            let spent = processor_time(envoy)? - before;
            // The first round is for V8 to compile, and for caches to fill.
            if round > 0 {
                #[expect(clippy::cast_precision_loss, reason = "some thousands")]
                row.rounds.push(spent / answered as f64);
            }
        }
        if round.is_multiple_of(5) {
            println!("{round} of {rounds} rounds are done");
        }
    }
    let table = Table::of(&rows)?;
    println!("\n{}", table.text());
    let file = repository("target/bench/requests.json");
    fs::write(&file, serde_json::to_string_pretty(&table.json())?)?;
    println!("\nwritten to target/bench/requests.json");
    Ok(())
}

/// An Envoy for each contestant, and another one where its cache is to hold nothing.
type Envoys = Vec<(Contestant, bool, Envoy)>;

fn start(kinds: &[(Traffic, &[Contestant])]) -> Result<(Envoys, Vec<Row>)> {
    fs::create_dir_all(repository("target/bench"))?;
    let signers = Signer::all()?;
    let jwks = json!({ "keys": signers.iter().map(Signer::jwk).collect::<Vec<_>>() });
    let (mut envoys, mut rows): (Envoys, _) = (Vec::new(), Vec::new());
    for &(traffic, contestants) in kinds {
        let tokens = traffic.tokens(&signers)?;
        for &contestant in contestants {
            let new = matches!(traffic, Traffic::New(_));
            let there =
                envoys.iter().position(|(other, is_new, _)| (*other, *is_new) == (contestant, new));
            let envoy = if let Some(there) = there {
                there
            } else {
                let envoy = Envoy::start_quiet(&contestant.bootstrap(&jwks)?)?;
                pin(envoy.id(), 0)?;
                envoys.push((contestant, new, envoy));
                envoys.len() - 1
            };
            let requests = traffic.requests(&contestant.path(), &tokens);
            let address = envoys[envoy].2.addr();
            let sender = Sender::connect(address, requests, traffic.status(contestant))?;
            rows.push(Row { contestant, traffic, envoy, sender, rounds: Vec::new() });
        }
    }
    Ok((envoys, rows))
}

/// The rows by which the targets are measured.
pub const CORE: &[(Traffic, &[Contestant])] = &[
    (
        Traffic::Warm,
        &[
            Nothing,
            Idle,
            Reader,
            Native(1),
            Claimgate(1),
            Native(10),
            Claimgate(10),
            Native(100),
            Claimgate(100),
            Native(1_000),
            Claimgate(1_000),
            Native(10_000),
            Claimgate(10_000),
        ],
    ),
    (Traffic::New("RS256"), &[Nothing, Uncached, Claimgate(1)]),
];

/// All others.
pub const MORE: &[(Traffic, &[Contestant])] = &[
    (Traffic::New("ES256"), NEW),
    (Traffic::New("EdDSA"), NEW),
    (Traffic::New("HS256"), NEW),
    (Traffic::Subjects, PAIR),
    (Traffic::ManyHeaders, &[Nothing, Reader, Native(1), Claimgate(1)]),
    (Traffic::LargeToken, PAIR),
    (Traffic::WrongRole, PAIR),
    (Traffic::NoToken, PAIR),
];

const PAIR: &[Contestant] = &[Nothing, Native(1), Claimgate(1)];
const NEW: &[Contestant] = &[Nothing, Uncached, Claimgate(1)];

/// Long enough for some thousand requests, short enough that a noisy neighbour spoils only one of many.
const SLICE: Duration = Duration::from_millis(200);
