//! The meaning of a table, said plainly: every row is looked at, and of those that match, the most specific
//! counts. What [`Policy`](crate::Policy) finds is compared with it.

use std::cmp::Ordering;

use crate::path::Segments;
use crate::pattern::{HostPattern, MethodPattern, PathPattern, Step};
use crate::rule::Rule;
use crate::target::Target;

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

    /// Orders two patterns, the more specific first where both match one path.
    pub(crate) fn by_specificity(&self, other: &Self) -> Ordering {
        self.steps().cmp(other.steps())
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

/// The most specific rule that matches, by its index.
pub(crate) fn governing(rules: &[Rule], target: &Target<'_>) -> Option<usize> {
    let mut best: Option<(usize, &HostPattern, &PathPattern, &MethodPattern)> = None;
    for (index, rule) in rules.iter().enumerate() {
        for host in rule.hosts.iter().filter(|host| host.matches(target.host.as_str())) {
            for path in rule.paths.iter().filter(|path| path.matches(&target.path)) {
                for method in rule.methods.iter().filter(|method| method.matches(target.method)) {
                    let better = best.is_none_or(|(_, best_host, best_path, best_method)| {
                        let order = host.cmp(best_host);
                        let order = order.then_with(|| path.by_specificity(best_path));
                        order.then_with(|| method.cmp(best_method)) == Ordering::Less
                    });
                    if better {
                        best = Some((index, host, path, method));
                    }
                }
            }
        }
    }
    best.map(|(index, ..)| index)
}
