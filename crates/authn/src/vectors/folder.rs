//! Where published test vectors are: data that the project reads and does not copy.
//!
//! `CLAIMGATE_VECTORS` names the folder; otherwise it is `../shared/vectors`. Both are seen from the repository.
//! Without it the tests that need it are skipped, which they say; under `CI=true` they fail, so that nobody takes
//! a run without them for a whole one. `CLAIMGATE_VECTORS=none` goes without them knowingly.
//!
//! Compiled into the unit tests and into `tests/vectors`: the rule stands here only.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The JSON file of this name, or `None` where there is no folder of vectors.
pub(crate) fn read(name: &str) -> Option<Value> {
    let path = folder()?.join(name);
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let value = serde_json::from_slice(&text);
    Some(value.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn folder() -> Option<PathBuf> {
    let named = env::var_os("CLAIMGATE_VECTORS").filter(|name| !name.is_empty());
    if named.as_deref().is_some_and(|name| name == "none") {
        say("WAIVED", "CLAIMGATE_VECTORS=none");
        return None;
    }
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let folder = repository.join(named.as_deref().unwrap_or("../shared/vectors".as_ref()));
    if folder.is_dir() {
        return Some(folder);
    }
    let missing = format!("no test vectors at {} (CLAIMGATE_VECTORS names them)", folder.display());
    // Somebody who names a folder wants it read.
    let wanted = named.is_some() || env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(!wanted, "{missing}");
    say("SKIPPED", &missing);
    None
}

/// Straight to the terminal: the test harness keeps what `eprintln!` says of a test that passes.
fn say(word: &str, why: &str) {
    let thread = std::thread::current();
    let line = format!("{word} {}: {why}\n", thread.name().unwrap_or("a test"));
    let _ = std::io::stderr().write_all(line.as_bytes());
}
