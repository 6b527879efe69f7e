//! What the module is made of, by crate: before binaryen, which takes the names away and some bytes with them.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;

use anyhow::{Context, Result};
use claimgate_tests::repository;
use rustc_demangle::demangle;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// Prints the bytes of each crate's code, the largest first, and of everything that is no code.
pub fn tell() -> Result<()> {
    let (built, shipped) = ("target/wasm32-wasip1/release/claimgate.wasm", "target/claimgate.wasm");
    let module =
        fs::read(repository(built)).with_context(|| format!("{built}: run `make wasm`"))?;
    let mut crates: Vec<(String, u64)> = crates(&module)?.into_iter().collect();
    crates.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    let (large, small) = crates.split_at(crates.partition_point(|(_, bytes)| *bytes >= LEAST));
    println!("| of | bytes |\n|---|---:|");
    for (name, bytes) in large {
        println!("| {name} | {bytes} |");
    }
    println!("| {} others | {} |", small.len(), small.iter().map(|(_, bytes)| bytes).sum::<u64>());
    println!("| all, before binaryen | {} |", crates.iter().map(|(_, bytes)| bytes).sum::<u64>());
    println!("| the module that ships | {} |", fs::metadata(repository(shipped))?.len());
    Ok(())
}

/// Bytes by crate.
fn crates(module: &[u8]) -> Result<BTreeMap<String, u64>> {
    let (mut imported, mut bodies, mut names) = (0, Vec::new(), BTreeMap::new());
    let mut crates: BTreeMap<String, u64> = BTreeMap::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(length(body.range())),
            Payload::DataSection(section) => {
                *crates.entry("data".to_owned()).or_default() += length(section.range());
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(all) = section.as_known() else { continue };
                for functions in all {
                    let Name::Function(functions) = functions? else { continue };
                    for name in functions {
                        let name = name?;
                        names.insert(usize::try_from(name.index)?, name.name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    for (index, bytes) in bodies.into_iter().enumerate() {
        let name = names.get(&(index + imported)).context("the module has no names")?;
        *crates.entry(owner(&format!("{:#}", demangle(name)))).or_default() += bytes;
    }
    Ok(crates)
}

fn length(range: Range<u64>) -> u64 {
    range.end.saturating_sub(range.start)
}

/// The crate of a function: of the type that it is of, or the trait where that is one of the standard library's.
fn owner(function: &str) -> String {
    let first = |path: &str| {
        let path = path.trim_start_matches(|other: char| !other.is_ascii_alphanumeric());
        let end = path.find(|other: char| !other.is_ascii_alphanumeric() && other != '_');
        path[..end.unwrap_or(path.len())].to_owned()
    };
    let of_type = first(function);
    let of_trait = function.starts_with('<').then(|| function.split_once(" as ")).flatten();
    match of_trait {
        Some((_, rest)) if STANDARD.contains(&&*of_type) || !function.contains("::") => first(rest),
        _ => of_type,
    }
}

/// Crates and types of the standard library, and how a type is called that may be any.
const STANDARD: [&str; 5] = ["core", "alloc", "std", "str", "T"];

/// Bytes of a crate that has a row of its own.
const LEAST: u64 = 6_000;
