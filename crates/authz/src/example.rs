//! A request for each rule: one that it governs, if there is any.
//!
//! That none is found means that there is none. Take some target that a rule governs by one of its rows. Where the row
//! has a variable, another value may stand, one that is a literal in no pattern: fewer rows match then, none that did
//! not before, so the row still governs. The same goes for a host and a method that no pattern names. Of a rest,
//! nothing counts but how long it is, and beyond the longest pattern not even that. So it is with a target that no rule
//! governs, as if `/**` stood there for it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::path::{Case, PathOptions, TrailingSlash, fold};
use crate::pattern::{HostPattern, MethodPattern, PathPattern, Step};
use crate::policy::{Policy, combinations};
use crate::rule::Rule;
use crate::target::Target;

/// A request, as far as it takes part in finding a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Example {
    /// `:method`.
    pub method: String,
    /// `:authority`.
    pub host: String,
    /// `:path`.
    pub path: String,
}

/// Makes requests for the rules of some policies, with words that none of their patterns has.
#[derive(Debug)]
pub struct Examples {
    pub(crate) options: PathOptions,
    /// What stands for any segment, any label of a host, any method.
    pub(crate) segment: String,
    label: String,
    pub(crate) method: String,
    /// Segments of the longest pattern.
    longest: usize,
}

impl Example {
    /// As a target.
    pub(crate) fn target(&self, options: PathOptions) -> Option<Target<'_>> {
        let (method, host) = (self.method.as_bytes(), self.host.as_bytes());
        Target::parse(method, host, self.path.as_bytes(), options).ok()
    }
}

impl Examples {
    /// For these policies, whose targets are read with these options.
    pub fn new<'p>(policies: impl IntoIterator<Item = &'p Policy>, options: PathOptions) -> Self {
        let mut taken = Taken::default();
        for rule in policies.into_iter().flat_map(Policy::rules) {
            taken.note(rule);
        }
        let folded = |text: &str| fold(text).unwrap_or_else(|| text.to_owned());
        let is_segment = |text: &str| match options.case {
            Case::Sensitive => taken.segments.contains(text),
            Case::Insensitive => taken.segments.contains(&folded(text)),
        };
        Self {
            options,
            segment: free("1", is_segment),
            label: free("host", |text| taken.labels.contains(text)),
            method: free("OTHER", |text| taken.methods.contains(text)),
            longest: taken.longest,
        }
    }

    /// A request that this rule governs, by the first of its rows that does; `None` where more specific rules govern
    /// all that it matches.
    #[must_use]
    pub fn of(&self, policy: &Policy, rule: &Rule) -> Option<Example> {
        combinations(rule).find_map(|row| self.of_row(policy, rule, row))
    }

    /// Requests that this rule governs: one for each of its rows that does, with the patterns of the row.
    pub fn of_rows<'p>(
        &self,
        policy: &Policy,
        rule: &'p Rule,
    ) -> impl Iterator<Item = (&'p PathPattern, Option<Example>)> {
        combinations(rule).map(move |row| (row.1, self.of_row(policy, rule, row)))
    }

    /// A request that no rule governs; `None` where there is one for every request.
    #[must_use]
    pub fn without_rule(&self, policy: &Policy) -> Option<Example> {
        let path = PathPattern::parse("/**", self.options).ok()?;
        let mut candidates = self.candidates((&HostPattern::Any, &path, &MethodPattern::Any));
        candidates.find(|example| {
            let target = example.target(self.options);
            target.is_some_and(|target| policy.governing(&target).is_none())
        })
    }

    fn of_row(
        &self,
        policy: &Policy,
        rule: &Rule,
        row: (&HostPattern, &PathPattern, &MethodPattern),
    ) -> Option<Example> {
        let governed = |example: &Example| {
            let target = example.target(self.options)?;
            Some(policy.governing(&target)?.rule.name == rule.name)
        };
        self.candidates(row).find(|example| governed(example) == Some(true))
    }

    /// Requests that a row matches, one of each kind that counts.
    fn candidates<'m>(
        &'m self,
        (host, path, method): (&HostPattern, &PathPattern, &'m MethodPattern),
    ) -> impl Iterator<Item = Example> + use<'m> {
        let host = self.host(host);
        self.paths(path).flat_map(move |path| {
            let host = host.clone();
            self.methods(method).map(move |method| Example {
                method: method.to_owned(),
                host: host.clone(),
                path: path.clone(),
            })
        })
    }

    pub(crate) fn host(&self, pattern: &HostPattern) -> String {
        match pattern {
            // An address of version 6 goes in brackets.
            HostPattern::Exact(name) if name.contains(':') => format!("[{name}]"),
            HostPattern::Exact(name) => name.clone(),
            HostPattern::Below(suffix) => format!("{}{}", self.label, suffix.text()),
            HostPattern::Any => self.label.clone(),
        }
    }

    /// Methods of a pattern, well-known ones first: they read better.
    fn methods<'m>(&'m self, pattern: &'m MethodPattern) -> impl Iterator<Item = &'m str> {
        const KNOWN: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
        let (named, any) = match pattern {
            MethodPattern::Named(name) => (Some(name.as_str()), None),
            MethodPattern::Any => (None, Some(KNOWN.into_iter().chain([self.method.as_str()]))),
        };
        named.into_iter().chain(any.into_iter().flatten())
    }

    /// Paths of a pattern: one for each length that its rest may have and that counts.
    fn paths(&self, pattern: &PathPattern) -> impl Iterator<Item = String> + use<'_> {
        let mut fixed = String::new();
        let mut has_rest = false;
        for step in pattern.steps() {
            match step {
                Step::Literal(text) => push_segment(&mut fixed, text),
                Step::Variable => push_segment(&mut fixed, &self.segment),
                Step::End => {}
                Step::Rest => has_rest = true,
            }
        }
        let most = if has_rest { self.longest.saturating_add(1) } else { 0 };
        let slash = has_rest && self.options.trailing_slash == TrailingSlash::Strict;
        (0..=most).flat_map(move |length| {
            let mut path = fixed.clone();
            for _ in 0..length {
                push_segment(&mut path, &self.segment);
            }
            let with_slash = slash.then(|| format!("{path}/"));
            let path = if path.is_empty() { "/".to_owned() } else { path };
            [Some(path), with_slash].into_iter().flatten()
        })
    }
}

/// What patterns name.
#[derive(Default)]
struct Taken {
    segments: BTreeSet<String>,
    labels: BTreeSet<String>,
    methods: BTreeSet<String>,
    longest: usize,
}

impl Taken {
    fn note(&mut self, rule: &Rule) {
        for path in &rule.paths {
            self.longest = self.longest.max(path.steps().len());
            let literals = path.steps().iter().filter_map(|step| match step {
                Step::Literal(text) => Some(text.clone()),
                _ => None,
            });
            self.segments.extend(literals);
        }
        for host in &rule.hosts {
            if let HostPattern::Exact(name) = host {
                self.labels.extend(name.split('.').map(str::to_owned));
            }
        }
        for method in &rule.methods {
            if let MethodPattern::Named(name) = method {
                self.methods.insert(name.clone());
            }
        }
    }
}

/// A word that is not taken.
fn free(word: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut free = word.to_owned();
    while is_taken(&free) {
        free.push_str(word);
    }
    free
}

/// Adds a segment, percent-encoded as far as it has to be (RFC 3986 section 2.3).
pub(crate) fn push_segment(path: &mut String, segment: &str) {
    path.push('/');
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()+,=:@".contains(&byte) {
            path.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
}
