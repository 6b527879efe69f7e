//! Policies in files.

use std::io::Read as _;

use anyhow::{Context as _, Result};
use gate::Gate;
use serde_json::Value;

/// A policy that claimgate takes.
pub(crate) struct Policy {
    /// What its configuration was compiled to.
    pub(crate) gate: Gate,
    /// The configuration as it is written.
    pub(crate) config: Value,
}

/// Reads the one policy of a file; `-` is the standard input.
pub(crate) fn load(file: &str) -> Result<Policy> {
    let config: Value = parse(&text(file)?).with_context(|| format!("{file} cannot be read"))?;
    let gate = Gate::from_configuration(config.to_string().as_bytes())
        .with_context(|| format!("{file} is refused"))?;
    Ok(Policy { gate, config })
}

/// The text of a file; `-` is the standard input.
pub(crate) fn text(file: &str) -> Result<String> {
    if file != "-" {
        return std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"));
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("cannot read the standard input")?;
    Ok(text)
}

/// Reads YAML 1.2 (`yes` and `on` are strings, a key that stands twice is an error), of which JSON is a part.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    let options = serde_saphyr::options! { strict_booleans: true };
    Ok(serde_saphyr::from_str_with_options(text, options)?)
}
