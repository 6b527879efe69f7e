//! What a rule's host, method and path are written as.

use std::cmp::{Ordering, Reverse};

use crate::authority;
use crate::path::{Case, PathOptions, Segments, Semicolon, TrailingSlash, fold, has_dots};
use crate::target::{is_upper_case, token};

/// A path pattern: whole segments, each a literal or a variable, and perhaps any rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    steps: Vec<Step>,
    variables: Vec<String>,
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
            "*" => Step::Variable,
            "**" => Step::Rest,
            _ if segment.contains(['{', '}']) => self.variable(segment)?,
            _ => Step::Literal(literal(segment, options)?),
        };
        if step == Step::Rest && !last {
            return Err("has `**` before the end".into());
        }
        self.steps.push(step);
        Ok(())
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
        if self.variables.iter().any(|other| other == name) {
            return Err(format!("has two variables named {name:?}"));
        }
        self.variables.push(name.to_owned());
        Ok(step)
    }

    pub(crate) fn matches(&self, path: &Segments<'_>) -> bool {
        let mut segments = path.all().iter();
        for step in &self.steps {
            let matches = match step {
                Step::Literal(literal) => {
                    segments.next().is_some_and(|segment| segment.is(literal))
                }
                Step::Variable => segments.next().is_some_and(|segment| !segment.is_empty()),
                Step::End => segments.next().is_none(),
                Step::Rest => return true,
            };
            if !matches {
                return false;
            }
        }
        true
    }

    /// Orders two patterns, the more specific first where both match one path.
    pub(crate) fn by_specificity(&self, other: &Self) -> Ordering {
        self.steps.cmp(&other.steps)
    }
}

/// A literal that some path can match: what [`Segments`] refuses could never. Folded where case does not matter.
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

    pub(crate) fn matches(&self, host: &str) -> bool {
        match self {
            Self::Exact(name) => host == name,
            Self::Below(Suffix(_, suffix)) => {
                host.strip_suffix(suffix.as_str()).is_some_and(|below| !below.is_empty())
            }
            Self::Any => true,
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

    pub(crate) fn matches(&self, method: &str) -> bool {
        match self {
            Self::Named(name) => method == name,
            Self::Any => true,
        }
    }
}

/// What is wrong with a pattern, quoting it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidPattern(String);

#[cfg(test)]
mod tests;
