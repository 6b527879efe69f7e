//! Comparing a claim: with values of the policy, with a part of the path, with a header.

use std::borrow::Cow;
use std::fmt;

use authn::ClaimPath;
use serde_json::{Number, Value};

use crate::requirement::View;
use crate::written::Written;

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
    /// A number of this value, which a double holds exactly: claims that come through jwt_authn are doubles.
    Number(Number),
    /// True or false.
    Bool(bool),
    /// The value of a path variable: the number of its name among the rule's
    /// [variables](crate::Rule::variables).
    Variable(usize),
    /// The value of a request header: the number of its name among the policy's headers.
    Header(usize),
}

/// Whether two things are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Same {
    Yes,
    No,
    /// They cannot be compared, or somebody may take one for the other. Neither a requirement nor its negation is met.
    Unknown,
}

impl Same {
    /// What there is of several comparisons of which one is enough.
    pub(crate) fn any(all: impl Iterator<Item = Self>) -> Self {
        let mut found = Self::No;
        for one in all {
            match one {
                Self::Yes => return Self::Yes,
                Self::Unknown => found = Self::Unknown,
                Self::No => {}
            }
        }
        found
    }
}

/// What a claim is compared with in one request.
enum Wanted<'a> {
    Text(&'a str),
    Number(&'a Number),
    Bool(bool),
    Written(Written<'a>),
    Nothing,
}

impl ClaimTest {
    /// Whether the claim has one of the values. A claim that is missing has none of them.
    pub(crate) fn compare(&self, view: &View<'_>) -> Same {
        let claim = view.facts.principal.and_then(|principal| principal.claims().at(&self.path));
        let Some(claim) = claim else { return Same::No };
        // Each once, however many elements the claim has.
        Same::any(self.expected.iter().map(|one| one.wanted(view).compare(claim)))
    }

    /// Whether it compares with what the client writes.
    pub(crate) fn reads_request(&self) -> bool {
        self.expected.iter().any(|one| matches!(one, Expected::Variable(_) | Expected::Header(_)))
    }
}

impl Expected {
    fn wanted<'a>(&'a self, view: &View<'a>) -> Wanted<'a> {
        match self {
            Self::Text(text) => Wanted::Text(text),
            Self::Number(number) => Wanted::Number(number),
            Self::Bool(boolean) => Wanted::Bool(*boolean),
            Self::Variable(_) | Self::Header(_) => match self.written(view) {
                Some(text) => Wanted::Written(Written::new(text)),
                None => Wanted::Nothing,
            },
        }
    }

    /// What the client wrote, where that is what counts.
    pub(crate) fn written<'a>(&self, view: &View<'a>) -> Option<Cow<'a, str>> {
        match self {
            Self::Variable(index) => view.captures.get(*index)?.value(view.facts.target),
            Self::Header(index) => {
                let value = view.facts.headers.get(*index).copied().flatten()?;
                str::from_utf8(value).ok().map(Cow::Borrowed)
            }
            Self::Text(_) | Self::Number(_) | Self::Bool(_) => None,
        }
    }
}

impl Wanted<'_> {
    fn compare(&self, claim: &Value) -> Same {
        match (self, claim) {
            // Nothing is nobody's.
            (_, Value::Null) => Same::No,
            (_, Value::Array(elements)) => Same::any(
                elements.iter().filter(|one| !one.is_array()).map(|one| self.compare(one)),
            ),
            (Self::Text(text), Value::String(claim)) => same(claim == text),
            (Self::Number(number), Value::Number(claim)) => same(equal(number, claim)),
            (Self::Bool(boolean), Value::Bool(claim)) => same(claim == boolean),
            (Self::Written(written), claim) => written.compare(claim),
            _ => Same::Unknown,
        }
    }
}

pub(crate) fn same(same: bool) -> Same {
    if same { Same::Yes } else { Same::No }
}

/// Whether two numbers have the same value. Integers are compared as such: doubles would take 2^53 + 1 for 2^53.
pub(crate) fn equal(one: &Number, two: &Number) -> bool {
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
