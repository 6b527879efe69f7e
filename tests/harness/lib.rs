//! What the end-to-end tests and the demo share: a real Envoy around the built module, an upstream that echoes,
//! an issuer of tokens, and clients that send ordinary or deliberately odd bytes.
//!
//! Everything is real and blocking; nothing is mocked.

use std::path::{Path, PathBuf};
use std::process::Command;

pub mod bootstrap;
pub mod cases;
pub mod compose;
pub mod config;
pub mod crates;
pub mod ecds;
pub mod envoy;
pub mod host;
pub mod http;
pub mod idp;
pub mod leaks;
pub mod load;
pub mod markdown;
pub mod raw;
pub mod release;
pub mod signer;
pub mod token;
pub mod upstream;
pub mod yaml;

/// A path inside the repository.
#[must_use]
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// `make` for these arguments, as a user starts it: not as a part of the `make` that runs the tests.
#[must_use]
pub fn make(arguments: &[&str]) -> Command {
    let mut command = Command::new("make");
    command.arg("--silent").arg("--directory").arg(repository(".")).args(arguments);
    command.env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    command
}
