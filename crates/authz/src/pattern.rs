//! What a rule's host, method and path are written as.

mod display;
mod matches;

use std::cmp::Reverse;

use crate::authority;
use crate::path::{Case, PathOptions, Semicolon, TrailingSlash, fold, has_dots};
use crate::requirement::Capture;
use crate::target::{is_upper_case, token};

/// A path pattern: whole segments, each a literal or a variable, and perhaps any rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    steps: Vec<Step>,
    /// Of each variable or rest among the steps its name, if it has one.
    variables: Vec<Option<String>>,
}

/// One step of a path pattern, ordered from the most specific to the least. Every pattern ends in
/// `End` or `Rest`, so that of two patterns that match one path, the lesser is the more specific.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Literal(String),
    Variable,
    End,
    Rest,
}

impl PathPattern {
    /// Reads `/a/{id}/*/**`. Literals are written decoded: `/café`, not `/caf%C3%A9`. It is for targets that are
    /// read with the same options.
    ///
    /// # Errors
    /// What is wrong with it, quoting it.
    pub fn parse(text: &str, options: PathOptions) -> Result<Self, InvalidPattern> {
        let invalid = |problem: &str| InvalidPattern(format!("{text:?} {problem}"));
        let rest = text.strip_prefix('/').ok_or_else(|| invalid("does not begin with `/`"))?;
        let mut pattern = Self { steps: Vec::new(), variables: Vec::new() };
        if rest.split('/').count() > MOST_SEGMENTS {
            return Err(InvalidPattern(format!("has more than {MOST_SEGMENTS} segments")));
        }
        if !rest.is_empty() {
            let mut segments = rest.split('/').peekable();
            while let Some(segment) = segments.next() {
                let last = segments.peek().is_none();
                pattern.push(segment, last, options).map_err(|problem| invalid(&problem))?;
            }
        }
        if pattern.steps.last() != Some(&Step::Rest) {
            pattern.steps.push(Step::End);
        }
        Ok(pattern)
    }

    fn push(&mut self, segment: &str, last: bool, options: PathOptions) -> Result<(), String> {
        let step = match segment {
            "" if last && options.trailing_slash == TrailingSlash::Strict => {
                Step::Literal(String::new())
            }
            "" if last => {
                return Err("ends with `/`; leave it out, a trailing slash is the same path".into());
            }
            "" => return Err("has an empty segment".into()),
            "*" => self.unnamed(Step::Variable),
            "**" => self.unnamed(Step::Rest),
            _ if segment.contains(['{', '}']) => self.variable(segment)?,
            _ => Step::Literal(literal(segment, options)?),
        };
        if step == Step::Rest && !last {
            return Err("has `**` before the end".into());
        }
        self.steps.push(step);
        Ok(())
    }

    fn unnamed(&mut self, step: Step) -> Step {
        self.variables.push(None);
        step
    }

    fn variable(&mut self, segment: &str) -> Result<Step, String> {
        let inner = match (segment.strip_prefix('{'), segment.contains('}')) {
            (Some(inner), true) => inner.strip_suffix('}'),
            (Some(_), false) => return Err("has an unclosed `{`".into()),
            (None, _) => None,
        };
        let inner = inner.ok_or("has `{` or `}` inside a segment")?;
        let (name, step) = match inner.strip_suffix("=**") {
            Some(name) => (name, Step::Rest),
            None => (inner, Step::Variable),
        };
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if name.is_empty() || !name.bytes().all(allowed) {
            return Err(format!("has a variable {name:?}; a name is letters, digits, `_` and `-`"));
        }
        if self.variables().any(|other| other == name) {
            return Err(format!("has two variables named {name:?}"));
        }
        self.variables.push(Some(name.to_owned()));
        Ok(step)
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Where this variable takes its value, if the pattern has it.
    pub(crate) fn capture(&self, variable: &str) -> Option<Capture> {
        let named = |step: &Step| matches!(step, Step::Variable | Step::Rest);
        let places = self.steps.iter().enumerate().filter(|(_, step)| named(step));
        let (_, (index, step)) = self
            .variables
            .iter()
            .zip(places)
            .find(|(name, _)| name.as_deref() == Some(variable))?;
        Some(if *step == Step::Rest { Capture::Rest(index) } else { Capture::Segment(index) })
    }

    /// Whether it is for everything below a path that it names: `/admin/**`, but not `/**`.
    #[must_use]
    pub fn is_tree(&self) -> bool {
        self.steps.last() == Some(&Step::Rest)
            && matches!(self.steps.first(), Some(Step::Literal(_)))
    }

    /// The names of its variables.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().flatten().map(String::as_str)
    }
}

