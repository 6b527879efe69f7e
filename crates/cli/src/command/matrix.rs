//! `claimgate matrix`: who may do what.

use std::fs;
use std::io::IsTerminal as _;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

use crate::asker;
use crate::exit::Exit;
use crate::matrix::{Matrix, Narrowing, page};
use crate::output::{self, Format};
use crate::policy;

/// Shows who may do what: a row for each rule, a column for each role.
///
/// A role's column is for whoever has this role and no other. Where claims, scopes or the request have a say, too, the cell
/// says that it depends. The cells are what the filter decides: `claimgate matrix policy.yaml --html=who.html`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The file with the policy; `-` is the standard input.
    policy: String,
    #[command(flatten)]
    narrowing: Narrowing,
    /// Print a table of Markdown.
    #[arg(long, conflicts_with = "html")]
    markdown: bool,
    /// Write a page of HTML to this file; without one, or to `-`, print it. It needs nothing else, and each of its cells
    /// can be asked why. It has at most 20,000 cells.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
    html: Option<String>,
}

impl Show {
    pub(crate) fn run(&self, format: Format) -> Result<Exit> {
        let policy = policy::load(&self.policy)?;
        if let (Format::Json, true) = (format, self.markdown || self.html.is_some()) {
            bail!(
                "--format json is a form of its own; expected no --markdown and no --html with it"
            );
        }
        if let Some(file) = &self.html {
            let now = asker::time(None)?;
            let page = page::page(&self.policy, policy.config, &self.narrowing, now)?;
            match file.as_str() {
                "-" => output::text(&page)?,
                file => self.write(file, &page)?,
            }
            return Ok(Exit::Good);
        }
        let matrix = Matrix::of(&policy.gate, &self.narrowing)?;
        match format {
            Format::Json => output::json(&matrix.report(&self.policy))?,
            Format::Text if self.markdown => output::text(&matrix.markdown())?,
            Format::Text => output::text(&matrix.text(width()))?,
        }
        Ok(Exit::Good)
    }

    fn write(&self, file: &str, page: &str) -> Result<()> {
        let is_policy = fs::canonicalize(file).ok() == fs::canonicalize(&self.policy).ok();
        ensure!(
            !(is_policy && fs::exists(file)?),
            "{file} is the policy, expected another file for the page"
        );
        fs::write(file, page).with_context(|| format!("cannot write {file}"))
    }
}

/// How wide the terminal is, where there is one.
fn width() -> Option<usize> {
    let is_terminal = std::io::stdout().is_terminal();
    let size = terminal_size::terminal_size().filter(|_| is_terminal);
    size.map(|(width, _)| usize::from(width.0))
}
