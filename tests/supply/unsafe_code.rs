//! Where the compiler's promises about memory are suspended: a new place is a reviewed diff.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use claimgate_tests::crates::{cargo, of_module};
use claimgate_tests::markdown::{code, rows};
use claimgate_tests::repository;
use serde_json::Value;

use crate::table::page;

// In two parts, for this file is one of those that are searched.
const WORD: &str = concat!("un", "safe");

/// How often the keyword stands in this code, outside comments and sentences.
fn count(source: &str) -> usize {
    let is_code = |rest: &&str| {
        let mut begins = ["{", "(", "fn ", "impl", "extern", "trait "].iter();
        begins.any(|begin| rest.trim_start().starts_with(begin))
    };
    let lines = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.flat_map(|line| line.split(WORD).skip(1).filter(is_code)).count()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

#[test]
fn one_file_of_the_module_has_it_and_two_of_the_tests() -> Result<()> {
    let root = repository(".").canonicalize()?;
    let mut files = Vec::new();
    sources(&root, &mut files)?;
    let mut found = Vec::new();
    for file in files {
        let count = count(&fs::read_to_string(&file)?);
        if count > 0 {
            found.push((file.strip_prefix(&root)?.to_string_lossy().into_owned(), count));
        }
    }
    found.sort();
    let reviewed = [
        // A filter that does nothing, for measuring: it has no SDK that makes the host's calls.
        ("bench/floor.rs".to_owned(), 10),
        // An allocator that counts.
        ("crates/authn/tests/vectors/memory.rs".to_owned(), 5),
        // The calls of the host, and the memory that it hands over.
        ("src/host.rs".to_owned(), 18),
    ];
    assert_eq!(found, reviewed);
    Ok(())
}

#[test]
fn every_other_room_forbids_it() -> Result<()> {
    for room in ["authn", "authz", "cli", "gate"] {
        let root = fs::read_to_string(repository(&format!("crates/{room}/src/lib.rs")))?;
        assert!(root.contains(&format!("#![forbid({WORD}_code)]")), "{room}");
    }
    for tooling in ["tests", "bench"] {
        let manifest = fs::read_to_string(repository(&format!("{tooling}/Cargo.toml")))?;
        assert!(manifest.contains(&format!("{WORD}_code = \"forbid\"")), "{tooling}");
    }
    Ok(())
}

/// The crates of the module that have the keyword in their code, whether it is compiled for wasm or not.
fn dependencies() -> Result<(BTreeSet<String>, usize)> {
    let metadata = cargo(&["metadata", "--format-version=1", "--filter-platform=wasm32-wasip1"])?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let inside = of_module()?;
    let (mut found, mut looked_at) = (BTreeSet::new(), 0);
    for package in metadata["packages"].as_array().context("no packages")? {
        let text = |key: &str| package[key].as_str().with_context(|| format!("no {key}"));
        let (name, version) = (text("name")?, text("version")?);
        let known = inside.iter().find(|(id, _)| id.name == name && id.version == version);
        if known.is_none_or(|(_, known)| known.checksum.is_none()) {
            continue;
        }
        looked_at += 1;
        let folder = Path::new(text("manifest_path")?).with_file_name("src");
        let mut files = Vec::new();
        sources(&folder, &mut files)?;
        let mut places = 0;
        for file in files {
            places += count(&String::from_utf8_lossy(&fs::read(file)?));
        }
        if places > 0 {
            found.insert(name.to_owned());
        }
    }
    Ok((found, looked_at))
}

#[test]
fn the_dependencies_that_have_it_are_listed() -> Result<()> {
    let (found, looked_at) = dependencies()?;
    let page = page()?;
    let rows = rows(&page, "| for | crates of the module with `unsafe` |");
    let listed: BTreeSet<String> =
        rows.iter().flat_map(|row| code(&row[1])).map(str::to_owned).collect();
    assert_eq!(listed, found);
    assert!(page.contains(&format!("{looked_at} crates from crates.io")), "{looked_at}");
    Ok(())
}
