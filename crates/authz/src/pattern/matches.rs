//! Whether one pattern matches, by itself: for explanations, and to compare the tree with.

use super::{HostPattern, MethodPattern, PathPattern, Step};
use crate::path::Segments;

impl PathPattern {
    pub(crate) fn matches(&self, path: &Segments<'_>) -> bool {
        let mut segments = path.all().iter();
        for step in self.steps() {
            let matches = match step {
                Step::Literal(literal) => {
                    segments.next().is_some_and(|segment| segment.compared() == literal)
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
}

impl HostPattern {
    pub(crate) fn matches(&self, host: &str) -> bool {
        match self {
            Self::Exact(name) => host == name,
            Self::Below(suffix) => {
                host.strip_suffix(suffix.text()).is_some_and(|below| !below.is_empty())
            }
            Self::Any => true,
        }
    }
}

impl MethodPattern {
    pub(crate) fn matches(&self, method: &str) -> bool {
        match self {
            Self::Named(name) => method == name,
            Self::Any => true,
        }
    }
}
