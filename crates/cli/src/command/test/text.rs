//! What came of a suite, in the form that `cargo test` has.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};

use super::report::{Report, Trial};
use crate::plain::visible;
use crate::suite::{Coverage, Lack};

/// The text for people.
pub(super) fn of(report: &Report) -> String {
    let mut text = String::new();
    // A string takes whatever is written.
    let _ = write(&mut text, report);
    text
}

fn write(text: &mut String, report: &Report) -> fmt::Result {
    let count = report.tests.len();
    writeln!(
        text,
        "{}: running {count} {}",
        visible(&report.file),
        if count == 1 { "test" } else { "tests" }
    )?;
    for trial in &report.tests {
        writeln!(text, "test {} ... {}", visible(&trial.title), verdict(!trial.is_failed(), "ok"))?;
    }
    if !report.is_good() {
        writeln!(text, "\nfailures:")?;
    }
    for trial in report.tests.iter().filter(|trial| trial.is_failed()) {
        explain(text, &report.file, trial)?;
    }
    if let Some(coverage) = &report.coverage {
        cover(text, coverage)?;
    }
    let Report { passed, failed, filtered_out, not_listed, .. } = report;
    write!(
        text,
        "\ntest result: {}. {passed} passed; {failed} failed; {filtered_out} filtered out; {not_listed} not listed, \
         and denied",
        verdict(report.is_good(), "ok"),
    )
}

/// A failure: where, what was expected and found, by which rule and why.
fn explain(text: &mut String, file: &str, trial: &Trial) -> fmt::Result {
    let place = match trial.line {
        Some(line) => format!("{file}:{line}"),
        None => file.to_owned(),
    };
    writeln!(text, "\n---- {} ({})", visible(&trial.title), visible(&place))?;
    for problem in trial.problems.iter().chain(&trial.explanation()) {
        writeln!(text, "{}", visible(problem))?;
    }
    Ok(())
}

fn cover(text: &mut String, coverage: &[Coverage]) -> fmt::Result {
    let width = coverage.iter().map(|rule| visible(&rule.rule).chars().count()).max();
    let width = width.unwrap_or_default().max("rule".len());
    writeln!(text, "\n{:width$}  allowed  denied", "rule")?;
    for Coverage { rule, allowed, denied, .. } in coverage {
        let rule = visible(rule);
        writeln!(text, "{rule:width$}  {allowed:>7}  {denied:>6}")?;
    }
    for (lack, what) in [(Lack::Allowed, "allow"), (Lack::Denied, "deny")] {
        let rules = coverage.iter().filter(|rule| rule.lacks.contains(&lack));
        let rules: Vec<_> = rules.map(|rule| visible(&rule.rule)).collect();
        if !rules.is_empty() {
            writeln!(text, "rules without a case that they {what}: {}", rules.join(", "))?;
        }
    }
    Ok(())
}

fn verdict(good: bool, word: &'static str) -> String {
    let (colour, word) = if good { (AnsiColor::Green, word) } else { (AnsiColor::Red, "FAILED") };
    let style: Style = colour.on_default();
    format!("{style}{word}{style:#}")
}
