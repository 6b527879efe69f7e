//! The tables of README.md and docs/performance.md, made from `bench/results`.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, ensure};
use claimgate_tests::repository;
use serde_json::Value;

/// Writes the tables anew.
pub fn write() -> Result<()> {
    for (page, text) in pages()? {
        fs::write(repository(page), text)?;
        println!("{page}");
    }
    Ok(())
}

/// Whether they are what the results say.
pub fn check() -> Result<()> {
    for (page, text) in pages()? {
        let is_same = fs::read_to_string(repository(page))? == text;
        ensure!(is_same, "{page} differs from bench/results: `make bench-pages` writes it");
    }
    Ok(())
}

/// Each page as it should be.
fn pages() -> Result<[(&'static str, String); 2]> {
    let (requests, latency, instructions) =
        (read("requests")?, read("latency")?, read("instructions")?);
    let readme = fs::read_to_string(repository("README.md"))?;
    let performance = fs::read_to_string(repository("docs/performance.md"))?;
    let performance = insert(&performance, "requests", &all(&requests)?)?;
    let performance = insert(&performance, "instructions", &counts(&instructions)?)?;
    Ok([
        ("README.md", insert(&readme, "chosen", &chosen(&requests)?)?),
        ("docs/performance.md", insert(&performance, "latency", &times(&latency)?)?),
    ])
}

fn read(name: &str) -> Result<Value> {
    let file = repository(&format!("bench/results/{name}.json"));
    let text = fs::read_to_string(&file);
    let text = text.with_context(|| format!("{} is missing", file.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// The page with this between the marks of this name.
fn insert(page: &str, name: &str, table: &str) -> Result<String> {
    let mark = format!("<!-- bench: {name} -->\n");
    let (before, rest) = page.split_once(&mark).with_context(|| format!("no mark {name}"))?;
    let (_, after) = rest.split_once("<!-- /bench -->").context("a mark is not closed")?;
    Ok(format!("{before}{mark}{table}<!-- /bench -->{after}"))
}

/// The lines of claimgate.
fn own(requests: &Value) -> Result<impl Iterator<Item = &Value>> {
    let lines = requests.as_array().context("no list of requests")?;
    Ok(lines.iter().filter(|line| line["native_us"].is_number()))
}

/// For README: what is asked most.
fn chosen(requests: &Value) -> Result<String> {
    let mut table = "| | jwt_authn + rbac | claimgate |\n|---|---:|---:|\n".to_owned();
    for (name, kind, rules) in [
        ("1 rule, token known", "one token, warm", 1),
        ("100 rules", "one token, warm", 100),
        ("1,000 rules", "one token, warm", 1_000),
        ("10,000 rules", "one token, warm", 10_000),
        ("over HTTP/2, 1 rule", "one token, over HTTP/2", 1),
        ("10,000 subjects", "10,000 subjects at random", 1),
        ("first sight of an RS256 token", "first sight, RS256", 1),
        ("denied, wrong role", "denied: wrong role", 1),
        ("denied, no token", "denied: no token", 1),
    ] {
        let is_it = |line: &&Value| line["requests"] == kind && line["rules"] == rules;
        let line = own(requests)?.find(is_it).with_context(|| format!("no results for {name}"))?;
        let (native, claimgate) = (number(&line["native_us"])?, number(&line["median_us"])?);
        writeln!(table, "| {name} | {} | {} |", digits(native), digits(claimgate))?;
    }
    Ok(table)
}

/// For docs/performance.md: every line that has a rival.
fn all(requests: &Value) -> Result<String> {
    let mut table = "| requests | rules | jwt_authn + rbac, µs | claimgate, µs | ratio | target |\n|---|---:|---:|---:|---:|---:|\n".to_owned();
    for line in own(requests)? {
        let kind = line["requests"].as_str().context("a line without a kind")?;
        let rules = line["rules"].as_u64().context("a line without rules")?;
        let (native, claimgate) = (number(&line["native_us"])?, number(&line["median_us"])?);
        let ratio = share(claimgate / native);
        let target = target(kind, rules);
        let (native, claimgate) = (digits(native), digits(claimgate));
        let name = line["contestant"].as_str().context("a line without a name")?;
        let more = name.split_once(", ").map_or(String::new(), |(_, more)| format!(", {more}"));
        writeln!(
            table,
            "| {kind}{more} | {rules} | {native} | {claimgate} | {ratio} | {target} |"
        )?;
    }
    Ok(table)
}

/// The ratio that was aimed at.
fn target(kind: &str, rules: u64) -> &'static str {
    match (kind, rules) {
        ("one token, warm", 1) | ("first sight, RS256", _) => "0.85",
        ("one token, warm", 100) => "0.35",
        ("one token, warm", 1_000) => "0.05",
        ("one token, warm", 10_000) => "0.003",
        _ => "",
    }
}

/// Instructions, of everybody who is more than a rival.
fn counts(instructions: &Value) -> Result<String> {
    let mut table = "| requests | | jwt_authn + rbac | with it | of these in the module | ratio | target |\n|---|---|---:|---:|---:|---:|---:|\n".to_owned();
    for row in instructions.as_array().context("no list of rows")? {
        let text = |key: &str| row[key].as_str().context("a row without a name");
        let count = |key: &str| row[key].as_u64().context("a row without a count");
        let (kind, name) = (text("requests")?, text("contestant")?);
        let of_wasm = name.starts_with("claimgate") || name.starts_with("a wasm filter");
        if !of_wasm {
            continue;
        }
        let (added, module) = (count("added")?, count("module")?);
        let native = row["native"].as_u64();
        let (native, ratio, target) = match native {
            Some(native) => {
                let ratio = share(number(&row["added"])? / number(&row["native"])?);
                (native.to_string(), ratio, target(kind, count("rules")?))
            }
            None => Default::default(),
        };
        writeln!(
            table,
            "| {kind} | {name} | {native} | {added} | {module} | {ratio} | {target} |"
        )?;
    }
    Ok(table)
}

/// Throughput and latency.
fn times(latency: &Value) -> Result<String> {
    let mut table = format!(
        "| | | requests/s of a worker | p50, µs | p99, µs | p99.9, µs, at {} requests/s |\n|---|---|---:|---:|---:|---:|\n",
        digits(number(&latency["rate"])?)
    );
    for row in latency["rows"].as_array().context("no list of rows")? {
        let text = |key: &str| row[key].as_str().context("a row without a name");
        let value = |key: &str| number(&row[key]);
        writeln!(
            table,
            "| {} | {} | {:.0} | {:.0} | {:.0} | {:.0} |",
            text("protocol")?,
            text("contestant")?,
            value("per_second")?,
            value("p50_us")?,
            value("p99_us")?,
            value("p999_us")?
        )?;
    }
    Ok(table)
}

fn number(value: &Value) -> Result<f64> {
    value.as_f64().context("a result that is no number")
}

fn share(ratio: f64) -> String {
    if ratio < 0.1 { format!("{ratio:.3}") } else { format!("{ratio:.2}") }
}

/// Three digits are more than this is worth already.
fn digits(microseconds: f64) -> String {
    if microseconds < 100.0 { format!("{microseconds:.1}") } else { format!("{microseconds:.0}") }
}
