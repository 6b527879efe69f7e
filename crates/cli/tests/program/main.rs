//! The program as its users run it: what it prints, and its exit code.

// Known for tests, to which the lints are milder.
#![cfg(test)]

mod browser;
mod check;
mod diff;
mod explain;
mod matrix;
mod page;
mod suites;
mod token;

use std::path::Path;
use std::process::{Command, Stdio};

/// What came of a run.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

/// Runs the program in the repository's folder.
fn claimgate(args: &[&str]) -> Ran {
    claimgate_with_input(args, "")
}

/// Runs the program with something to read.
fn claimgate_with_input(args: &[&str], input: &str) -> Ran {
    claimgate_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), args, input)
}

/// Runs the program in a folder.
#[cfg(test)]
fn claimgate_in(folder: &Path, args: &[&str], input: &str) -> Ran {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_claimgate"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn what_makes_no_sense_is_told_with_exit_code_2() {
    for (args, said) in [
        (&["chek"][..], "similar subcommand"),
        (&["explain", "envoy/policy.yaml"], "required arguments"),
        (&["explain", "no-such-file.yaml", "GET", "/"], "cannot read no-such-file.yaml"),
        (&["explain", "envoy/policy.yaml", "GET", "/", "--now", "noon"], "\"noon\" is no time"),
        (&["explain", "envoy/policy.yaml", "GET", "/", "-H", "x"], "a header is `name: value`"),
        (
            &["explain", "envoy/policy.yaml", "GET", "/", "-H", "Host: a"],
            "a host is not written as",
        ),
        (
            &["explain", "envoy/policy.yaml", "GET", "/", "--claims", r#"{"sub": "vera""#],
            "error: --claims:1:",
        ),
        (
            &["explain", "envoy/policy.yaml", "GET", "/", "--role", "a", "--claims", "{}"],
            "cannot be used with",
        ),
    ] {
        let Ran { code, out, err } = claimgate(args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        assert!(err.contains(said), "{args:?}: {err}");
    }
}
