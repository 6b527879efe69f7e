//! `claimgate schema`: what it prints is what is in the repository, and the policies in it are valid.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

const SCHEMA: &str = "envoy/policy.schema.json";
const REFERENCE: &str = "docs/configuration.md";

fn repository(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file)
}

fn printed(arguments: &[&str]) -> Result<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_claimgate")).args(arguments).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    ensure!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// Compares what is printed with the file, or writes that anew for review.
fn is_as_reviewed(arguments: &[&str], file: &str) -> Result<()> {
    let printed = printed(arguments)?;
    let path = repository(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &printed)?;
    }
    ensure!(
        fs::read_to_string(&path).unwrap_or_default() == printed,
        "{file} is not what `claimgate {}` prints. If that is right, run this test with UPDATE_GOLDEN=1 and review the \
         difference.",
        arguments.join(" ")
    );
    Ok(())
}

#[test]
fn the_schema_is_as_reviewed() -> Result<()> {
    is_as_reviewed(&["schema"], SCHEMA)
}

#[test]
fn the_reference_is_as_reviewed() -> Result<()> {
    is_as_reviewed(&["schema", "--reference"], REFERENCE)
}

#[test]
fn every_link_of_the_reference_leads_somewhere() -> Result<()> {
    let reference = printed(&["schema", "--reference"])?;
    let headings = reference.lines().filter_map(|line| line.strip_prefix("## "));
    let anchors: Vec<String> = headings
        .map(|heading| heading.to_lowercase().replace(' ', "-"))
        .map(|heading| heading.replace(|c: char| !c.is_alphanumeric() && c != '-' && c != '_', ""))
        .collect();
    let unique: BTreeSet<&String> = anchors.iter().collect();
    assert_eq!(unique.len(), anchors.len(), "{anchors:?}");
    let links: Vec<&str> =
        reference.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)).collect();
    assert!(links.len() > 20, "{links:?}");
    for link in links {
        let found = match link.split_once('#') {
            Some(("", anchor)) => anchors.iter().any(|one| one == anchor),
            Some((file, _)) => repository("docs").join(file).is_file(),
            None => repository("docs").join(link).is_file(),
        };
        assert!(found, "{link}");
    }
    Ok(())
}

/// The YAML files of a folder that are no cases.
fn files(folder: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(repository(folder))? {
        let path = entry?.path();
        let name = path.to_string_lossy();
        if name.ends_with(".yaml") && !name.ends_with(".cases.yaml") {
            files.push(path);
        }
    }
    Ok(files)
}

/// The policies in a file: the whole of it, or the configurations of plugins in it.
fn policies(value: &Value) -> Vec<&Value> {
    if value.get("rules").is_some_and(|rules| rules[0].get("allow").is_some()) {
        return vec![value];
    }
    let members = value.as_object().into_iter().flat_map(serde_json::Map::values);
    members.chain(value.as_array().into_iter().flatten()).flat_map(policies).collect()
}

#[test]
fn every_policy_that_ships_is_valid_and_names_the_schema() -> Result<()> {
    let schema: Value = serde_json::from_str(&printed(&["schema"])?)?;
    let validator = jsonschema::draft202012::new(&schema)?;
    let (mut found, mut named) = (0, 0);
    for file in [files("envoy")?, files("envoy/fleet")?, files("envoy/policy-examples")?].concat() {
        let text = fs::read_to_string(&file)?;
        let documents: Vec<Value> = serde_saphyr::from_multiple(&text)?;
        for policy in documents.iter().flat_map(policies) {
            let errors: Vec<String> = validator
                .iter_errors(policy)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            ensure!(errors.is_empty(), "{}: {errors:?}", file.display());
            found += 1;
        }
        if documents.iter().any(|document| document.get("rules").is_some()) {
            let line = text.lines().next().unwrap_or_default();
            let schema = line
                .strip_prefix("# yaml-language-server: $schema=")
                .with_context(|| format!("{} does not name the schema", file.display()))?;
            let folder = file.parent().context("a file is in a folder")?;
            let schema = folder.join(schema).canonicalize()?;
            assert_eq!(schema, repository(SCHEMA).canonicalize()?, "{}", file.display());
            named += 1;
        }
    }
    // policy.yaml and the examples; and those inside what configures Envoy, Istio and Envoy Gateway.
    ensure!(named >= 6 && found >= named + 5, "{found} policies, of which {named} name it");
    Ok(())
}
