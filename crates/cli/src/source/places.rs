//! From places of a configuration (`rules[3].path`) to where they stand in a file.

use super::span::Span;
use super::tree::{Kind, Member, Node};

/// A value of a configuration, and its key where it has one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'n> {
    pub(crate) node: &'n Node,
    member: Option<&'n Member>,
}

impl<'n> Place<'n> {
    /// Finds a place, or of what holds it as much as is there.
    pub(crate) fn find(root: &'n Node, place: &str) -> Self {
        let mut found = Self { node: root, member: None };
        let mut rest = place;
        while let Some((next, left)) = found.step(rest) {
            (found, rest) = (next, left);
        }
        found
    }

    /// One step towards a place, and what is left of it. Keys may have dots: the longest that fits is meant.
    fn step(self, place: &str) -> Option<(Self, &str)> {
        match &self.node.kind {
            Kind::List(elements) => {
                let (index, rest) = place.strip_prefix('[')?.split_once(']')?;
                let node = elements.get(index.parse::<usize>().ok()?)?;
                Some((Self { node, member: None }, rest))
            }
            Kind::Object(members) => {
                let place = place.strip_prefix('.').unwrap_or(place);
                let fitting = members.iter().filter_map(|member| {
                    let rest = place.strip_prefix(member.key.as_str())?;
                    let ends = rest.is_empty() || rest.starts_with(['.', '[']);
                    ends.then_some((member, rest))
                });
                let (member, rest) = fitting.min_by_key(|(_, rest)| rest.len())?;
                Some((Self { node: &member.value, member: Some(member) }, rest))
            }
            _ => None,
        }
    }

    /// What to point at: the value, or the key where the value is not one piece of text. With `key`, that key of the
    /// object.
    pub(crate) fn span(self, key: Option<&str>) -> Span {
        if let Some(member) = key.and_then(|key| self.node.member(key)) {
            return member.key_span.clone();
        }
        let collection = matches!(self.node.kind, Kind::List(_) | Kind::Object(_));
        match self.member {
            Some(member) if collection || self.node.span.is_empty() => member.key_span.clone(),
            _ => self.node.span.clone(),
        }
    }
}
