//! `claimgate check`: what is wrong with policies, and what should be looked at.

use anyhow::Result;
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::Serialize;

use crate::check::{Checked, Finding, Severity, names};
use crate::exit::Exit;
use crate::output::{self, BOLD, Format, GREEN, RED};
use crate::plain::visible;
use crate::policy;
use crate::source::File;

/// Says whether claimgate takes policies, everything that is wrong with them, and what should be looked at.
///
/// A policy is found alone, as YAML or JSON, or inside of Envoy configuration (bootstrap, LDS, ECDS), of Istio's
/// `WasmPlugin`, `TrafficExtension` and `EnvoyFilter`, of Envoy Gateway's `EnvoyExtensionPolicy`, and of a `ConfigMap`
/// with any of these.
#[derive(Debug, Args)]
#[command(after_long_help = names::help())]
pub(crate) struct Check {
    /// The files with policies; `-` is the standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Takes warnings for errors.
    #[arg(long)]
    deny_warnings: bool,
    /// Leaves out the warnings of this name (`--help` lists them); may be given several times.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(names::warnings()), hide_possible_values = true)]
    allow: Vec<String>,
}

/// What `--format json` prints.
#[derive(Default, Serialize)]
struct Report<'c> {
    findings: Vec<Row<'c>>,
    policies: usize,
    /// Rules of the policies that are taken.
    rules: usize,
    errors: usize,
    warnings: usize,
}

/// One finding. Lines and columns are counted from one, columns in characters; the end is behind the last.
#[derive(Serialize)]
struct Row<'c> {
    file: &'c str,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    severity: Severity,
    name: Option<&'c str>,
    place: &'c str,
    message: &'c str,
}

impl Check {
    pub(crate) fn run(&self, format: Format) -> Result<Exit> {
        let allowed: Vec<&str> = self.allow.iter().map(String::as_str).collect();
        let mut failed = Vec::new();
        let mut all = Vec::new();
        for name in &self.files {
            let checked =
                policy::text(name).map_err(|error| format!("{error:#}")).and_then(|text| {
                    let file = File { name: name.clone(), text };
                    Checked::new(file, &allowed)
                });
            match checked {
                Ok(checked) => all.push(checked),
                Err(message) => failed.push((name.as_str(), message)),
            }
        }
        let report = Report::new(&all, &failed);
        match format {
            Format::Json => output::json(&report)?,
            Format::Text => {
                for checked in &all {
                    for finding in &checked.findings {
                        output::text(&format!("{}\n", checked.text(finding)))?;
                    }
                }
                for (name, message) in &failed {
                    output::text(&format!(
                        "{RED}error{RED:#}: {}\n",
                        visible(&format!("{name}: {message}"))
                    ))?;
                }
                output::text(&report.summary())?;
            }
        }
        if !failed.is_empty() {
            return Ok(Exit::Failed);
        }
        let denied = self.deny_warnings && report.warnings > 0;
        Ok(Exit::good_if(report.errors == 0 && !denied))
    }
}

impl<'c> Report<'c> {
    fn new(all: &'c [Checked], failed: &'c [(&str, String)]) -> Self {
        let mut report = Self::default();
        for checked in all {
            report.policies = report.policies.saturating_add(checked.policies);
            report.rules = report.rules.saturating_add(checked.rules);
            report.findings.extend(checked.findings.iter().map(|finding| row(checked, finding)));
        }
        report.findings.extend(failed.iter().map(|(file, message)| Row {
            file,
            line: None,
            column: None,
            end_line: None,
            end_column: None,
            severity: Severity::Error,
            name: None,
            place: "",
            message,
        }));
        let count =
            |severity| report.findings.iter().filter(|row| row.severity == severity).count();
        (report.errors, report.warnings) = (count(Severity::Error), count(Severity::Warning));
        report
    }

    /// One line.
    fn summary(&self) -> String {
        let mut what = counted(self.policies, "policy", "policies");
        if self.rules > 0 {
            what = format!("{what} with {}", counted(self.rules, "rule", "rules"));
        }
        if self.findings.is_empty() {
            return format!("{GREEN}{what}{GREEN:#}: nothing to object to");
        }
        let errors = counted(self.errors, "error", "errors");
        let warnings = counted(self.warnings, "warning", "warnings");
        format!("{BOLD}{what}{BOLD:#}: {errors}, {warnings}")
    }
}

fn row<'c>(checked: &'c Checked, finding: &'c Finding) -> Row<'c> {
    let (start, end) = checked.positions(finding);
    Row {
        file: &checked.file.name,
        line: Some(start.line),
        column: Some(start.column),
        end_line: Some(end.line),
        end_column: Some(end.column),
        severity: finding.severity,
        name: finding.name,
        place: &finding.place,
        message: &finding.message,
    }
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
