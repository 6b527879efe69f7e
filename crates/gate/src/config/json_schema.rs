//! The JSON Schema of the configuration, of the very types that read it.
//!
//! It says what one value and one row can be refused for. What is checked across rows, and the finer points of a
//! grammar, are the reader's alone. It is never stricter than the reader: what the gate takes, it takes.

mod containers;
mod forms;
mod rows;

use deserr::Deserr;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Value, json};

pub(super) use self::forms::{
    LOWER_CASE_TOKEN, PATH, PLAIN, TOKEN, algorithm, claim_path, claim_value, claim_values,
    identity_headers, identity_origin, jwks, one_or_more, permission, permission_pattern,
    role_source, signature,
};
pub(super) use self::rows::{issuer, rule, token_source};
use super::Config;
use super::problem::Problems;

/// The JSON Schema (draft 2020-12) of the configuration.
#[must_use]
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(for_editors));
    let mut schema = settings.into_generator().into_root_schema_for::<Config>();
    schema.insert("$id".to_owned(), "urn:claimgate:policy".into());
    schema.insert("title".to_owned(), "claimgate policy".into());
    schema.to_value()
}

/// What the reader of an object has of its own to say: which members must be there, and that there are no others.
pub(super) fn object<T: Deserr<Problems>>(schema: &mut Schema) {
    let nothing = deserr::deserialize::<T, _, Problems>(json!({}));
    let missing = nothing.err().unwrap_or_default().0;
    let required: Vec<&str> = missing
        .iter()
        .filter_map(|problem| problem.message.strip_prefix('`')?.strip_suffix("` is missing"))
        .collect();
    schema.remove("required");
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    schema.insert("additionalProperties".to_owned(), false.into());
}

/// Descriptions are sentences, not lines of a source file; and Rust's integers say nothing to an operator.
fn for_editors(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
    if schema.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("uint"))
    {
        schema.remove("format");
    }
}

#[cfg(test)]
pub(crate) mod tests;
