//! The rows of one host pattern as a tree over path segments: a look-up takes as many steps as a path has segments,
//! however many rows there are.
//!
//! At each segment the tree is followed along the literal first, then along the variable, then comes the rest: the
//! order of specificity, so the first row that is found governs. Going back from a literal to a variable is what can
//! make a look-up longer than its path. How much longer is a property of the rows, worked out when the tree is
//! built ([`Tree::steps`]); no request can make it worse.

use std::ops::ControlFlow;

use hashbrown::HashTable;

use crate::path::{Segment, Segments};
use crate::pattern::{MethodPattern, PathPattern, Step};

/// The rows of one host pattern. A row is known by its number.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// The literal segments below all nodes, by the hash of node and segment.
    literals: HashTable<Literal>,
}

/// What is left of the rows after some segments.
#[derive(Debug, Clone, Default)]
struct Node {
    variable: Option<usize>,
    /// Rows whose path ends here.
    end: Methods,
    /// Rows that take any rest from here on.
    rest: Methods,
}

#[derive(Debug, Clone)]
struct Literal {
    parent: usize,
    segment: Box<str>,
    child: usize,
}

/// Rows of one path, by method.
#[derive(Debug, Clone, Default)]
struct Methods {
    /// In the order of their names.
    named: Vec<(Box<str>, usize)>,
    any: Option<usize>,
}

impl Methods {
    /// Adds a row, if there is none for this method already; else gives that one.
    fn add(&mut self, method: &MethodPattern, row: usize) -> Result<(), usize> {
        let known = match method {
            MethodPattern::Any => *self.any.get_or_insert(row),
            MethodPattern::Named(name) => match self.place(name) {
                Ok(place) => self.named.get(place).map_or(row, |(_, known)| *known),
                Err(place) => {
                    self.named.insert(place, (name.as_str().into(), row));
                    row
                }
            },
        };
        if known == row { Ok(()) } else { Err(known) }
    }

    /// Where this method stands, or would.
    fn place(&self, method: &str) -> Result<usize, usize> {
        self.named.binary_search_by(|(name, _)| (**name).cmp(method))
    }

    /// Shows the rows for this method, the more specific first.
    fn each<B>(
        &self,
        method: &str,
        show: &mut impl FnMut(usize) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        if let Ok(place) = self.place(method)
            && let Some((_, row)) = self.named.get(place)
        {
            show(*row)?;
        }
        self.any.map_or(ControlFlow::Continue(()), show)
    }
}

impl Default for Tree {
    /// No rows.
    fn default() -> Self {
        Self { nodes: vec![Node::default()], literals: HashTable::new() }
    }
}

impl Tree {
    /// Adds a row, if none has this path and method already; else gives that one.
    pub(crate) fn add(
        &mut self,
        path: &PathPattern,
        method: &MethodPattern,
        row: usize,
    ) -> Result<(), usize> {
        let mut node = 0;
        for step in path.steps() {
            node = match step {
                Step::Literal(segment) => self.literal(node, segment),
                Step::Variable => self.variable(node),
                Step::End | Step::Rest => {
                    let Some(node) = self.nodes.get_mut(node) else { break };
                    let methods = if *step == Step::End { &mut node.end } else { &mut node.rest };
                    return methods.add(method, row);
                }
            };
        }
        Ok(())
    }

    /// The node below this one at a literal segment, made if there is none.
    fn literal(&mut self, parent: usize, segment: &str) -> usize {
        if let Some(child) = self.child(parent, segment) {
            return child;
        }
        let child = self.node();
        let literal = Literal { parent, segment: segment.into(), child };
        let hash = |literal: &Literal| hash(literal.parent, &literal.segment);
        self.literals.insert_unique(hash(&literal), literal, hash);
        child
    }

    /// The node below this one at a variable, made if there is none.
    fn variable(&mut self, parent: usize) -> usize {
        let next = self.nodes.len();
        let variable = self.nodes.get_mut(parent).map(|node| *node.variable.get_or_insert(next));
        match variable {
            Some(child) if child < next => child,
            _ => self.node(),
        }
    }

    fn node(&mut self) -> usize {
        self.nodes.push(Node::default());
        self.nodes.len().saturating_sub(1)
    }

    fn child(&self, parent: usize, segment: &str) -> Option<usize> {
        let hash = hash(parent, segment);
        let is_it = |literal: &Literal| literal.parent == parent && *literal.segment == *segment;
        Some(self.literals.find(hash, is_it)?.child)
    }

    /// Shows the rows that match this path and method, the most specific first, until it is told to stop.
    pub(crate) fn each<B>(
        &self,
        path: &Segments<'_>,
        method: &str,
        show: &mut impl FnMut(usize) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        self.below(0, path.all(), method, show, &mut || {})
    }

    /// Shows the rows below this node that match what is left of a path; tells of each node that it visits. Recursion is
    /// bounded: no deeper than the longest pattern.
    fn below<B>(
        &self,
        node: usize,
        path: &[Segment<'_>],
        method: &str,
        show: &mut impl FnMut(usize) -> ControlFlow<B>,
        visited: &mut impl FnMut(),
    ) -> ControlFlow<B> {
        visited();
        let Some(here) = self.nodes.get(node) else { return ControlFlow::Continue(()) };
        match path.split_first() {
            None => here.end.each(method, show)?,
            Some((segment, left)) => {
                if let Some(literal) = self.child(node, segment.compared()) {
                    self.below(literal, left, method, show, visited)?;
                }
                if let Some(variable) = here.variable.filter(|_| !segment.is_empty()) {
                    self.below(variable, left, method, show, visited)?;
                }
            }
        }
        here.rest.each(method, show)
    }

    /// How many nodes a look-up visits at most, whatever the path. A node is made after the one above it, so going
    /// backwards, each comes after all below it.
    pub(crate) fn steps(&self) -> usize {
        let mut of_literals = vec![0_usize; self.nodes.len()];
        let mut parents: Vec<Option<usize>> = vec![None; self.nodes.len()];
        for literal in &self.literals {
            if let Some(parent) = parents.get_mut(literal.child) {
                *parent = Some(literal.parent);
            }
        }
        let mut steps = vec![0_usize; self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let of = |steps: &[usize], index: usize| steps.get(index).copied().unwrap_or_default();
            let variable = node.variable.map_or(0, |child| of(&steps, child));
            let own = of(&of_literals, index).saturating_add(variable).saturating_add(1);
            if let Some(steps) = steps.get_mut(index) {
                *steps = own;
            }
            let parent = parents.get(index).copied().flatten();
            if let Some(most) = parent.and_then(|parent| of_literals.get_mut(parent)) {
                *most = own.max(*most);
            }
        }
        steps.first().copied().unwrap_or_default()
    }
}

/// FNV-1a, with the parent before the text. Segments are short and the table is the operator's: a few instructions for
/// each byte are the quickest here, and nobody else can choose what is in it.
fn hash(parent: usize, segment: &str) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let step = |hash: u64, word: u64| (hash ^ word).wrapping_mul(PRIME);
    let start = step(OFFSET, u64::try_from(parent).unwrap_or(u64::MAX));
    let hash = segment.bytes().fold(start, |hash, byte| step(hash, u64::from(byte)));
    // The table takes its place from the low bits and its mark from the high ones, which the last bytes hardly reach.
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests;
