//! What memory each worker takes, once it has seen ten thousand subjects.

use std::process;

use anyhow::Result;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::signer::Signer;
use serde_json::{Value, json};

use crate::contestant::Contestant::{self, Claimgate, Idle, Native, Nothing};
use crate::requests::connect;
use crate::sender::CONNECTIONS;
use crate::traffic::Traffic;

/// Prints a row for each contestant, as soon as it is measured.
pub fn measure() -> Result<()> {
    println!(
        "Signing tokens, then two Envoys for each row; process {}, Ctrl-C stops it.\n",
        process::id()
    );
    let signers = Signer::all()?;
    let jwks = json!({ "keys": signers.iter().map(Signer::jwk).collect::<Vec<_>>() });
    let tokens = Traffic::Subjects.tokens(&signers)?;
    println!("| contestant | one worker, MB | each further, MB |");
    println!("|---|---:|---:|");
    for contestant in CONTESTANTS {
        let one = resident(*contestant, 1, &jwks, &tokens)?;
        let more = resident(*contestant, MANY, &jwks, &tokens)?.saturating_sub(one) / MORE;
        println!("| {} | {} | {} |", contestant.name(), one >> 20, more >> 20);
    }
    Ok(())
}

/// Bytes of an Envoy with so many workers, after requests with all tokens, several times over so that each worker gets most.
fn resident(
    contestant: Contestant,
    workers: usize,
    jwks: &Value,
    tokens: &[String],
) -> Result<u64> {
    let envoy = Envoy::start_quiet(&contestant.bootstrap(jwks)?, workers)?;
    let mut sender = connect(&envoy, contestant, Traffic::Subjects, tokens, CONNECTIONS)?;
    sender.send(3 * workers * tokens.len())?;
    envoy.resident_bytes()
}

/// Without the native pair of 10,000, which would take a quarter of an hour to answer as many.
const CONTESTANTS: &[Contestant] =
    &[Nothing, Idle, Native(1), Claimgate(1), Native(1_000), Claimgate(1_000), Claimgate(10_000)];

/// Workers to divide memory by.
const MANY: usize = 4;
const MORE: u64 = 3;
