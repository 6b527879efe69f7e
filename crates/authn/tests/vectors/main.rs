//! Tokens against the filter's front door: published examples, attacks on JWT libraries, and properties.
//!
//! Vectors whose payload is no claims are in `src/vectors.rs`, inside the crate.
//!
//! The modules say `cfg(test)` for the lints alone, which are milder on tests.

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod door;
#[cfg(test)]
#[path = "../../src/vectors/folder.rs"]
mod folder;
#[cfg(test)]
mod json_suite;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod rfc;
#[cfg(test)]
mod signer;
