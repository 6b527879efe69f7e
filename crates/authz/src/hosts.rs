//! The rows of a table by host.

use std::collections::HashMap;
use std::ops::ControlFlow;

use foldhash::fast::FixedState;

use crate::pattern::{HostPattern, MethodPattern, PathPattern};
use crate::target::Target;
use crate::tree::Tree;

/// The rows of a table: a tree of paths for each host pattern.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hosts {
    exact: HashMap<String, Tree, FixedState>,
    /// By the suffix, with its leading dot.
    below: HashMap<String, Tree, FixedState>,
    any: Tree,
}

impl Hosts {
    /// Adds a row, if none has this host, path and method already; else gives that one.
    pub(crate) fn add(
        &mut self,
        host: &HostPattern,
        path: &PathPattern,
        method: &MethodPattern,
        row: usize,
    ) -> Result<(), usize> {
        let tree = match host {
            HostPattern::Exact(name) => self.exact.entry(name.clone()).or_default(),
            HostPattern::Below(suffix) => self.below.entry(suffix.text().to_owned()).or_default(),
            HostPattern::Any => &mut self.any,
        };
        tree.add(path, method, row)
    }

    /// Shows the rows that match this target, the most specific first, until it is told to stop: those of its host, then of
    /// each suffix, the longest first, then of any.
    pub(crate) fn each<B>(
        &self,
        target: &Target<'_>,
        mut show: impl FnMut(usize) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let host = target.host.as_str();
        let mut of = |tree: &Tree| tree.each(&target.path, target.method, &mut show);
        if !self.exact.is_empty() {
            self.exact.get(host).map_or(ControlFlow::Continue(()), &mut of)?;
        }
        if !self.below.is_empty() {
            suffixes(host).filter_map(|suffix| self.below.get(suffix)).try_for_each(&mut of)?;
        }
        of(&self.any)
    }

    /// How many nodes a look-up visits at most, in the trees of all patterns that match one host.
    pub(crate) fn steps(&self) -> usize {
        let most = |trees: &mut dyn Iterator<Item = &Tree>| trees.map(Tree::steps).max();
        let exact = most(&mut self.exact.values()).unwrap_or_default();
        let below: usize = (1..=LABELS)
            .filter_map(|dots| {
                let alike = self.below.iter().filter(|(suffix, _)| count_dots(suffix) == dots);
                most(&mut alike.map(|(_, tree)| tree))
            })
            .sum();
        exact.saturating_add(below).saturating_add(self.any.steps())
    }
}

/// What stands behind each label of a host, from its dot on, the longest first.
fn suffixes(host: &str) -> impl Iterator<Item = &str> {
    let dots = host.char_indices().filter(|(index, c)| *index > 0 && *c == '.');
    dots.filter_map(|(index, _)| host.get(index..))
}

fn count_dots(suffix: &str) -> usize {
    suffix.bytes().filter(|byte| *byte == b'.').count()
}

/// Labels that a host name can have: 253 bytes, each label with its dot.
const LABELS: usize = 127;
