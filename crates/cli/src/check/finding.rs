//! One thing that was found.

use serde::Serialize;

use crate::source::{Place, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// claimgate refuses the policy, or what is around it opens what the policy closes.
    Error,
    /// It should be looked at.
    Warning,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) severity: Severity,
    /// One of [`names`](super::names); none where claimgate refuses the policy.
    pub(crate) name: Option<&'static str>,
    /// The place in the policy, as `rules[3].path`; beside a policy, the place in the file.
    pub(crate) place: String,
    pub(crate) message: String,
    /// Where it stands in the file.
    pub(crate) span: Span,
}

impl Finding {
    /// An error.
    pub(crate) fn error(place: String, message: String, span: Span) -> Self {
        Self { severity: Severity::Error, name: None, place, message, span }
    }

    /// A warning about something in a policy.
    pub(crate) fn warning(
        name: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
        at: Place<'_>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            name: Some(name),
            place: place.into(),
            message: message.into(),
            span: at.span(None),
        }
    }

    /// With its place, where it has one.
    pub(crate) fn title(&self) -> String {
        let place = if self.place.is_empty() { "" } else { &format!("{}: ", self.place) };
        format!("{place}{}", self.message)
    }
}
