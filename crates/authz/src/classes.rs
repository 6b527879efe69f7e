//! All targets that can make a difference to some policies, one for each class of those that the same rows match.

use std::collections::BTreeSet;

use crate::example::{Example, Examples, push_segment};
use crate::path::TrailingSlash;
use crate::pattern::{HostPattern, MethodPattern, Step};
use crate::policy::{Policy, combinations};

/// Classes of targets, while they are gathered.
struct Classes<'a> {
    examples: &'a Examples,
    host: String,
    most: usize,
    found: BTreeSet<Example>,
}

/// A row whose host matches, as far as it goes beyond the segments so far.
#[derive(Clone, Copy)]
struct Live<'p> {
    steps: &'p [Step],
    method: &'p MethodPattern,
}

impl Examples {
    /// A request of each class: any other request is matched by the same rows of these policies as one of them, or by none.
    /// `None` where there are more classes than this.
    ///
    /// The policies are those that these examples are for.
    #[must_use]
    pub fn of_classes(&self, policies: &[&Policy], most: usize) -> Option<Vec<Example>> {
        let rows: Vec<_> =
            policies.iter().flat_map(|policy| policy.rules()).flat_map(combinations).collect();
        let hosts: BTreeSet<String> = rows.iter().map(|(host, ..)| self.host(host)).collect();
        let mut classes =
            Classes { examples: self, host: String::new(), most, found: BTreeSet::new() };
        for host in hosts {
            classes.host = host;
            let name = classes.host.trim_matches(['[', ']']);
            let is_live = |(pattern, ..): &&(&HostPattern, _, _)| pattern.matches(name);
            let live = rows.iter().filter(is_live);
            let live = live.map(|(_, path, method)| Live { steps: path.steps(), method });
            classes.below("", &live.collect::<Vec<_>>())?;
        }
        Some(classes.found.into_iter().collect())
    }
}

impl Classes<'_> {
    /// The classes of this path and of those below it. Recursion is bounded: no deeper than the longest pattern.
    fn below(&mut self, path: &str, live: &[Live<'_>]) -> Option<()> {
        self.add(path, live)?;
        let mut literals = BTreeSet::new();
        let (mut variable, mut rest) = (false, false);
        for one in live {
            match one.steps.first() {
                Some(Step::Literal(text)) => {
                    literals.insert(text.as_str());
                }
                Some(Step::Variable) => variable = true,
                Some(Step::Rest) => rest = true,
                Some(Step::End) | None => {}
            }
        }
        for text in literals.iter().copied().filter(|text| !text.is_empty()) {
            self.below(&joined(path, text), &after(live, Some(text)))?;
        }
        let any = joined(path, &self.examples.segment);
        if variable {
            self.below(&any, &after(live, None))?;
        } else if rest {
            self.add(&any, &after(live, None))?;
        }
        let is_strict = self.examples.options.trailing_slash == TrailingSlash::Strict;
        if is_strict && !path.is_empty() && (rest || literals.contains("")) {
            let live = after(live, Some(""));
            let live: Vec<_> = live.into_iter().filter(Live::ends).collect();
            self.add(&format!("{path}/"), &live)?;
        }
        Some(())
    }

    /// A class for each method that matters here.
    fn add(&mut self, path: &str, live: &[Live<'_>]) -> Option<()> {
        let ending = live.iter().filter(|one| one.ends());
        let methods: BTreeSet<&str> = ending
            .map(|one| match one.method {
                MethodPattern::Named(name) => name.as_str(),
                MethodPattern::Any => self.examples.method.as_str(),
            })
            .collect();
        for method in methods {
            if self.found.len() >= self.most {
                return None;
            }
            let path = if path.is_empty() { "/" } else { path };
            let (method, host, path) = (method.to_owned(), self.host.clone(), path.to_owned());
            self.found.insert(Example { method, host, path });
        }
        Some(())
    }
}

impl Live<'_> {
    /// Whether a path that ends here is matched.
    fn ends(&self) -> bool {
        matches!(self.steps.first(), Some(Step::End | Step::Rest))
    }
}

/// The rows that one more segment leaves: a literal of some pattern, or (`None`) one that is none.
fn after<'p>(live: &[Live<'p>], segment: Option<&str>) -> Vec<Live<'p>> {
    let step = |one: &Live<'p>| {
        let (first, left) = one.steps.split_first()?;
        let steps = match first {
            Step::Literal(text) => (Some(text.as_str()) == segment).then_some(left)?,
            // Nothing is behind a trailing slash that a variable could be.
            Step::Variable => (segment != Some("")).then_some(left)?,
            Step::Rest => one.steps,
            Step::End => return None,
        };
        Some(Live { steps, ..*one })
    };
    live.iter().filter_map(step).collect()
}

fn joined(path: &str, segment: &str) -> String {
    let mut joined = path.to_owned();
    push_segment(&mut joined, segment);
    joined
}
