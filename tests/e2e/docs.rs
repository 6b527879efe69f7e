//! The pages in `docs/` say what is true: their commands are run, their policies are taken, their tables are played.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use claimgate_tests::markdown::blocks;
use claimgate_tests::{make, repository};

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
    // image, fleet, fleet-policy: e2e/compose. bench…: below. The others run for long; `make test` has a short form of each.
    let targets = [
        "bench",
        "bench-latency",
        "bench-load",
        "bench-memory",
        "bench-micro",
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

/// What the measuring program says, built without optimization.
fn bench(arguments: &[&str]) -> Result<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "run",
            "--locked",
            "--quiet",
            "-p",
            "claimgate-bench",
            "--target-dir",
            "target",
            "--",
        ])
        .args(arguments)
        .current_dir(repository(""))
        .output()?;
    let (said, errors) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    ensure!(output.status.success(), "{said}{errors}");
    Ok(said)
}

/// As `make bench-load`, which takes minutes, but with the smallest policy alone.
#[test]
fn loading_is_measured() -> Result<()> {
    let said = bench(&["load", "10"])?;
    let row = said.lines().last().unwrap_or_default();
    assert!(row.starts_with("| 10 | 10 | ") && row.ends_with(" MB |"), "{said}");
    Ok(())
}

/// As `make bench`, which takes minutes, but one series of the module alone beside what it is compared with.
#[test]
fn requests_are_measured() -> Result<()> {
    ensure!(make(&["target/bench/idle.wasm", "target/bench/reader.wasm"]).status()?.success());
    let said = bench(&["builds", "1", "target/claimgate.wasm"])?;
    let rows: Vec<_> =
        said.lines().filter(|line| line.starts_with("| one token, warm |")).collect();
    assert_eq!(rows.len(), 4, "{said}");
    // The row of the module has a ratio to the native pair.
    let ratio = rows[3].trim_end_matches(" |").rsplit(' ').next().unwrap_or_default();
    assert!(rows[3].contains("target/claimgate.wasm") && ratio.parse::<f64>().is_ok(), "{said}");
    Ok(())
}

/// As `make bench-latency`, which takes minutes, for half a second each.
#[test]
fn latency_is_measured() -> Result<()> {
    if Command::new("h2load").arg("--version").output().is_err() {
        let ci = std::env::var_os("CI").is_some();
        ensure!(!ci, "h2load is missing: install the package nghttp2-client");
        eprintln!("SKIPPED: h2load is missing (package nghttp2-client)");
        return Ok(());
    }
    let said = bench(&["latency", "500", "1"])?;
    let rows = said.lines().filter(|line| line.starts_with("| HTTP/"));
    // Requests per second and three percentiles.
    let counts = rows.map(|row| {
        row.split(" | ").filter_map(|cell| cell.trim_end_matches(" |").parse::<f64>().ok()).count()
    });
    assert_eq!(counts.collect::<Vec<_>>(), [4; 10], "{said}");
    Ok(())
}

#[test]
fn the_tables_are_what_the_results_say() -> Result<()> {
    bench(&["pages", "--check"]).map(drop)
}

/// As `make soak`, which takes long, but a two-hundredth of its requests.
#[test]
fn a_long_run_is_watched() -> Result<()> {
    let said = bench(&["soak", "50000", "2000"])?;
    assert!(said.contains("All 29 counters say the same.\nMemory, median"), "{said}");
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
