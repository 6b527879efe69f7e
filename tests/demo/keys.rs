//! A key set and tokens as files, for an Envoy that somebody else starts.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use claimgate_tests::token::{Issuer, claims, now};
use serde_json::json;

/// Writes `jwks.json`, and a token of a day for each of `viewer` and `admin`.
pub fn write(folder: &Path) -> Result<()> {
    let issuer = Issuer::new()?;
    let cannot = || format!("cannot write into {}", folder.display());
    fs::create_dir_all(folder).with_context(cannot)?;
    fs::write(folder.join("jwks.json"), issuer.jwks().to_string()).with_context(cannot)?;
    for (subject, role) in [("vera", "viewer"), ("ada", "admin")] {
        let mut claims = claims(subject, &[role]);
        claims["exp"] = json!(now() + 24 * 3600);
        let file = folder.join(format!("{role}.jwt"));
        fs::write(file, issuer.token(&claims)).with_context(cannot)?;
    }
    Ok(())
}
