//! YAML and JSON as a tree of values, each with where it stands.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use serde_saphyr::{Location, Spanned, UserMessageFormatter};

use super::span::{Span, Syntax};

/// A value, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// From the first byte to the last; of an alias, the anchor's.
    pub(crate) span: Span,
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<Member>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: Node,
}

/// Reads YAML 1.2, of which JSON is a part: `yes` and `on` are strings, a key that stands twice is an error. Empty
/// documents are left out.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, Syntax> {
    // As much as the largest policy there may be takes; what aliases add is bounded apart, as is the depth.
    let options = serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
        budget: serde_saphyr::budget! { max_events: 20_000_000, max_nodes: 10_000_000 },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 100_000 },
    };
    match serde_saphyr::from_multiple_with_options::<Spanned<Raw>>(text, options) {
        Ok(documents) => Ok(documents.into_iter().map(|raw| node(raw, text)).collect()),
        Err(error) => Err(syntax(&error, text)),
    }
}

impl Node {
    /// The value under this key, where this is an object that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.member(key).map(|member| &member.value)
    }

    /// The key with its value, where this is an object that has it.
    pub(crate) fn member(&self, key: &str) -> Option<&Member> {
        self.members().iter().find(|member| member.key == key)
    }

    /// The members of an object.
    pub(crate) fn members(&self) -> &[Member] {
        if let Kind::Object(members) = &self.kind { members } else { &[] }
    }

    /// The elements of a list.
    pub(crate) fn elements(&self) -> &[Self] {
        if let Kind::List(elements) = &self.kind { elements } else { &[] }
    }

    /// The text of a string.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.kind { Some(text) } else { None }
    }

    /// Whether Envoy or Kubernetes take it for true.
    pub(crate) fn is_on(&self) -> bool {
        const WORDS: [&str; 6] = ["true", "t", "yes", "y", "on", "1"];
        let is_word = |text: &str| WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
        self.kind == Kind::Bool(true) || self.text().is_some_and(is_word)
    }

    /// The value alone.
    pub(crate) fn value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(boolean) => Value::Bool(*boolean),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(elements) => elements.iter().map(Self::value).collect(),
            Kind::Object(members) => {
                members.iter().map(|member| (member.key.clone(), member.value.value())).collect()
            }
        }
    }

    /// Moves all spans.
    pub(crate) fn moved(self, to: &impl Fn(Span) -> Span) -> Self {
        let kind = match self.kind {
            Kind::List(elements) => {
                Kind::List(elements.into_iter().map(|element| element.moved(to)).collect())
            }
            Kind::Object(members) => Kind::Object(
                members
                    .into_iter()
                    .map(|member| Member {
                        key_span: to(member.key_span),
                        value: member.value.moved(to),
                        ..member
                    })
                    .collect(),
            ),
            other => other,
        };
        Self { span: to(self.span), kind }
    }
}

/// A value as the reader gives it: its collections say only where they begin.
enum Raw {
    Scalar(Kind),
    List(Vec<Spanned<Raw>>),
    Object(Vec<(Spanned<String>, Spanned<Raw>)>),
}

/// Recursion is bounded by the reader's depth.
fn node(raw: Spanned<Raw>, text: &str) -> Node {
    let span = span(raw.defined, text);
    match raw.value {
        Raw::Scalar(kind) => Node { span: trimmed(span, text), kind },
        Raw::List(elements) => {
            let elements: Vec<_> = elements.into_iter().map(|raw| node(raw, text)).collect();
            let last = elements.last().map(|element| element.span.end);
            Node { span: collection(span.start, last, text), kind: Kind::List(elements) }
        }
        Raw::Object(members) => {
            let members: Vec<_> = members
                .into_iter()
                .map(|(key, raw)| Member {
                    key_span: self::span(key.defined, text),
                    key: key.value,
                    value: node(raw, text),
                })
                .collect();
            let ends = members.iter().map(|member| member.value.span.end.max(member.key_span.end));
            // Merged keys (`<<`) come last, and stand elsewhere.
            let last = ends.max();
            Node { span: collection(span.start, last, text), kind: Kind::Object(members) }
        }
    }
}

/// Without the line ends after a block scalar.
fn trimmed(span: Span, text: &str) -> Span {
    let length = text.get(span.clone()).map_or(0, |found| found.trim_ascii_end().len());
    span.start..span.start.saturating_add(length)
}

/// From its beginning to its last member, or to the bracket that closes it.
fn collection(start: usize, last: Option<usize>, text: &str) -> Span {
    let flow = text.get(start..).and_then(|rest| rest.chars().next());
    let close = match flow {
        Some('{') => '}',
        Some('[') => ']',
        _ => return start..last.unwrap_or(start).max(start),
    };
    let inside = last.unwrap_or_else(|| start.saturating_add(1)).max(start);
    let rest = text.get(inside..).unwrap_or_default();
    match rest.find(close) {
        Some(offset) => start..inside.saturating_add(offset).saturating_add(1),
        None => start..inside,
    }
}

fn span(location: Location, text: &str) -> Span {
    let span = location.span();
    let length = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let (start, size) = if let (Some(start), Some(size)) = (span.byte_offset(), span.byte_len()) {
        (length(start), length(size))
    } else {
        // The scanner counts characters.
        let character = text.char_indices().nth(length(span.offset()));
        (character.map_or(text.len(), |(start, _)| start), 0)
    };
    let start = start.min(text.len());
    start..start.saturating_add(size).min(text.len())
}

fn syntax(error: &serde_saphyr::Error, text: &str) -> Syntax {
    let message = error.render_with_formatter(&UserMessageFormatter);
    let Some(location) = error.location() else { return Syntax { message, span: 0..0 } };
    let suffix = format!(" at line {}, column {}", location.line(), location.column());
    let message = message.strip_suffix(&suffix).unwrap_or(&message).to_owned();
    Syntax { message, span: span(location, text) }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Scalar(Kind::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Scalar(Kind::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Kind::Number(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Kind::Number(value.into())))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Raw, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number out of range"))?;
        Ok(Raw::Scalar(Kind::Number(number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Scalar(Kind::Text(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Raw, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element()? {
            elements.push(element);
        }
        Ok(Raw::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut members: Vec<(Spanned<String>, Spanned<Raw>)> = Vec::new();
        let mut keys = std::collections::BTreeSet::new();
        while let Some((key, value)) = map.next_entry::<Spanned<String>, Spanned<Raw>>()? {
            // The reader compares keys as they are written: `5` and `"5"` are two to it.
            if !keys.insert(key.value.clone()) {
                return Err(A::Error::custom(format_args!("the key {:?} stands twice", key.value)));
            }
            members.push((key, value));
        }
        Ok(Raw::Object(members))
    }
}
