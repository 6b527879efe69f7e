//! The audit line: one decision as one JSON object.
//!
//! It says who was decided on, by which rule and precisely why. It never has the token, the query (which
//! may hold one) or a claim other than the subject; text of the client's is cut to a bounded length,
//! and what is not printable is escaped: it could rewrite the line on an operator's terminal.

use std::borrow::Cow;

use authn::text;
use serde::Serialize;

use crate::decision::{Decision, Denial};
use crate::escape::escaped;
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
    subject: Option<Cow<'a, str>>,
    method: Cow<'a, str>,
    host: Cow<'a, str>,
    path: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Cow<'a, str>>,
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
        subject: principal.and_then(authn::Principal::subject).map(|text| text::cut(text, LONGEST)),
        method: shortened(request.method),
        host: shortened(request.authority),
        path: shortened(request.path_alone()),
        reason: reason(decision),
    };
    printable(serde_json::to_string(&line).unwrap_or_default())
}

/// The parts of the line that access logs lack, each as text without quotes around it.
pub(crate) fn facts(decision: &Decision<'_>) -> Vec<(&'static str, String)> {
    let denial = decision.outcome.as_ref().err();
    let subject = decision.principal.as_deref().and_then(authn::Principal::subject);
    let facts = [
        ("claimgate.decision", Some(if denial.is_some() { "deny" } else { "allow" })),
        ("claimgate.shadow", denial.filter(|_| !decision.enforced).map(|_| "true")),
        ("claimgate.code", denial.map(Denial::code)),
        ("claimgate.rule", decision.rule.map(|rule| rule.name.as_str())),
        ("claimgate.subject", subject),
    ];
    facts.into_iter().filter_map(|(name, text)| Some((name, unquoted(text?)))).collect()
}

/// The start of a text, with what could end a string or a line escaped as in JSON.
fn unquoted(text: &str) -> String {
    let json = serde_json::to_string(&text::cut(text, LONGEST)).unwrap_or_default();
    let inner = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    printable(inner.unwrap_or_default().to_owned())
}

/// Why; where a rule allows, it is reason enough.
fn reason(decision: &Decision<'_>) -> Option<Cow<'static, str>> {
    match (&decision.outcome, decision.rule) {
        (Err(denial), _) => Some(cut(Cow::Owned(denial.to_string()), 2 * LONGEST)),
        (Ok(()), Some(_)) => None,
        (Ok(()), None) => Some("CORS preflight".into()),
    }
}

/// Text of the client's, the start of it; what is not UTF-8 is replaced.
fn shortened(bytes: &[u8]) -> Cow<'_, str> {
    cut(String::from_utf8_lossy(bytes), LONGEST)
}

/// The start of a text, which is copied only where something is missing.
fn cut(text: Cow<'_, str>, bytes: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => text::cut(text, bytes),
        Cow::Owned(text) if text.len() > bytes => Cow::Owned(text::cut(&text, bytes).into_owned()),
        Cow::Owned(text) => Cow::Owned(text),
    }
}

/// The JSON text with the characters escaped that JSON leaves as they are and terminals do not: DEL, C1, and those that
/// have no glyph, such as bidirectional marks. Outside its strings JSON has none of them.
fn printable(json: String) -> String {
    escaped(json, b'\x7f', |character| character.escape_debug().len() == 1)
}

/// Bytes of one text of the client's.
const LONGEST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_printable_is_escaped() {
        for (text, expected) in [
            ("a é 漢 … ✓ ~", r#""a é 漢 … ✓ ~""#),
            ("\"\\\n\u{1b}", r#""\"\\\n\u001b""#),
            ("\u{7f}\u{80}\u{9b}", r#""\u007f\u0080\u009b""#),
            ("\u{202e}\u{2066}\u{200f}\u{61c}", r#""\u202e\u2066\u200f\u061c""#),
            ("\u{200b}\u{2028}\u{feff}\u{ad}\u{a0}", r#""\u200b\u2028\ufeff\u00ad\u00a0""#),
            ("\u{e0041}", r#""\udb40\udc41""#),
        ] {
            let json = serde_json::to_string(text).unwrap();
            let found = printable(json);
            assert_eq!(found, expected);
            assert_eq!(serde_json::from_str::<String>(&found).unwrap(), text);
        }
    }
}
