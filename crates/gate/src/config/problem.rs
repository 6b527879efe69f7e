//! What is wrong with a configuration, all of it, each with its place.

use std::fmt;
use std::fmt::Write as _;
use std::ops::ControlFlow;

use authn::text::quoted;
use deserr::{
    DeserializeError, ErrorKind, IntoValue, MergeWithError, Value, ValueKind, ValuePointerRef,
};

use super::speller::Speller;

/// A configuration that is refused, and everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(pub(crate) Vec<Problem>);

impl ConfigError {
    /// Every problem, in the order of their places.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    /// One problem a line.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{problem}")?;
        }
        Ok(())
    }
}

/// One thing that is wrong: where, what was found, what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place, as `rules[3].path`; empty for the configuration as a whole.
    pub place: String,
    /// What is wrong there.
    pub message: String,
    /// The key of the object there that this is about, where it is one and no secret can stand in its place.
    pub key: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place.is_empty() { "configuration" } else { &self.place };
        write!(formatter, "{place}: {}", self.message)
    }
}

/// The problems found so far while a configuration is read.
#[derive(Debug, Default)]
pub(crate) struct Problems(pub(crate) Vec<Problem>);

impl Problems {
    /// One problem at this place.
    pub(crate) fn at(location: ValuePointerRef<'_>, message: impl Into<String>) -> Self {
        Self(vec![Problem { place: place(location), message: message.into(), key: None }])
    }

    /// Notes a problem.
    pub(crate) fn push(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem { place: place.into(), message: message.into(), key: None });
    }
}

impl From<Problems> for ConfigError {
    fn from(Problems(mut problems): Problems) -> Self {
        problems.sort_by(|one, two| natural(&one.place).cmp(&natural(&two.place)));
        problems.dedup();
        Self(problems)
    }
}

impl DeserializeError for Problems {
    /// Goes on after every problem, so that all are found.
    fn error<V: IntoValue>(
        found: Option<Self>,
        error: ErrorKind<'_, V>,
        location: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        let mut problems = found.unwrap_or_default();
        let confidential = is_confidential(location);
        let key = match &error {
            ErrorKind::UnknownKey { key, .. } if !confidential => Some((*key).to_owned()),
            _ => None,
        };
        let message = describe(error, confidential);
        problems.0.push(Problem { place: place(location), message, key });
        ControlFlow::Continue(problems)
    }
}

impl MergeWithError<Self> for Problems {
    fn merge(
        found: Option<Self>,
        other: Self,
        _location: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        let mut problems = found.unwrap_or_default();
        problems.0.extend(other.0);
        ControlFlow::Continue(problems)
    }
}

/// What the grammar of a value says is wrong with it, to be noted at the value's place.
#[derive(Debug)]
pub(crate) struct Invalid(pub(crate) String);

impl<E: std::error::Error> From<E> for Invalid {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl MergeWithError<Invalid> for Problems {
    fn merge(
        found: Option<Self>,
        other: Invalid,
        location: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        let mut problems = found.unwrap_or_default();
        problems.push(place(location), other.0);
        ControlFlow::Continue(problems)
    }
}

fn describe<V: IntoValue>(error: ErrorKind<'_, V>, confidential: bool) -> String {
    match error {
        ErrorKind::IncorrectValueKind { actual, accepted } => {
            let found = if confidential { kind(&actual) } else { found(&actual) };
            format!("expected {}, found {found}", kinds(accepted))
        }
        ErrorKind::MissingField { field } => format!("`{field}` is missing"),
        ErrorKind::UnknownKey { key, accepted } if confidential => unknown_key(key, accepted),
        ErrorKind::UnknownKey { key, accepted } => unknown("key", key, accepted),
        ErrorKind::UnknownValue { value, accepted } => unknown("value", value, accepted),
        ErrorKind::BadSequenceLen { expected, .. } => format!("expected {expected} elements"),
        ErrorKind::Unexpected { msg } => msg,
    }
}

/// Whether a secret may have been written here, in the place of something else: its value must not be logged.
fn is_confidential(location: ValuePointerRef<'_>) -> bool {
    match location {
        ValuePointerRef::Origin => false,
        ValuePointerRef::Key { key: "signature", .. } => true,
        ValuePointerRef::Key { prev, .. } | ValuePointerRef::Index { prev, .. } => {
            is_confidential(*prev)
        }
    }
}

/// As [`unknown`] where a secret may stand in a key's place: it is named only where it is nearly one that is known.
pub(crate) fn unknown_key(name: &str, accepted: &[&str]) -> String {
    match Speller::default().nearest(name, accepted.iter().copied()) {
        Some(_) => unknown("key", name, accepted),
        None => format!("unknown key; expected one of `{}`", accepted.join("`, `")),
    }
}

/// What is said of a name that is none of those that are accepted: `unknown key "pathz"; did you mean `path`? expected
/// one of …`.
#[must_use]
pub fn unknown(what: &str, name: &str, accepted: &[&str]) -> String {
    let mut text = format!("unknown {what} {}", quoted(name));
    match Speller::default().nearest(name, accepted.iter().copied()) {
        Some(nearest) => {
            let _ = write!(text, "; did you mean `{nearest}`?");
        }
        None => text.push(';'),
    }
    let _ = write!(text, " expected one of `{}`", accepted.join("`, `"));
    text
}

fn kinds(accepted: &[ValueKind]) -> String {
    let mut names: Vec<_> = accepted.iter().map(|kind| kind_name(*kind)).collect();
    names.dedup();
    names.join(" or ")
}

fn kind_name(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Null => "null",
        ValueKind::Boolean => "true or false",
        ValueKind::Integer => "a whole number from 0 on",
        ValueKind::NegativeInteger => "a whole number",
        ValueKind::Float => "a number",
        ValueKind::String => "a string",
        ValueKind::Sequence => "a list",
        ValueKind::Map => "an object",
    }
}

/// The kind of a value, and the value where it is short.
pub(crate) fn found<V: IntoValue>(value: &Value<V>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(boolean) => format!("`{boolean}`"),
        Value::Integer(number) => format!("the number {number}"),
        Value::NegativeInteger(number) => format!("the number {number}"),
        Value::Float(number) => format!("the number {number}"),
        Value::String(text) => format!("the string {}", quoted(text)),
        Value::Sequence(_) => "a list".to_owned(),
        Value::Map(_) => "an object".to_owned(),
    }
}

/// The kind of a value, for where a secret may have been written in the place of something else.
pub(crate) fn kind<V: IntoValue>(value: &Value<V>) -> String {
    match value {
        Value::String(_) => "a string".to_owned(),
        Value::Integer(_) | Value::NegativeInteger(_) | Value::Float(_) => "a number".to_owned(),
        other => found(other),
    }
}

/// `rules[3].path`. As deep as the configuration is nested, which its readers bound.
pub(crate) fn place(location: ValuePointerRef<'_>) -> String {
    match location {
        ValuePointerRef::Origin => String::new(),
        ValuePointerRef::Key { key, prev } if prev.is_origin() => key.to_owned(),
        ValuePointerRef::Key { key, prev } => format!("{}.{key}", place(*prev)),
        ValuePointerRef::Index { index, prev } => format!("{}[{index}]", place(*prev)),
    }
}

/// A sort key under which `rules[10]` comes after `rules[9]`.
fn natural(place: &str) -> Vec<(usize, &str)> {
    place
        .split(['[', ']', '.'])
        .map(|part| (part.parse::<usize>().map_or(0, |index| index.saturating_add(1)), part))
        .collect()
}
