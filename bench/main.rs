//! Measurements of the built module in a real Envoy. `bench/README.md` says how and of what.

mod contestant;
mod http2;
mod instructions;
mod latency;
mod load;
mod memory;
mod pace;
mod pages;
mod reload;
mod requests;
mod sender;
mod size;
mod soak;
mod table;
mod traffic;

use anyhow::{Result, bail};

use crate::contestant::Contestant::{self, Build, Claimgate, Idle, Native, Nothing, Reader};
use crate::table::Table;
use crate::traffic::Traffic;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["load"] => load::measure(usize::MAX),
        ["load", most] => load::measure(most.parse()?),
        ["core", series] => requests(series, requests::CORE),
        ["requests", series] => requests(series, &[requests::CORE, requests::MORE].concat()),
        ["instructions"] => {
            let mut kinds = [requests::CORE, requests::MORE].concat();
            // Under valgrind it would take too long until all of them are known.
            kinds.retain(|(traffic, _)| *traffic != Traffic::Subjects);
            instructions::count(&kinds)
        }
        ["instructions", "--core"] => instructions::count(&[(
            Traffic::Warm,
            &[Nothing, Reader, Native(1), Claimgate(1), Claimgate(10_000)],
        )]),
        ["instructions", ref modules @ ..] => {
            let builds = modules.iter().map(|path| Build(String::leak((*path).to_owned())));
            let all: Vec<Contestant> = [Nothing].into_iter().chain(builds).collect();
            let kinds =
                [Traffic::Warm, Traffic::New("RS256"), Traffic::WrongRole, Traffic::NoToken];
            instructions::count(&kinds.map(|traffic| (traffic, &*all)))
        }
        ["latency", time, rounds] => latency::measure(time.parse()?, rounds.parse()?),
        ["memory"] => memory::measure(),
        ["reload", seconds] => reload::measure(seconds.parse()?, usize::MAX),
        ["reload", seconds, most] => reload::measure(seconds.parse()?, most.parse()?),
        ["pages"] => pages::write(),
        ["pages", "--check"] => pages::check(),
        ["size"] => size::tell(),
        ["soak", requests, tokens] => soak::run(requests.parse()?, tokens.parse()?),
        ["builds", series, ref modules @ ..] => {
            let builds = modules.iter().map(|path| Build(String::leak((*path).to_owned())));
            let all: Vec<Contestant> =
                [Nothing, Idle, Reader, Native(1)].into_iter().chain(builds).collect();
            requests(series, &[(Traffic::Warm, &all)])
        }
        _ => bail!(
            "usage: bench load [MOST RULES] | bench core SERIES | bench requests SERIES | bench instructions [--core | MODULE…] | bench latency MILLISECONDS ROUNDS | bench memory | bench pages [--check] | bench reload SECONDS [MOST RULES] | bench size | bench soak REQUESTS TOKENS | bench builds SERIES MODULE…"
        ),
    }
}

/// Measures these rows and prints what came of it.
fn requests(series: &str, kinds: &[(Traffic, &[Contestant])]) -> Result<()> {
    Table::of(&requests::measure(series.parse()?, kinds)?)?.tell()
}
