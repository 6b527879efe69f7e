//! The bill of materials, as `make sbom` writes it.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use claimgate_tests::{crates, repository};
use jsonschema::Registry;
use serde_json::Value;

use crate::module;

fn bill() -> Result<Value> {
    let module = repository("target/claimgate.wasm");
    let output = Command::new(env!("CARGO_BIN_EXE_sbom")).arg(module).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn components(bill: &Value) -> Result<&Vec<Value>> {
    bill["components"].as_array().context("no components")
}

/// `name-version` of each that is in the module.
fn inside(bill: &Value) -> Result<BTreeSet<String>> {
    let required = components(bill)?.iter().filter(|component| component["scope"] == "required");
    let text = |value: &Value| value.as_str().map(str::to_owned).context("no text");
    required.map(|one| Ok(format!("{}-{}", text(&one["name"])?, text(&one["version"])?))).collect()
}

/// The published schema with this name, from the Python library of CycloneDX, which `make supply` fetches.
fn schema(name: &str) -> Result<Value> {
    let path = repository("target/supply/cyclonedx/schema/_res").join(name);
    let text = fs::read(&path)
        .with_context(|| format!("{} is missing: run `make supply`", path.display()))?;
    Ok(serde_json::from_slice(&text)?)
}

#[test]
fn it_is_valid() -> Result<()> {
    let bill = bill()?;
    let mut registry = Registry::new();
    for name in ["spdx", "jsf-0.82"] {
        let file = format!("{name}.SNAPSHOT.schema.json");
        registry = registry.add(format!("http://cyclonedx.org/schema/{file}"), schema(&file)?)?;
    }
    let registry = registry.prepare()?;
    let schema = schema("bom-1.6.SNAPSHOT.schema.json")?;
    let validator = jsonschema::options().with_registry(&registry).build(&schema)?;
    let problems = validator.iter_errors(&bill);
    let problems: Vec<String> =
        problems.map(|problem| format!("{}: {problem}", problem.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    Ok(())
}

#[test]
fn every_crate_has_its_licence_and_its_checksum() -> Result<()> {
    let bill = bill()?;
    let mut unchecked = Vec::new();
    for component in components(&bill)? {
        let name = component["name"].as_str().context("no name")?;
        let licence = component["licenses"][0]["expression"].as_str();
        assert!(licence.is_some_and(|licence| !licence.is_empty()), "{name} has no licence");
        match component["hashes"][0]["content"].as_str() {
            Some(hash) => assert_eq!(hash.len(), 64, "{name}"),
            None => unchecked.push(name),
        }
    }
    unchecked.sort_unstable();
    assert_eq!(unchecked, ["claimgate-authn", "claimgate-authz", "claimgate-gate", "rust-std"]);
    Ok(())
}

#[test]
fn it_lists_the_crates_that_the_module_itself_names() -> Result<()> {
    let (listed, named) = (inside(&bill()?)?, module::crates()?);
    assert!(named.len() > 20, "the module names too few crates to tell: {named:?}");
    let missing: Vec<_> = named.difference(&listed).collect();
    assert!(missing.is_empty(), "in the module, but not listed: {missing:?}");
    Ok(())
}

#[test]
fn it_lists_what_cargo_resolves_and_nothing_else() -> Result<()> {
    let ids = |crates: std::collections::BTreeMap<crates::Id, _>| -> BTreeSet<String> {
        crates.into_keys().map(|id| format!("{}-{}", id.name, id.version)).collect()
    };
    let mut listed = inside(&bill()?)?;
    listed.retain(|one| !one.starts_with("rust-std-"));
    let mut resolved = ids(crates::of_module()?);
    resolved.retain(|one| !one.starts_with("claimgate-0"));
    assert_eq!(listed, resolved);
    Ok(())
}
