//! `claimgate test`: whether a policy decides as it must.

mod junit;
mod report;
mod text;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use gate::UnixTime;
use serde_json::json;

use crate::asker;
use crate::exit::Exit;
use crate::output::{self, Format};
use crate::suite::Suite;

use report::Report;

/// Tries the requests of suites on their policies, and says what is not decided as expected.
///
/// What no case lists must be denied: each request of a file is made by each of its principals, and without a token. The
/// policy's issuers are stood in for, so no keys and no tokens are needed.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The files with cases; `-` is the standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Tries only what has this text in its title.
    #[arg(long, value_name = "TEXT", conflicts_with = "require_coverage")]
    filter: Option<String>,
    /// A rule without a case that it allows, or without one that it denies, is a failure.
    #[arg(long)]
    require_coverage: bool,
    /// Writes what came of it to this file, as `JUnit` XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

impl Test {
    pub(crate) fn run(&self, format: Format) -> Result<Exit> {
        let now = asker::time(None)?;
        // All of them first: what cannot be read is known before anything is tried.
        let suites = self.files.iter().map(|file| Suite::read(file)).collect::<Result<Vec<_>>>()?;
        let reports =
            suites.iter().map(|suite| self.report(suite, now)).collect::<Result<Vec<_>>>()?;
        if let Some(file) = &self.junit {
            write(file, &junit::document(&reports)?)?;
        }
        let passed = reports.iter().all(Report::is_good);
        match format {
            Format::Text => {
                let texts: Vec<_> = reports.iter().map(text::of).collect();
                output::text(&texts.join("\n\n"))?;
            }
            Format::Json => output::json(&json!({ "passed": passed, "suites": reports }))?,
        }
        Ok(Exit::good_if(passed))
    }

    fn report(&self, suite: &Suite, now: UnixTime) -> Result<Report> {
        let report = Report::of(suite, now, self.filter.as_deref(), self.require_coverage);
        report.with_context(|| suite.path.display().to_string())
    }
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}
