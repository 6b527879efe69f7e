//! What came of the rounds.

use std::fs;

use anyhow::{Context, Result};
use claimgate_tests::repository;
use serde_json::{Value, json};

use crate::contestant::Contestant;
use crate::requests::Row;
use crate::traffic::Traffic;

/// Microseconds that each request costs more than with no filter.
pub struct Table(Vec<Line>);

struct Line {
    contestant: Contestant,
    traffic: Traffic,
    median: f64,
    least: f64,
    most: f64,
    /// What does the same natively.
    rival: Option<f64>,
}

impl Table {
    /// Each round of a row is compared with the round of no filter in the same minute: what a machine does for a while,
    /// it does to both.
    pub fn of(rows: &[Row]) -> Result<Self> {
        let added = |contestant: Contestant, traffic: Traffic| {
            let find = |contestant| {
                rows.iter().find(|row| row.contestant == contestant && row.traffic == traffic)
            };
            let (row, nothing) = (find(contestant)?, find(Contestant::Nothing)?);
            let pairs = row.rounds.iter().zip(&nothing.rounds);
            let mut added: Vec<f64> = pairs.map(|(row, nothing)| row - nothing).collect();
            added.sort_by(f64::total_cmp);
            Some(added)
        };
        let mut lines = Vec::new();
        for row in rows.iter().filter(|row| row.contestant != Contestant::Nothing) {
            let (contestant, traffic) = (row.contestant, row.traffic);
            let own = added(contestant, traffic).context("there is nothing to compare with")?;
            let rival = contestant.rival(traffic).and_then(|rival| added(rival, traffic));
            let rival = rival.map(|rival| median(&rival));
            let (least, most) = (own[0], own[own.len() - 1]);
            lines.push(Line { contestant, traffic, median: median(&own), least, most, rival });
        }
        Ok(Self(lines))
    }

    /// Prints it, and leaves it for programs.
    pub fn tell(&self) -> Result<()> {
        println!("\n{}", self.text());
        let file = repository("target/bench/requests.json");
        fs::write(&file, serde_json::to_string_pretty(&self.json())? + "\n")?;
        println!("\nwritten to target/bench/requests.json");
        Ok(())
    }

    /// As Markdown.
    fn text(&self) -> String {
        let head = "| requests | contestant | added µs, median | least | most | times the native pair |\n|---|---|---:|---:|---:|---:|";
        let line = |line: &Line| {
            let Line { contestant, traffic, median, least, most, rival } = line;
            let ratio = rival.map_or(String::new(), |rival| format!("{:.3}", median / rival));
            let (name, traffic) = (contestant.name(), traffic.name());
            format!("| {traffic} | {name} | {median:.2} | {least:.2} | {most:.2} | {ratio} |")
        };
        std::iter::once(head.to_owned())
            .chain(self.0.iter().map(line))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// For programs.
    fn json(&self) -> Value {
        let line = |line: &Line| {
            json!({
                "requests": line.traffic.name(), "contestant": line.contestant.name(),
                "rules": line.contestant.rules(), "median_us": round(line.median), "least_us": round(line.least),
                "most_us": round(line.most), "native_us": line.rival.map(round),
            })
        };
        self.0.iter().map(line).collect()
    }
}

/// The middle one.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// More digits would say nothing.
fn round(microseconds: f64) -> f64 {
    (microseconds * 100.0).round() / 100.0
}
