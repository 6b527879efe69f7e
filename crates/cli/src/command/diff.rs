//! `claimgate diff`: what a change to a policy changes.

mod report;
mod settings;

use anyhow::Result;
use clap::Args;

use self::report::Report;
use crate::exit::Exit;
use crate::output::{self, Format};
use crate::policy;

/// Says whom a newer policy lets in that the older one keeps out, and the other way round.
///
/// Every kind of request that the two tables tell apart is looked at, and every combination of what their rules ask for:
/// nothing is sampled. Each kind is shown by one request, in which `OTHER` stands for a method and `host` for a host that the
/// tables do not name. Exit code 1: access got wider somewhere, or that cannot be told.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The file with the older policy; `-` is the standard input.
    old: String,
    /// The file with the newer policy.
    new: String,
}

impl Diff {
    pub(crate) fn run(&self, format: Format) -> Result<Exit> {
        let (old, new) = (policy::load(&self.old)?, policy::load(&self.new)?);
        let comparison = old.gate.compare(&new.gate);
        let report = Report::new(&comparison, settings::differing(&old.config, &new.config));
        match format {
            Format::Json => output::json(&report)?,
            Format::Text => output::text(&report.to_string())?,
        }
        Ok(Exit::good_if(!report.may_be_wider))
    }
}
