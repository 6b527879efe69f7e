//! Patterns as they are written.

use std::fmt;

use super::{HostPattern, MethodPattern, PathPattern, Step};

impl PathPattern {
    /// Its segments, each as it is written; at the end of a pattern without a rest, an empty one.
    pub(crate) fn segments(&self) -> impl Iterator<Item = String> {
        let mut names = self.variables.iter();
        self.steps.iter().map(move |step| match step {
            Step::Literal(text) => text.clone(),
            Step::Variable => match names.next().and_then(Option::as_deref) {
                Some(name) => format!("{{{name}}}"),
                None => "*".to_owned(),
            },
            Step::Rest => match names.next().and_then(Option::as_deref) {
                Some(name) => format!("{{{name}=**}}"),
                None => "**".to_owned(),
            },
            Step::End => String::new(),
        })
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps == [Step::End] {
            return formatter.write_str("/");
        }
        let has_end = self.steps.last() == Some(&Step::End);
        let count = self.steps.len().saturating_sub(usize::from(has_end));
        self.segments().take(count).try_for_each(|segment| write!(formatter, "/{segment}"))
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => formatter.write_str(name),
            Self::Below(suffix) => write!(formatter, "*{}", suffix.text()),
            Self::Any => formatter.write_str("*"),
        }
    }
}

impl fmt::Display for MethodPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => formatter.write_str(name),
            Self::Any => formatter.write_str("*"),
        }
    }
}
