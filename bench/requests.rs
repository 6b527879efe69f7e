//! What a request costs: added processor time, side by side with what claimgate replaces.

use std::fs;

use anyhow::{Context, Result};
use claimgate_tests::envoy::Envoy;
use claimgate_tests::repository;
use claimgate_tests::signer::Signer;
use claimgate_tests::token::{AUDIENCE, ISSUER, now};
use serde_json::{Value, json};

use crate::contestant::Contestant;
use crate::load_generator::{Requests, pin};

/// One row of the table while it is measured.
struct Row {
    contestant: Contestant,
    tokens: Tokens,
    envoy: Envoy,
    requests: Requests,
    rounds: Vec<f64>,
}

/// Which tokens are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tokens {
    /// One, again and again.
    Warm,
    /// So many that none is remembered when it comes again.
    New,
}

/// Measures all contestants in interleaved rounds of so many seconds each, and prints the table.
pub fn measure(rounds: usize, seconds: u32) -> Result<()> {
    println!("Starting the contestants and signing tokens; Ctrl-C stops it.");
    let mut rows = start()?;
    println!("{rounds} rounds of {} contestants, {seconds} s each.", rows.len());
    for round in 0..=rounds {
        for row in &mut rows {
            let each = row.requests.send(&row.envoy, seconds)?;
            // The first round is for V8 to compile, and for caches to fill.
            if round > 0 {
                row.rounds.push(each);
            }
        }
        println!("round {round} of {rounds} is done");
    }
    let table = Table::of(&rows)?;
    println!("\n{}", table.text());
    let file = repository("target/bench/requests.json");
    fs::write(&file, serde_json::to_string_pretty(&table.json())?)?;
    println!("\nwritten to target/bench/requests.json");
    Ok(())
}

fn start() -> Result<Vec<Row>> {
    let folder = repository("target/bench");
    fs::create_dir_all(&folder)?;
    let signer = Signer::all()?.into_iter().find(|signer| signer.algorithm() == "RS256");
    let signer = signer.context("there is no RS256")?;
    let jwks = json!({ "keys": [signer.jwk()] });
    let tokens: Vec<String> = (0..NEW).map(|number| signer.token(&claims(number))).collect();
    let sizes = [1, 10, 100, 1_000, 10_000];
    let warm = [Contestant::Nothing, Contestant::Idle, Contestant::Reader].into_iter();
    let warm = warm
        .chain(sizes.map(Contestant::Native))
        .chain(sizes.map(Contestant::Claimgate))
        .map(|contestant| (contestant, Tokens::Warm));
    let new = [Contestant::Nothing, Contestant::Uncached, Contestant::Claimgate(1)];
    let all = warm.chain(new.map(|contestant| (contestant, Tokens::New)));
    let row = |(index, (contestant, kind)): (usize, (Contestant, Tokens))| {
        let envoy = Envoy::start_quiet(&contestant.bootstrap(&jwks)?)?;
        pin(&envoy)?;
        let own = if kind == Tokens::Warm { &tokens[..1] } else { &tokens[..] };
        let requests = Requests::new(&folder, &index.to_string(), &contestant.path(), own)?;
        anyhow::Ok(Row { contestant, tokens: kind, envoy, requests, rounds: Vec::new() })
    };
    all.enumerate().map(row).collect()
}

/// Ten claims, some 300 bytes.
fn claims(number: usize) -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": format!("00u{number:017}"), "iat": now(), "exp": now() + 7_200,
        "jti": format!("{number:036}"), "azp": "web-frontend", "scope": "openid profile orders:read",
        "roles": ["employee", "viewer", "billing"], "email": format!("user{number}@example.com"),
    })
}

/// Tokens of which none is remembered when it comes again: both caches hold less.
const NEW: usize = 12_000;

/// What came of it, in microseconds that each request costs more than with no filter.
struct Table(Vec<Line>);

struct Line {
    contestant: Contestant,
    tokens: Tokens,
    median: f64,
    least: f64,
    most: f64,
    /// Times what does the same natively.
    ratio: Option<f64>,
}

impl Table {
    fn of(rows: &[Row]) -> Result<Self> {
        let median_of = |contestant: Contestant, tokens: Tokens| {
            let row = rows.iter().find(|row| row.contestant == contestant && row.tokens == tokens);
            Some(median(&row?.rounds))
        };
        let mut lines = Vec::new();
        for row in rows.iter().filter(|row| row.contestant != Contestant::Nothing) {
            let nothing =
                median_of(Contestant::Nothing, row.tokens).context("nothing was measured")?;
            let rival = match (row.contestant, row.tokens) {
                (Contestant::Claimgate(rules), Tokens::Warm) => {
                    median_of(Contestant::Native(rules), Tokens::Warm)
                }
                (Contestant::Claimgate(_), Tokens::New) => {
                    median_of(Contestant::Uncached, Tokens::New)
                }
                _ => None,
            };
            let median = median(&row.rounds) - nothing;
            let least = row.rounds.iter().copied().fold(f64::INFINITY, f64::min) - nothing;
            let most = row.rounds.iter().copied().fold(0.0, f64::max) - nothing;
            let ratio = rival.map(|rival| median / (rival - nothing));
            let (contestant, tokens) = (row.contestant, row.tokens);
            lines.push(Line { contestant, tokens, median, least, most, ratio });
        }
        Ok(Self(lines))
    }

    fn text(&self) -> String {
        let head = "| | tokens | added µs, median | least | most | times the native pair |\n|---|---|---:|---:|---:|---:|";
        let line = |line: &Line| {
            let ratio = line.ratio.map_or(String::new(), |ratio| format!("{ratio:.3}"));
            let Line { contestant, tokens, median, least, most, .. } = line;
            let (name, tokens) = (contestant.name(), tokens.name());
            format!("| {name} | {tokens} | {median:.2} | {least:.2} | {most:.2} | {ratio} |")
        };
        std::iter::once(head.to_owned())
            .chain(self.0.iter().map(line))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn json(&self) -> Value {
        let line = |line: &Line| {
            json!({
                "contestant": line.contestant.name(), "tokens": line.tokens.name(), "median_us": line.median,
                "least_us": line.least, "most_us": line.most, "ratio": line.ratio,
            })
        };
        self.0.iter().map(line).collect()
    }
}

impl Tokens {
    fn name(self) -> &'static str {
        match self {
            Self::Warm => "one, warm",
            Self::New => "new each time, RS256",
        }
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
