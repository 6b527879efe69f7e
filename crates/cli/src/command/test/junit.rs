//! What came of suites, as `JUnit` XML.

use anyhow::Result;
use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::report::{Report, Trial};
use crate::plain::visible;

/// One document for all of them. Some characters no XML may have, so none is in it that cannot be seen.
pub(super) fn document(reports: &[Report]) -> Result<String> {
    let mut document = Document::new("claimgate");
    document.add_test_suites(reports.iter().map(suite));
    Ok(document.to_string()?)
}

fn suite(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new(report.file.as_str());
    suite.add_test_cases(report.tests.iter().map(|trial| case(report, trial)));
    suite
}

fn case(report: &Report, trial: &Trial) -> TestCase {
    let mut case = TestCase::new(visible(&trial.title), status(trial));
    case.set_classname(report.file.as_str());
    if let Some(line) = trial.line {
        let place = [("file", report.file.clone()), ("line", line.to_string())];
        case.extra.extend(place.map(|(name, value)| (name.into(), value.into())));
    }
    case
}

fn status(trial: &Trial) -> TestCaseStatus {
    if !trial.is_failed() {
        return TestCaseStatus::success();
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(visible(&trial.problems.join("; ")));
    if let Some(explanation) = trial.explanation() {
        status.set_description(visible(&explanation));
    }
    status
}
