//! Two policies, compared by their decisions: who may do something by one and not by the other.
//!
//! Of all targets that the same rows of both tables match, one is looked at ([`Examples::of_classes`]); of all
//! principals, one for each combination of what the two rules ask for ([`Terms`]). So nothing is sampled: what is not
//! found is not there. Where there is too much to look at, that is said.

mod side;
mod terms;

use std::collections::BTreeMap;

use authz::{Case, Example, Examples, PathOptions, Rule, TrailingSlash};

use self::side::{Side, governed, target};
use self::terms::Terms;
use crate::gate::Gate;

/// What changes from one policy to another.
#[derive(Debug)]
pub struct Comparison<'g> {
    /// Where decisions differ.
    pub changes: Vec<Change<'g>>,
    /// Why there may be more than was found, if there may.
    pub unknown: Vec<String>,
}

/// A pair of rules that decide differently on the same requests.
#[derive(Debug)]
pub struct Change<'g> {
    /// One of the requests.
    pub example: Example,
    /// How many kinds of requests there are.
    pub kinds: usize,
    /// The rule that governs them in the old policy.
    pub old: Option<&'g Rule>,
    /// The rule that governs them in the new one.
    pub new: Option<&'g Rule>,
    /// Who may now that could not, each as little as it takes.
    pub wider: Vec<Who>,
    /// Who may no longer.
    pub narrower: Vec<Who>,
}

/// Somebody, as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Whoever comes without a token.
    WithoutToken,
    /// Whoever has a token with at least this; with anything at all, where it is nothing.
    With {
        /// Roles: of each of these lists, one.
        roles: Vec<Vec<String>>,
        /// Claims and scopes.
        said: Vec<String>,
    },
}

impl Gate {
    /// Compares what this policy decides with what a newer one does.
    #[must_use]
    pub fn compare<'g>(&'g self, new: &'g Self) -> Comparison<'g> {
        let mut unknown = Vec::new();
        let policies = [&self.policy, &new.policy];
        let options = either(self.paths, new.paths);
        let examples = Examples::new(policies, options);
        let classes = examples.of_classes(&policies, MOST_CLASSES).unwrap_or_else(|| {
            unknown.push(format!("the tables have more than {MOST_CLASSES} kinds of requests"));
            Vec::new()
        });
        // Most kinds of requests are governed by a pair of rules that others are governed by, too.
        let mut pairs: BTreeMap<_, Vec<Example>> = BTreeMap::new();
        for example in classes {
            // The words of an example may make a host too long that is one with others.
            if target(&example, options).is_none() {
                let Example { method, host, path } = example;
                unknown.push(format!("{method} {path}, host {host}: this is no request"));
                continue;
            }
            let pair = (governed(self, &example), governed(new, &example));
            pairs.entry(pair).or_default().push(example);
        }
        let mut changes = Vec::new();
        for ((old, newer), examples) in pairs {
            let kinds = examples.len();
            let Some(example) = examples.into_iter().next() else { continue };
            let old = Side { gate: self, governed: old };
            let newer = Side { gate: new, governed: newer };
            match Terms::of(&old, &newer).differences() {
                Some((wider, narrower)) if wider.is_empty() && narrower.is_empty() => {}
                Some((wider, narrower)) => {
                    let (old, new) = (old.rule(), newer.rule());
                    changes.push(Change { example, kinds, old, new, wider, narrower });
                }
                None => unknown.push(format!(
                    "{} {}: the rules ask for too much to look at each combination of it",
                    example.method, example.path
                )),
            }
        }
        Comparison { changes, unknown }
    }
}

/// The options under which what either tells apart is apart.
fn either(old: PathOptions, new: PathOptions) -> PathOptions {
    let strict = [old, new].map(|one| one.trailing_slash).contains(&TrailingSlash::Strict);
    let sensitive = [old, new].map(|one| one.case).contains(&Case::Sensitive);
    PathOptions {
        trailing_slash: if strict { TrailingSlash::Strict } else { TrailingSlash::Ignore },
        case: if sensitive { Case::Sensitive } else { Case::Insensitive },
        ..old
    }
}

/// Kinds of requests that are looked at.
const MOST_CLASSES: usize = 1_000_000;
