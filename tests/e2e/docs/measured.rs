//! What is measured is measured: each command of `bench`, shorter than `make` runs it. No time is asserted, but
//! instructions are: they do not depend on how busy a machine is.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use claimgate_tests::{make, repository};

use crate::abi::is_trimmed;

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

/// As `make bench-reload`, which takes minutes, for two seconds each.
#[test]
fn reloading_is_measured() -> Result<()> {
    let said = bench(&["reload", "2", "10"])?;
    let rows: Vec<_> = said.lines().filter(|line| line.starts_with("| 10 | ")).collect();
    assert!(rows.len() == 2 && rows[1].starts_with("| 10 | 2 | "), "{said}");
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
    if !has("h2load", "nghttp2-client")? {
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

/// As `make bench-instructions`, the rows of one token for which there are targets.
#[test]
fn a_known_token_takes_fewer_instructions_than_in_native_filters() -> Result<()> {
    if !has("callgrind_control", "valgrind")? || !is_trimmed()? {
        return Ok(());
    }
    ensure!(make(&["target/bench/reader.wasm"]).status()?.success());
    // What is done once a second weighs the more the busier the machine is: only what is too much each time is too much.
    let mut wrong = None;
    for _ in 0..3 {
        wrong = too_many_instructions(&bench(&["instructions", "--core"])?)?;
        if wrong.is_none() {
            break;
        }
    }
    assert_eq!(wrong, None);
    Ok(())
}

/// What is not as it should be in this table, with the table.
fn too_many_instructions(said: &str) -> Result<Option<String>> {
    let added = |name: &str| -> Result<f64> {
        let row = said.lines().find(|line| line.contains(name));
        let row = row.with_context(|| format!("no row of {name}:\n{said}"))?;
        Ok(row.split('|').nth(4).context("no count")?.trim().parse()?)
    };
    let (native, own) =
        (added("| jwt_authn, cached, and rbac with 1 |")?, added("| claimgate with 1 |")?);
    let floor = added("| a wasm filter that reads the headers |")?;
    let (many, wrong) =
        (added("| claimgate with 10000 |")?, |what| Some(format!("{what}:\n{said}")));
    Ok(match () {
        () if own > 0.85 * native => wrong("more than 0.85 of the native pair"),
        () if own <= floor || floor <= 10_000.0 => wrong("less than any filter can"),
        () if many > 1.15 * own => wrong("the cost grows with the rules"),
        () => None,
    })
}

#[test]
fn a_table_with_too_many_instructions_is_found() -> Result<()> {
    let table = |own: u32, many: u32| {
        [
            "| x | a wasm filter that reads the headers | 1 | 22000 |".to_owned(),
            "| x | jwt_authn, cached, and rbac with 1 | 1 | 47000 |".to_owned(),
            format!("| x | claimgate with 1 | 1 | {own} |"),
            format!("| x | claimgate with 10000 | 1 | {many} |"),
        ]
        .join("\n")
    };
    for (own, many, is_fine) in [
        (31_000, 32_000, true),
        (41_000, 42_000, false),
        (31_000, 36_000, false),
        (9_000, 9_000, false),
    ] {
        assert_eq!(too_many_instructions(&table(own, many))?.is_none(), is_fine, "{own} {many}");
    }
    Ok(())
}

/// As `make bench-size`.
#[test]
fn the_module_is_measured_by_crate() -> Result<()> {
    let said = bench(&["size"])?;
    let bytes = |name: &str| -> Result<u64> {
        let row = said.lines().find_map(|line| line.strip_prefix(&format!("| {name} | ")));
        let row = row.with_context(|| format!("no row of {name}:\n{said}"))?;
        Ok(row.trim_end_matches(" |").parse()?)
    };
    let (own, all) =
        (bytes("gate")? + bytes("authn")? + bytes("authz")?, bytes("all, before binaryen")?);
    assert!(own > all / 10 && all > bytes("the module that ships")? / 2, "{said}");
    Ok(())
}

/// Whether a program is there; in CI it has to be.
fn has(program: &str, package: &str) -> Result<bool> {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    ensure!(
        is_there || std::env::var_os("CI").is_none(),
        "{program} is missing: install the package {package}"
    );
    if !is_there {
        eprintln!("SKIPPED: {program} is missing (package {package})");
    }
    Ok(is_there)
}
