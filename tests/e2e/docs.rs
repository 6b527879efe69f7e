//! The pages in `docs/` say what is true: their commands are run, their policies are taken, their tables are played.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use claimgate_tests::markdown::blocks;
use claimgate_tests::repository;

mod measured;
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
    // image, fleet, fleet-policy: e2e/compose. bench…: measured.rs. The others run for long; `make test` has a short form of each.
    let targets = [
        "bench",
        "bench-instructions",
        "bench-latency",
        "bench-load",
        "bench-memory",
        "bench-micro",
        "bench-reload",
        "bench-size",
        "bypass",
        "deny",
        "differential-native",
        "fleet",
        "fleet-policy",
        "fuzz",
        "image",
        "reload",
        "reproducible",
        "sbom",
        "soak",
        "test-matrix",
    ];
    assert_eq!(commands, BTreeSet::from(targets.map(|target| format!("make {target}"))));
    let makefile = fs::read_to_string(repository("Makefile"))?;
    for target in targets {
        assert!(makefile.contains(&format!("\n{target}: ")), "{target}");
    }
    Ok(())
}

/// README and all pages, each by its path from the repository.
fn pages() -> Result<Vec<String>> {
    let mut pages = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for folder in ["docs", "docs/adr", "envoy/policy-examples"] {
        for entry in fs::read_dir(repository(folder))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(format!("{folder}/{name}"));
            }
        }
    }
    Ok(pages)
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_leads_somewhere() -> Result<()> {
    let mut astray = Vec::new();
    for page in pages()? {
        let text = fs::read_to_string(repository(&page))?;
        let folder = Path::new(&page).parent().unwrap_or(Path::new(""));
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        for (link, _) in links.filter(|(link, _)| !link.contains("://")) {
            let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { Path::new(&page).into() } else { folder.join(file) };
            let target = repository("").join(target);
            let is_there = target.exists();
            let has = |text: &str| {
                let headings =
                    text.lines().filter_map(|line| line.trim_start_matches('#').strip_prefix(' '));
                headings.map(anchor).any(|own| own == fragment)
            };
            let leads = is_there && (fragment.is_empty() || has(&fs::read_to_string(&target)?));
            if !leads {
                astray.push(format!("{page}: {link}"));
            }
        }
    }
    assert!(astray.is_empty(), "these links lead nowhere: {astray:#?}");
    Ok(())
}
