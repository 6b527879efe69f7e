//! `tests/cases/*.yaml` and `envoy/policy-examples/*.cases.yaml`: what a policy must decide, in the format that users
//! write for their own policies and that `claimgate test` reads.

use anyhow::{Result, ensure};
use claimgate_cli::suite::Suite;

use crate::repository;

/// Reads all of them: of `tests/cases`, and of the examples; each folder in the order of names.
pub fn suites() -> Result<Vec<Suite>> {
    let mut paths = Vec::new();
    for (folder, ending) in [("tests/cases", ".yaml"), ("envoy/policy-examples", ".cases.yaml")] {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(repository(folder))? {
            let path = entry?.path();
            if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
        ensure!(!found.is_empty(), "there are no cases in {folder}");
        found.sort();
        paths.append(&mut found);
    }
    paths.iter().map(|path| Suite::read(path)).collect()
}
