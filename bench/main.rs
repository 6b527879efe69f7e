//! Measurements of the built module in a real Envoy. `bench/README.md` says how and of what.

mod load;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["load"] => load::measure(),
        _ => bail!("usage: bench load"),
    }
}
