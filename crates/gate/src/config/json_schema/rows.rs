//! What the members of one object say of each other.

use schemars::Schema;
use serde_json::{Value, json};

/// That exactly one of these members is there.
pub(super) fn exactly_one_of(keys: &[&str]) -> Value {
    keys.iter().map(|key| json!({ "required": [key] })).collect()
}

/// A rule has one kind of path, and says of denials only where there are some.
pub(in super::super) fn rule(schema: &mut Schema) {
    schema.insert("oneOf".to_owned(), exactly_one_of(&["path", "paths", "grpc"]));
    schema.insert(
        "allOf".to_owned(),
        json!([
            { "if": { "required": ["grpc"] }, "then": { "properties": { "methods": false } } },
            {
                "if": { "properties": { "allow": { "const": "public" } }, "required": ["allow"] },
                "then": {
                    "properties": { "message": false, "status": false, "mode": { "const": "enforce" } },
                },
            },
        ]),
    );
}

/// A source is one place, and only a header has a scheme.
pub(in super::super) fn token_source(schema: &mut Schema) {
    schema.insert("oneOf".to_owned(), exactly_one_of(&["header", "cookie", "query"]));
    schema.insert("dependentRequired".to_owned(), json!({ "scheme": ["header"] }));
}

/// What an issuer says of a token's header makes sense only where the header is looked at.
pub(in super::super) fn issuer(schema: &mut Schema) {
    let without = |way: &str, keys: &[&str]| {
        let none: Value = keys.iter().map(|key| ((*key).to_owned(), Value::Bool(false))).collect();
        json!({
            "if": { "properties": { "signature": { "required": [way] } }, "required": ["signature"] },
            "then": { "properties": none },
        })
    };
    let rows =
        [without("jwt_authn", &["algorithms", "typ"]), without("decode_only", &["algorithms"])];
    schema.insert("allOf".to_owned(), rows.into_iter().collect());
}
