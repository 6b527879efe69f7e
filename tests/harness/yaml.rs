//! YAML files, read as YAML 1.2: `yes` and `on` are strings, a key that stands twice is an error.

use std::path::Path;

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;

/// Reads one YAML file.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    parse(&text(path)?).with_context(|| format!("{} is not as expected", path.display()))
}

/// Reads all documents of one YAML file.
pub fn read_all<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_multiple_with_options(&text(path)?, options)
        .with_context(|| format!("{} is not as expected", path.display()))
}

/// Reads YAML text.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    let options = serde_saphyr::options! { strict_booleans: true };
    Ok(serde_saphyr::from_str_with_options(text, options)?)
}

fn text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
