//! What values take in memory behind themselves: an estimate that is never too low, allocator included.
//!
//! It is made of the sizes of the target it is compiled for. A test counts natively what is really allocated.

use serde_json::{Map, Value};

/// What the allocator takes for so many bytes. dlmalloc on wasm32: a header of 4 bytes, the whole a multiple of 8
/// and not less than 16.
pub(crate) fn allocation(bytes: usize) -> usize {
    const MORE: usize = 16;
    if bytes == 0 { 0 } else { bytes.saturating_add(MORE) }
}

pub(crate) fn text(text: &String) -> usize {
    allocation(text.capacity())
}

/// The list itself, not what its elements have behind them.
pub(crate) fn list<T>(list: &Vec<T>) -> usize {
    allocation(list.capacity().saturating_mul(size_of::<T>()))
}

/// A `BTreeMap` has nodes of eleven slots each, whatever is in them; all but the root are filled with five at least.
// Recursion is bounded: the readers refuse what is nested more than 128 deep.
pub(crate) fn members(members: &Map<String, Value>) -> usize {
    const SLOTS: usize = 11;
    const FILLED: usize = 5;
    const SLOT: usize = size_of::<String>() + size_of::<Value>();
    // The way to the parent, how much is filled, and alignment.
    const HEAD: usize = 4 * size_of::<usize>();
    const EDGES: usize = (SLOTS + 1) * size_of::<usize>();
    let nodes = match members.len() {
        0 => 0,
        1..=SLOTS => allocation(HEAD + SLOTS * SLOT),
        more => {
            let nodes = more.div_ceil(FILLED);
            nodes.saturating_mul(allocation(HEAD + SLOTS * SLOT + EDGES))
        }
    };
    let inside = members.iter().map(|(name, member)| text(name).saturating_add(value(member)));
    inside.fold(nodes, usize::saturating_add)
}

fn value(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(own) => text(own),
        Value::Array(elements) => {
            elements.iter().map(self::value).fold(list(elements), usize::saturating_add)
        }
        Value::Object(own) => members(own),
    }
}
