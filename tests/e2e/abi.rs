//! What the module asks of the host and offers to it: a new host call is a reviewed diff of `tests/abi.txt`.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};
use claimgate_tests::{repository, yaml};
use serde_json::Value;
use wasmparser::{Parser, Payload};

/// Names as `import env.proxy_log` and `export proxy_on_configure`.
fn interface() -> Result<BTreeSet<String>> {
    let module = fs::read(repository("target/claimgate.wasm"))
        .context("target/claimgate.wasm is missing: run `make wasm`")?;
    let mut names = BTreeSet::new();
    for payload in Parser::new(0).parse_all(&module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    names.insert(format!("import {}.{}", import.module, import.name));
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    names.insert(format!("export {}", export?.name));
                }
            }
            _ => {}
        }
    }
    Ok(names)
}

/// Whether the module was trimmed by binaryen, without which it works as well, and which CI has to have.
pub(crate) fn is_trimmed() -> Result<bool> {
    let is_trimmed = !interface()?.contains("export proxy_on_log");
    ensure!(
        is_trimmed || std::env::var_os("CI").is_none(),
        "the module was built without binaryen"
    );
    if !is_trimmed {
        eprintln!("##### built without binaryen: exports and instructions are NOT CHECKED #####");
    }
    Ok(is_trimmed)
}

#[test]
fn imports_and_exports_are_the_reviewed_ones() -> Result<()> {
    let is_trimmed = is_trimmed()?;
    let reviewed = fs::read_to_string(repository("tests/abi.txt"))?;
    let reviewed: BTreeSet<String> = reviewed.lines().map(str::to_owned).collect();
    let found = interface()?;
    let added = found.difference(&reviewed);
    let added: Vec<_> = added.filter(|name| is_trimmed || !name.starts_with("export ")).collect();
    let gone: Vec<_> = reviewed.difference(&found).collect();
    assert!(added.is_empty() && gone.is_empty(), "new: {added:#?}, gone: {gone:#?}");
    Ok(())
}

#[test]
fn every_shipped_capability_is_one_the_module_has() -> Result<()> {
    let interface = interface()?;
    for file in ["envoy/envoy.yaml", "envoy/standalone.yaml"] {
        let tree: Value = yaml::read(&repository(file))?;
        let allowed = find(&tree, "allowed_capabilities").and_then(Value::as_object);
        let allowed = allowed.with_context(|| format!("{file} restricts no capabilities"))?;
        for capability in allowed.keys() {
            let has = |name: &String| name.ends_with(&format!("{}{capability}", separator(name)));
            assert!(interface.iter().any(has), "{capability} is neither imported nor exported");
        }
    }
    Ok(())
}

fn separator(name: &str) -> &str {
    if name.starts_with("import ") { "." } else { " " }
}

/// The first member of this name, however deep.
fn find<'a>(tree: &'a Value, name: &str) -> Option<&'a Value> {
    match tree {
        Value::Object(members) => {
            members.get(name).or_else(|| members.values().find_map(|member| find(member, name)))
        }
        Value::Array(elements) => elements.iter().find_map(|element| find(element, name)),
        _ => None,
    }
}