/// A literal that some path can match: what is refused in a path could never. Folded where case does not matter.
fn literal(segment: &str, options: PathOptions) -> Result<String, String> {
    let unmatchable = |c: char| match c {
        ';' => options.semicolon != Semicolon::Allow,
        _ => c.is_ascii_control() || matches!(c, '?' | '#' | '\\'),
    };
    if matches!(segment, "." | "..") {
        return Err(DOTS.to_owned());
    }
    if segment.contains('*') {
        return Err("has `*` beside other characters; a segment is whole".to_owned());
    }
    if segment.contains('%') {
        return Err("has `%`; write characters, not their escapes".to_owned());
    }
    if let Some(c) = segment.chars().find(|c| unmatchable(*c)) {
        return Err(format!("has {c:?}, which no request's path can have"));
    }
    if has_dots(segment) {
        return Err(DOTS.to_owned());
    }
    let folded = if options.case == Case::Insensitive { fold(segment) } else { None };
    Ok(folded.unwrap_or_else(|| segment.to_owned()))
}

const DOTS: &str = "has a dot segment, which no request can have";

/// Segments of a pattern: as deep as a look-up may go.
const MOST_SEGMENTS: usize = 64;

/// A host pattern, ordered from the most specific to the least.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostPattern {
    /// This host.
    Exact(String),
    /// Any host below one (`*.example.org`); of several, the longest suffix is the most specific.
    Below(Suffix),
    /// Any host.
    Any,
}

/// `.example.org`, the longer the more specific.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suffix(Reverse<usize>, String);

impl Suffix {
    pub(crate) fn text(&self) -> &str {
        &self.1
    }
}

impl HostPattern {
    /// Reads `api.example.com` or `*.example.org`, in any case.
    ///
    /// # Errors
    /// What is wrong with it, quoting it.
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        let invalid = || {
            let expected = "expected a host name such as `api.example.com` or `*.example.com`";
            InvalidPattern(format!("{text:?} is not a host; {expected}"))
        };
        let unbracketed = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if let Ok(address) = authority::ipv6(unbracketed.unwrap_or(text)) {
            return Ok(Self::Exact(address));
        }
        let name = text.strip_prefix("*.").unwrap_or(text);
        let name = authority::name(name).map_err(|_| invalid())?.to_ascii_lowercase();
        if text.starts_with("*.") {
            Ok(Self::Below(Suffix(Reverse(name.len()), format!(".{name}"))))
        } else {
            Ok(Self::Exact(name))
        }
    }
}

/// A method pattern, ordered from the most specific to the least.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum MethodPattern {
    /// This method, compared exactly; none implies another (HEAD is not GET).
    Named(String),
    /// Any method.
    Any,
}

impl MethodPattern {
    /// Reads `DELETE`.
    ///
    /// # Errors
    /// When it is no method, or not in upper-case letters, which standard methods are.
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        match token(text.as_bytes()) {
            Some(name)
                if name.starts_with(|c: char| c.is_ascii_uppercase()) && is_upper_case(name) =>
            {
                Ok(Self::Named(name.to_owned()))
            }
            _ => Err(InvalidPattern(format!(
                "{text:?} is not a method; expected upper-case letters such as `GET`"
            ))),
        }
    }
}

/// What is wrong with a pattern, quoting it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidPattern(String);

#[cfg(test)]
mod tests;
