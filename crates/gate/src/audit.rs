//! The audit line: one decision as one JSON object.
//!
//! It says who was decided on, by which rule and precisely why. It never has the token, the query (which
//! may hold one) or a claim other than the subject; text of the client's is cut to a bounded length,
//! and control characters are escaped as JSON has it.

use authn::text;
use serde::Serialize;

use crate::decision::{Decision, Denial};
use crate::request::Request;

#[derive(Serialize)]
struct Line<'a> {
    decision: &'static str,
    /// There where a denial was not enforced, and nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    shadow: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    method: String,
    host: String,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// The audit line of this decision.
pub(crate) fn line(request: &Request<'_>, decision: &Decision<'_>) -> String {
    let principal = decision.principal.as_deref();
    let denial = decision.outcome.as_ref().err();
    let line = Line {
        decision: if denial.is_some() { "deny" } else { "allow" },
        shadow: denial.filter(|_| !decision.enforced).map(|_| true),
        status: decision.status(),
        code: denial.map(Denial::code),
        rule: decision.rule.map(|rule| rule.name.as_str()),
        issuer: principal.map(authn::Principal::issuer),
        subject: principal.and_then(authn::Principal::subject).map(|text| cut(text.as_bytes())),
        method: cut(request.method),
        host: cut(request.authority),
        path: cut(request.path_alone()),
        reason: reason(decision),
    };
    serde_json::to_string(&line).unwrap_or_default()
}

/// Why; where a rule allows, it is reason enough.
fn reason(decision: &Decision<'_>) -> Option<String> {
    match (&decision.outcome, decision.rule) {
        (Err(denial), _) => Some(text::cut(&denial.to_string(), 2 * LONGEST).into_owned()),
        (Ok(()), Some(_)) => None,
        (Ok(()), None) => Some("CORS preflight".to_owned()),
    }
}

/// Text of the client's, the start of it; what is not UTF-8 is replaced.
fn cut(bytes: &[u8]) -> String {
    text::cut(&String::from_utf8_lossy(bytes), LONGEST).into_owned()
}

/// Bytes of one text of the client's.
const LONGEST: usize = 256;
