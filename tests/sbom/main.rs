//! The bill of materials of the module, as CycloneDX 1.6, for scanners: `sbom <module>` prints it. It has no date and no number
//! of its own, so that the same module has the same one.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use claimgate_tests::crates::{self, Crate, Id};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module] = arguments.as_slice() else {
        bail!("usage: sbom <module>");
    };
    let module = fs::read(module).with_context(|| format!("cannot read {module}"))?;
    println!("{:#}", bill(&module)?);
    Ok(())
}

fn bill(module: &[u8]) -> Result<Value> {
    let (inside, needed) = (crates::of_module()?, crates::of_build()?);
    let std = standard_library()?;
    let (own, others): (Vec<_>, Vec<_>) = needed.iter().partition(|(id, _)| id.name == "claimgate");
    let [(subject, known)] = own.as_slice() else {
        bail!("the module is {} packages", own.len());
    };
    let mut subject = component(subject, known);
    subject["type"] = json!("application");
    subject["hashes"] = hashes(&hex(&Sha256::digest(module)));
    // In the module, or only on the machine that builds it, where macros and build scripts run.
    let scoped = others.into_iter().map(|(id, known)| {
        let mut component = component(id, known);
        let scope = if inside.contains_key(id) { "required" } else { "excluded" };
        component["scope"] = json!(scope);
        component
    });
    let dependencies = needed.iter().map(|(id, known)| {
        let needs: Vec<String> = known.needs.iter().map(reference).collect();
        json!({ "ref": reference(id), "dependsOn": needs })
    });
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": subject },
        "components": scoped.chain([std]).collect::<Vec<_>>(),
        "dependencies": dependencies.collect::<Vec<_>>(),
    }))
}

/// A crate without a checksum is of this repository, and nowhere else to be had.
fn component(id: &Id, known: &Crate) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(id),
        "name": id.name,
        "version": id.version,
        "licenses": [{ "expression": known.licence }],
    });
    if let Some(checksum) = &known.checksum {
        component["hashes"] = hashes(checksum);
        component["purl"] = json!(reference(id));
    }
    component
}

/// Part of every module, and listed by no Cargo: as the compiler brings it, with what it is made of in turn.
fn standard_library() -> Result<Value> {
    let output = Command::new("rustc").arg("--version").output().context("cannot start rustc")?;
    ensure!(output.status.success(), "rustc does not say its version");
    let said = String::from_utf8(output.stdout)?;
    let version = said.split(' ').nth(1).with_context(|| format!("rustc says `{said}`"))?;
    Ok(json!({
        "type": "library",
        "bom-ref": format!("rust-std@{version}"),
        "name": "rust-std",
        "version": version,
        "scope": "required",
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
    }))
}

fn reference(id: &Id) -> String {
    // A package URL has no `+`.
    format!("pkg:cargo/{}@{}", id.name, id.version.replace('+', "%2B"))
}

fn hashes(sha256: &str) -> Value {
    json!([{ "alg": "SHA-256", "content": sha256 }])
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}
