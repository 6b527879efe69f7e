//! What the module is made of, as Cargo resolves it for this one package: `cargo tree` knows its features, and `Cargo.lock`
//! the checksums.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::repository;

/// A crate at its version: of one name there may be two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id {
    /// Its name, as in a manifest.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What is known of a crate.
#[derive(Clone, Debug, Default)]
pub struct Crate {
    /// An SPDX expression.
    pub licence: String,
    /// SHA-256 of what crates.io serves; none of the crates of this repository.
    pub checksum: Option<String>,
    /// What it is built with, in turn.
    pub needs: BTreeSet<Id>,
}

/// What is in the module: its code may run inside Envoy.
pub fn of_module() -> Result<BTreeMap<Id, Crate>> {
    tree("normal,no-proc-macro")
}

/// What it takes to build it: also macros and build scripts, which run on the machine that builds.
pub fn of_build() -> Result<BTreeMap<Id, Crate>> {
    tree("normal,build")
}

fn tree(edges: &str) -> Result<BTreeMap<Id, Crate>> {
    let checksums = checksums()?;
    let mut crates: BTreeMap<Id, Crate> = BTreeMap::new();
    // The way from the module down to the line that is read.
    let mut way: Vec<Id> = Vec::new();
    let tree = cargo(&[
        "tree",
        "--package=claimgate",
        "--target=wasm32-wasip1",
        "--edges",
        edges,
        "--prefix=depth",
        "--format=\t{p}\t{l}\t",
    ])?;
    for line in tree.lines() {
        let [depth, package, licence, _] = line.split('\t').collect::<Vec<_>>()[..] else {
            bail!("cargo tree says `{line}`");
        };
        let id = id(package).with_context(|| format!("cargo tree says `{line}`"))?;
        way.truncate(depth.parse()?);
        if let Some(above) = way.last() {
            crates.entry(above.clone()).or_default().needs.insert(id.clone());
        }
        way.push(id.clone());
        let known = crates.entry(id.clone()).or_default();
        // Cargo's old notation, which SPDX does not have.
        known.licence = licence.replace('/', " OR ");
        known.checksum = checksums.get(&id).cloned();
    }
    ensure!(crates.len() > 1, "cargo tree says nothing");
    Ok(crates)
}

/// Of `name v1.2.3 (and what else there is to say)`.
fn id(package: &str) -> Option<Id> {
    let mut words = package.split(' ');
    let name = words.next()?.to_owned();
    let version = words.next()?.strip_prefix('v')?.to_owned();
    Some(Id { name, version })
}

/// Cargo writes its lock file itself, a field a line.
fn checksums() -> Result<BTreeMap<Id, String>> {
    let lock = fs::read_to_string(repository("Cargo.lock")).context("cannot read Cargo.lock")?;
    let packages = lock.split("[[package]]").skip(1);
    let field = |package: &str, name: &str| {
        let mut lines = package.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
        value.map(|value| value.trim_matches('"').to_owned())
    };
    let known = packages.filter_map(|package| {
        let id = Id { name: field(package, "name")?, version: field(package, "version")? };
        Some((id, field(package, "checksum")?))
    });
    Ok(known.collect())
}

/// What Cargo says of this repository, from the lock file as it is.
pub fn cargo(arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).arg("--locked").current_dir(repository("."));
    let output = command.output().context("cannot start cargo")?;
    ensure!(
        output.status.success(),
        "cargo {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
