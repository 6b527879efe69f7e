//! How much is done for a request, in instructions of WebAssembly: of the module that ships, and the same on every
//! machine. `UPDATE_GOLDEN=1` writes the numbers anew.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use claimgate_tests::host::Host;
use claimgate_tests::repository;
use claimgate_tests::signer::Signer;
use serde_json::json;

use super::{ask, claims, start};
use crate::abi::is_trimmed;

/// What a request takes, once everything is in place: the last of these.
fn count<'a>(
    host: &mut Host,
    path: &str,
    tokens: impl IntoIterator<Item = Option<&'a str>>,
    expected: &str,
) -> Result<u64> {
    let mut last = 0;
    for token in tokens {
        host.take_instructions()?;
        assert_eq!(ask(host, path, token)?, expected, "{path}");
        last = host.take_instructions()?;
    }
    Ok(last)
}

#[test]
fn a_request_takes_no_more_instructions_than_were_reviewed() -> Result<()> {
    if !is_trimmed()? {
        return Ok(());
    }
    let signers = Signer::all()?;
    // The cheapest to check in software: what is left is the reading.
    let signer = signers.iter().find(|signer| signer.algorithm() == "HS256");
    let signer = signer.context("there is no HS256")?;
    let (viewer, guest) = (signer.token(&claims("viewer")), signer.token(&claims("guest")));
    let new = |number| {
        let mut claims = claims("viewer");
        claims["jti"] = json!(number);
        signer.token(&claims)
    };
    let new: Vec<String> = ["one", "two", "thr"].into_iter().map(new).collect();
    let mut found = String::new();
    for rules in [1, 10_000] {
        let mut host = start(&signers, rules, |_| {})?;
        let path = format!("/service{}/things{}/1", (rules / 2) % 50, rules / 2);
        for (name, path, token, expected) in [
            ("allowed, token known", path.as_str(), Some(viewer.as_str()), "continued"),
            ("denied, token known", &path, Some(&guest), "403"),
            ("denied, no token", &path, None, "401"),
            ("denied, no rule", "/nowhere", Some(&viewer), "403"),
            ("denied, path refused", "/a//b", Some(&viewer), "400"),
        ] {
            let count = count(&mut host, path, [token; 3], expected)?;
            writeln!(found, "{rules} rules, {name}: {count}")?;
        }
        let new = new.iter().map(|token| Some(token.as_str()));
        let count = count(&mut host, &path, new, "continued")?;
        writeln!(found, "{rules} rules, allowed, token new, of HS256: {count}")?;
    }
    let file = repository("tests/golden/instructions.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, &found)?;
    }
    let reviewed = fs::read_to_string(&file)?;
    for (found, reviewed) in found.lines().zip(reviewed.lines()) {
        let parse = |line: &str| -> Result<(String, u64)> {
            let (name, count) = line.rsplit_once(": ").context("a line without a count")?;
            Ok((name.to_owned(), count.parse()?))
        };
        let ((name, count), (reviewed_name, most)) = (parse(found)?, parse(reviewed)?);
        assert_eq!(name, reviewed_name);
        // Another binaryen may do a little better or worse.
        let is_about = (most * 8 / 10..=most * 11 / 10).contains(&count);
        assert!(is_about, "{name}: {count}, reviewed were {most}: see why, then UPDATE_GOLDEN=1");
    }
    assert_eq!(found.lines().count(), reviewed.lines().count());
    Ok(())
}
