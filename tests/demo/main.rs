//! The demo: a real Envoy with claimgate and the sample policy, a dozen requests, and what became of them.
//!
//! With `--keep` it stays up for your own requests; with `--keys <folder>` it only writes a key set and tokens,
//! for `envoy/docker-compose.yaml`.

mod keep;
mod keys;
mod requests;
mod table;

use anyhow::{Result, bail, ensure};
use claimgate_tests::config::Config;
use claimgate_tests::envoy::Envoy;
use claimgate_tests::token::Issuer;
use claimgate_tests::upstream::Upstream;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => demo(false),
        ["--keep"] => demo(true),
        ["--keys", folder] => keys::write(folder.as_ref()),
        _ => bail!("usage: demo [--keep | --keys <folder>]"),
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
    table::print(&rows);
    let wrong = rows.iter().filter(|row| !row.as_expected()).count();
    ensure!(wrong == 0, "{wrong} of {} answers are not what was expected", rows.len());
    println!(
        "\nAll {} answers are as expected; {} requests reached the upstream.",
        rows.len(),
        upstream.hits()
    );
    if stay {
        keep::wait(&envoy, &issuer, &stop)?;
    }
    Ok(())
}
