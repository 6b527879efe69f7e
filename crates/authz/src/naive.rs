//! The meaning of a table, said plainly: every row is looked at, and of those that match, the most specific
//! counts. What [`Policy`](crate::Policy) finds is compared with it.

use std::cmp::Ordering;

use crate::pattern::{HostPattern, MethodPattern, PathPattern};
use crate::rule::Rule;
use crate::target::Target;

impl PathPattern {
    /// Orders two patterns, the more specific first where both match one path.
    pub(crate) fn by_specificity(&self, other: &Self) -> Ordering {
        self.steps().cmp(other.steps())
    }
}

/// The host of a target as it was read.
#[must_use]
pub fn host<'t>(target: &'t Target<'_>) -> &'t str {
    target.host.as_str()
}

/// The segments of a target's path as they were read.
pub fn segments<'t>(target: &'t Target<'_>) -> impl Iterator<Item = &'t str> {
    target.path.iter()
}

/// The most specific rule that matches, by its index.
#[must_use]
pub fn governing(rules: &[Rule], target: &Target<'_>) -> Option<usize> {
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
