//! Extension configuration discovery through a file: the wasm filter's configuration changes while Envoy serves.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use serde_json::json;
use tempfile::TempDir;

use crate::config::Config;
use crate::release::{self, Release};

/// A watched file with the wasm filter's configuration.
#[derive(Debug)]
pub struct Ecds {
    folder: TempDir,
    version: AtomicU64,
}

impl Ecds {
    /// An empty folder; publish once before Envoy starts.
    pub fn new() -> Result<Self> {
        let folder = TempDir::new().context("cannot make a temporary folder")?;
        Ok(Self { folder, version: AtomicU64::new(0) })
    }

    /// The file that Envoy watches.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("ecds.json")
    }

    /// Makes this configuration's wasm filter the current one.
    pub fn publish(&self, config: &Config) -> Result<()> {
        let version = self.version.fetch_add(1, Ordering::SeqCst) + 1;
        let response = json!({ "version_info": version.to_string(), "resources": [{
            "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
            "name": "claimgate",
            "typed_config": config.wasm_filter()?["typed_config"],
        }] });
        let response = release::told(&response, Release::of_envoy()?);
        // Envoy looks at the file when something is moved onto it, so it never reads a half-written one.
        let next = self.folder.path().join("next.json");
        fs::write(&next, response.to_string()).context("cannot write the filter configuration")?;
        fs::rename(&next, self.path()).context("cannot move the filter configuration into place")
    }
}
