//! What claimgate refuses a policy for.

use gate::{ConfigError, Problem};

use super::Finding;
use crate::source::{Node, Place};

/// Each problem, with where it stands.
pub(super) fn findings(refused: &ConfigError, root: &Node) -> impl Iterator<Item = Finding> {
    refused.problems().iter().map(|Problem { place, message, key }| {
        let span = Place::find(root, place).span(key.as_deref());
        let place = if place.is_empty() { "configuration" } else { place };
        Finding::error(place.to_owned(), message.clone(), span)
    })
}
