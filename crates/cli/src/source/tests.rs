use proptest::prelude::*;
use serde_json::{Value, json};

use super::tree::read;
use super::*;

pub(crate) mod containers;
mod positions;

/// The text that a span of a text is.
fn shown(text: &str, span: &Span) -> String {
    text.get(span.clone()).unwrap().to_owned()
}

/// Any JSON value, as far as a YAML reader's depth goes.
fn any_json() -> impl Strategy<Value = Value> {
    let text = "[ -~é😀\n\t\"\\\\]{0,12}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9f64).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(text, inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
