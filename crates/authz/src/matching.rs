//! Rules that match a target, and why one of them governs.

use std::fmt;

use crate::pattern::{HostPattern, MethodPattern, PathPattern};
use crate::rule::Rule;
use crate::target::Target;

/// A rule that matches a target, by these of its patterns.
#[derive(Debug, Clone, Copy)]
pub struct Matching<'p> {
    /// The rule.
    pub rule: &'p Rule,
    /// Its pattern for the host.
    pub host: &'p HostPattern,
    /// Its pattern for the path.
    pub path: &'p PathPattern,
    /// Its pattern for the method.
    pub method: &'p MethodPattern,
}

/// Where two rules that match the same target differ first: there one is less specific than the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beaten {
    /// In their hosts.
    ByHost {
        /// What the less specific one has.
        own: String,
        /// What the other has.
        other: String,
    },
    /// In a segment of their paths.
    BySegment {
        /// Which one, from 1 on.
        number: usize,
        /// What the less specific one has there.
        own: String,
        /// What the other has there.
        other: String,
    },
    /// In their methods.
    ByMethod {
        /// What the less specific one has.
        own: String,
        /// What the other has.
        other: String,
    },
}

impl Matching<'_> {
    /// Whether it matches this target but for the host or the method.
    pub(crate) fn is_near(&self, target: &Target<'_>) -> bool {
        let (host, method) = (target.host.as_str(), target.method);
        self.path.matches(&target.path) && (self.host.matches(host) || self.method.matches(method))
    }

    /// Why a rule that stands before this one among those that [match](crate::Policy::matching) is more specific.
    #[must_use]
    pub fn beaten_by(&self, other: &Matching<'_>) -> Beaten {
        if self.host != other.host {
            return Beaten::ByHost { own: self.host.to_string(), other: other.host.to_string() };
        }
        let segments = self.path.segments().zip(other.path.segments());
        let differing = segments.enumerate().find(|(index, (own, others))| {
            self.path.steps().get(*index) != other.path.steps().get(*index) && own != others
        });
        match differing {
            Some((index, (own, other))) => {
                Beaten::BySegment { number: index.saturating_add(1), own, other }
            }
            None => {
                Beaten::ByMethod { own: self.method.to_string(), other: other.method.to_string() }
            }
        }
    }
}

impl fmt::Display for Matching<'_> {
    /// `DELETE api.example.com /users/{id}`, without the host where it is any.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ", self.method)?;
        if *self.host != HostPattern::Any {
            write!(formatter, "{} ", self.host)?;
        }
        self.path.fmt(formatter)
    }
}

impl fmt::Display for Beaten {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, own, other) = match self {
            Self::ByHost { own, other } => ("host".to_owned(), own, other),
            Self::BySegment { number, own, other } => (format!("segment {number}"), own, other),
            Self::ByMethod { own, other } => ("method".to_owned(), own, other),
        };
        let end = |text: &str| match text {
            "" => "the end".to_owned(),
            text => format!("`{text}`"),
        };
        write!(formatter, "{what}: {} is more specific than {}", end(other), end(own))
    }
}
