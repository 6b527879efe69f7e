//! docs/dependencies.md lists every direct dependency, at its version and licence, and none that is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result};
use claimgate_tests::crates::{cargo, of_module};
use claimgate_tests::markdown::{code, rows};
use claimgate_tests::repository;
use serde_json::Value;

const MODULE: &str = "| crate | version | licence | room | why | code | kept by |";
const PROGRAM: &str = "| crate of the program | why |";
const TESTS: &str = "| crate of tests and measurements | why |";

pub(crate) fn page() -> Result<String> {
    fs::read_to_string(repository("docs/dependencies.md"))
        .context("cannot read docs/dependencies.md")
}

/// The crates that the first cells name; two that belong together share a row.
fn listed(header: &str) -> Result<BTreeSet<String>> {
    let rows = rows(&page()?, header);
    Ok(rows.iter().flat_map(|row| code(&row[0])).map(str::to_owned).collect())
}

/// Names of what the packages of this repository ask for from elsewhere, by where it ends up.
fn asked_for() -> Result<[BTreeSet<String>; 3]> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version=1"])?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let [mut module, mut program, mut tests] = [(); 3].map(|()| BTreeSet::new());
    for package in metadata["packages"].as_array().context("no packages")? {
        for dependency in package["dependencies"].as_array().context("no dependencies")? {
            let name = dependency["name"].as_str().context("no name")?.to_owned();
            if !dependency["path"].is_null() {
                continue;
            }
            let is_normal = dependency["kind"].is_null();
            match package["name"].as_str().context("no name")? {
                "claimgate" | "claimgate-authn" | "claimgate-authz" | "claimgate-gate"
                    if is_normal =>
                {
                    // gate's feature `schema` is the program's.
                    let is_optional = dependency["optional"] == true;
                    if is_optional { &mut program } else { &mut module }.insert(name)
                }
                "claimgate-cli" if is_normal => program.insert(name),
                _ => tests.insert(name),
            };
        }
    }
    program.retain(|name| !module.contains(name));
    tests.retain(|name| !module.contains(name) && !program.contains(name));
    Ok([module, program, tests])
}

#[test]
fn no_row_is_missing_or_stale() -> Result<()> {
    let listed = [listed(MODULE)?, listed(PROGRAM)?, listed(TESTS)?];
    for (listed, asked_for) in listed.iter().zip(asked_for()?) {
        let missing: Vec<_> = asked_for.difference(listed).collect();
        let stale: Vec<_> = listed.difference(&asked_for).collect();
        assert!(missing.is_empty() && stale.is_empty(), "missing: {missing:?}, stale: {stale:?}");
    }
    Ok(())
}

#[test]
fn versions_and_licences_are_those_of_the_lock_file() -> Result<()> {
    let resolved: BTreeMap<_, _> = of_module()?
        .into_iter()
        .map(|(id, known)| ((id.name, id.version), known.licence))
        .collect();
    for row in rows(&page()?, MODULE) {
        for name in code(&row[0]) {
            let licence = resolved.get(&(name.to_owned(), row[1].clone()));
            assert_eq!(licence, Some(&row[2]), "{row:?}");
        }
    }
    Ok(())
}
