//! The pages in `docs/` say what is true: their commands are run, their policies are taken, their tables are played.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};
use claimgate_tests::markdown::blocks;
use claimgate_tests::repository;

mod migrating;
mod operations;

fn page(name: &str) -> Result<String> {
    let path = repository("docs").join(name);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

#[test]
fn every_command_is_run_by_a_test() -> Result<()> {
    let mut commands = BTreeSet::new();
    for entry in fs::read_dir(repository("docs"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let shell = blocks(&fs::read_to_string(&path)?).into_iter();
            for block in shell.filter(|block| block.info == "sh") {
                commands.extend(block.text.lines().map(str::to_owned));
            }
        }
    }
    // image: e2e/compose/image.rs. fleet, fleet-policy: e2e/compose/fleet.rs. bench-load takes minutes, and is run by
    // whoever changes the figures.
    let targets = ["bench-load", "fleet", "fleet-policy", "image"];
    assert_eq!(commands, BTreeSet::from(targets.map(|target| format!("make {target}"))));
    let makefile = fs::read_to_string(repository("Makefile"))?;
    for target in targets {
        assert!(makefile.contains(&format!("\n{target}: ")), "{target}");
    }
    Ok(())
}
