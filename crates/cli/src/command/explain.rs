//! `claimgate explain`: why a request is let through, or is not.

mod report;
mod text;

use anyhow::Result;
use clap::Args;

use self::report::Report;
use crate::asker::{self, Asker, Prepared};
use crate::exit::Exit;
use crate::host::NoEnvoy;
use crate::output::{self, Format};
use crate::policy;
use crate::question::Question;

/// Says what becomes of one request: by which rule, why, and with which reply.
///
/// The answer is that of the filter's own code: `claimgate explain policy.yaml DELETE /user-data/123 --role viewer`. Exit code
/// 0: there is an answer, whichever it is.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The file with the policy; `-` is the standard input.
    policy: String,
    #[command(flatten)]
    question: Question,
    #[command(flatten)]
    asker: Asker,
    /// When: seconds since 1970, or `2026-01-31T12:00:00Z`; left out, now.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
}

impl Explain {
    pub(crate) fn run(&self, format: Format) -> Result<Exit> {
        let now = asker::time(self.now.as_deref())?;
        let headers = self.question.headers()?;
        let policy = policy::load(&self.policy)?;
        let Prepared { gate, headers, signature } = self.asker.prepare(policy, headers, now)?;
        let request =
            gate.request(headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        let explanation = gate.explain(&request, &NoEnvoy, now);
        let report = Report::new(&headers, &explanation, signature);
        match format {
            Format::Json => output::json(&report)?,
            Format::Text => output::text(&report.to_string())?,
        }
        Ok(Exit::Good)
    }
}
