//! Where the published custom resource definitions are: data that the project reads and does not copy.
//!
//! `CLAIMGATE_CRDS` names the folder; otherwise it is `../shared/crds`. Both are seen from the repository. As with
//! the test vectors, tests that need it say that they are skipped where it is missing, and fail under `CI=true`;
//! `CLAIMGATE_CRDS=none` goes without knowingly.

use std::env;
use std::io::Write as _;

use anyhow::{Context, Result, ensure};
use claimgate_tests::{repository, yaml};
use serde_json::Value;

/// All definitions of the folder.
pub(crate) struct Crds(Vec<Value>);

impl Crds {
    /// Reads the folder, or gives `None` where there is none.
    pub(crate) fn find() -> Result<Option<Self>> {
        let named = env::var_os("CLAIMGATE_CRDS").filter(|name| !name.is_empty());
        if named.as_deref().is_some_and(|name| name == "none") {
            say("WAIVED", "CLAIMGATE_CRDS=none")?;
            return Ok(None);
        }
        let folder = repository(".").join(named.as_deref().unwrap_or("../shared/crds".as_ref()));
        if !folder.is_dir() {
            let missing = format!("no CRDs at {} (CLAIMGATE_CRDS names them)", folder.display());
            // Somebody who names a folder wants it read.
            let wanted = named.is_some() || env::var_os("CI").is_some_and(|ci| ci == "true");
            ensure!(!wanted, missing);
            say("SKIPPED", &missing)?;
            return Ok(None);
        }
        let mut definitions = Vec::new();
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                definitions.extend(yaml::read_all(&path)?);
            }
        }
        ensure!(!definitions.is_empty(), "there are no CRDs in {}", folder.display());
        Ok(Some(Self(definitions)))
    }

    /// The schema for a document, by its group, kind and version.
    pub(crate) fn schema(&self, document: &Value) -> Option<&Value> {
        let (group, version) = document["apiVersion"].as_str()?.split_once('/')?;
        let spec = self
            .0
            .iter()
            .map(|definition| &definition["spec"])
            .find(|spec| spec["group"] == group && spec["names"]["kind"] == document["kind"])?;
        let versions = spec["versions"].as_array()?;
        let served = versions.iter().find(|one| one["name"] == version && one["served"] == true)?;
        served.pointer("/schema/openAPIV3Schema")
    }
}

/// Straight to the terminal: what a passing test prints is not shown.
fn say(word: &str, why: &str) -> Result<()> {
    let thread = std::thread::current();
    let line = format!("{word} {}: {why}\n", thread.name().unwrap_or("a test"));
    std::io::stderr().write_all(line.as_bytes()).context("cannot write to the terminal")
}
