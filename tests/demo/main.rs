//! The demo: a real Envoy with claimgate and the sample policy, a dozen requests, and what became of them.
//!
//! With `--keep` it stays up for your own requests; with `--keys <folder>` it only writes a key set and tokens,
//! for `envoy/docker-compose.yaml`. With `--standalone` claimgate gets its keys from an identity provider, which
//! then exchanges them.

mod keep;
mod keys;
mod requests;
mod rotation;
mod table;

use anyhow::{Result, bail, ensure};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::idp::Idp;
use claimgate_tests::token::Issuer;
use claimgate_tests::upstream::Upstream;

use crate::requests::Row;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => demo(false),
        ["--keep"] => demo(true),
        ["--standalone"] => standalone(),
        ["--keys", folder] => keys::write(folder.as_ref()),
        _ => bail!("usage: demo [--keep | --standalone | --keys <folder>]"),
    }
}

fn demo(stay: bool) -> Result<()> {
    // First of all, so that a signal never finds us unprepared and everything below is dropped in order.
    let stop = keep::stop_signal()?;
    let issuer = Issuer::new()?;
    let upstream = Upstream::start()?;
    let envoy = Envoy::start(&Config::new(upstream.addr(), issuer.jwks()).build()?)?;
    let rows = requests::send(&envoy, &issuer)?;
    println!("Envoy with claimgate and the policy of envoy/policy.yaml, asked for real:\n");
    conclude(&rows)?;
    println!("{} requests reached the upstream.", upstream.hits());
    if stay {
        keep::wait(&envoy, &issuer, &stop)?;
    }
    Ok(())
}

fn standalone() -> Result<()> {
    let _stop = keep::stop_signal()?;
    let issuer = Issuer::new()?;
    let idp = Idp::start()?;
    idp.serve(&issuer.jwks())?;
    let upstream = Upstream::start()?;
    let config = Config::standalone(upstream.addr(), &idp).policy(&rotation::policy()?);
    let envoy = Envoy::start(&config.build()?)?;
    let rows = requests::send(&envoy, &issuer)?;
    println!("claimgate alone, its keys from an identity provider, asked for real:\n");
    conclude(&rows)?;
    println!("{} requests reached the upstream.", upstream.hits());
    let rows = rotation::show(&envoy, &idp, &issuer)?;
    println!("\nThe identity provider exchanges its key:\n");
    conclude(&rows)
}

/// Prints the rows; fails where one is not as it should be.
fn conclude(rows: &[Row]) -> Result<()> {
    table::print(rows);
    let wrong = rows.iter().filter(|row| !row.as_expected()).count();
    ensure!(wrong == 0, "{wrong} of {} answers are not what was expected", rows.len());
    println!("\nAll {} answers are as expected.", rows.len());
    Ok(())
}
