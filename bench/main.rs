//! Measurements of the built module in a real Envoy. `bench/README.md` says how and of what.

mod contestant;
mod load;
mod load_generator;
mod requests;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["load"] => load::measure(usize::MAX),
        ["load", most] => load::measure(most.parse()?),
        ["requests", rounds, seconds] => requests::measure(rounds.parse()?, seconds.parse()?),
        _ => bail!("usage: bench load [MOST RULES] | bench requests ROUNDS SECONDS"),
    }
}
