//! What is fuzzed: each target takes any bytes and panics where a property does not hold.
//!
//! The targets are plain functions, so that what fuzzing has found once is played again by `cargo test`, without a fuzzer.
//! Each says whether its input was taken for what it is meant to be: a corpus that is refused whole tests nothing.
//! References come from the crates' own tests, which say slowly and plainly what the filter does quickly.

pub mod claims;
pub mod config;
pub mod corpus;
pub mod credentials;
pub mod decide;
pub mod jwks;
pub mod meaning;
pub mod path;
pub mod structs;
pub mod token;

mod sentence;
mod verifier;
mod wire;

// The front door of authn's tests, and the keys that sign there.
#[expect(dead_code, reason = "authn's tests use the rest")]
#[path = "../../crates/authn/tests/vectors/door.rs"]
mod door;
#[path = "../../crates/authn/tests/vectors/signer.rs"]
mod signer;

/// The bytes of an input to whether they were taken.
pub type Check = fn(&[u8]) -> bool;

/// Every target by its name.
pub const TARGETS: [(&str, Check); 9] = [
    ("claims", claims::check),
    ("config", config::check),
    ("credentials", credentials::check),
    ("decide", decide::check),
    ("jwks", jwks::check),
    ("meaning", meaning::check),
    ("path", path::check),
    ("structs", structs::check),
    ("token", token::check),
];
