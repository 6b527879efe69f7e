//! Comparing a claim: with values of the policy, with a part of the path, with a header.

use std::fmt;

use authn::ClaimPath;
use serde_json::{Number, Value};

use crate::requirement::{Capture, View};
use crate::target::Target;

/// A claim that must have one of some values. A claim that is an array passes when one element does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimTest {
    /// The claim, as the policy says it.
    pub name: String,
    /// Where it sits.
    pub path: ClaimPath,
    /// What it may be.
    pub expected: Vec<Expected>,
}

/// What a claim is compared with, by type: `"5"` is not `5`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// This string, byte for byte.
    Text(String),
    /// A number of this value.
    Number(Number),
    /// True or false.
    Bool(bool),
    /// The value of a path variable: the number of its name among the rule's
    /// [variables](crate::Rule::variables).
    Variable(usize),
    /// The value of a request header: the number of its name among the policy's headers.
    Header(usize),
}

impl ClaimTest {
    pub(crate) fn passes(&self, view: &View<'_>) -> bool {
        let claim = view.facts.principal.and_then(|principal| principal.claims().at(&self.path));
        let one_of = |value: &Value| self.expected.iter().any(|one| one.is(value, view));
        match claim {
            None => false,
            Some(Value::Array(elements)) => elements.iter().any(one_of),
            Some(value) => one_of(value),
        }
    }
}

impl Expected {
    fn is(&self, claim: &Value, view: &View<'_>) -> bool {
        match (self, claim) {
            (Self::Text(text), Value::String(claim)) => claim == text,
            (Self::Number(number), Value::Number(claim)) => equal(number, claim),
            (Self::Bool(boolean), Value::Bool(claim)) => claim == boolean,
            (Self::Variable(index), claim) => match view.captures.get(*index) {
                Some(capture) => is_captured(claim, *capture, view.facts.target),
                None => false,
            },
            (Self::Header(index), claim) => match view.facts.headers.get(*index) {
                Some(Some(value)) => is_written(claim, value),
                _ => false,
            },
            _ => false,
        }
    }
}

/// Whether the claim is what the variable has taken from the path, percent-decoded.
fn is_captured(claim: &Value, capture: Capture, target: &Target<'_>) -> bool {
    match capture {
        Capture::Segment(index) => {
            let segment = target.path.iter().nth(index);
            segment.is_some_and(|segment| is_written(claim, segment.as_bytes()))
        }
        Capture::Rest(index) => {
            let segments: Vec<&str> = target.path.iter().skip(index).collect();
            // Joined, a slash inside a segment would pass for one between two.
            !segments.iter().any(|segment| segment.contains('/'))
                && is_written(claim, segments.join("/").as_bytes())
        }
    }
}

/// Whether the claim is this string, or the integer that is written exactly like this: `42`, not `042` or `42.0`.
fn is_written(claim: &Value, text: &[u8]) -> bool {
    match claim {
        Value::String(claim) => claim.as_bytes() == text,
        Value::Number(claim) if !claim.is_f64() => claim.to_string().as_bytes() == text,
        _ => false,
    }
}

/// Whether two numbers have the same value. Integers are compared as such: doubles would take 2^53 + 1 for 2^53.
fn equal(one: &Number, two: &Number) -> bool {
    if one.is_f64() || two.is_f64() {
        return one.is_f64() == two.is_f64() && one.as_f64() == two.as_f64();
    }
    (one.as_i64(), one.as_u64()) == (two.as_i64(), two.as_u64())
}

impl fmt::Display for ClaimTest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is missing, or another than the rule asks for", self.name)
    }
}
