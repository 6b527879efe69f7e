//! What a published schema says of a document. Kubernetes drops fields that a schema does not have, without a word, and
//! a misspelt `failOpen` with them; here they are refused.
//!
//! The rules in CEL (`x-kubernetes-validations`) are not evaluated.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

/// Everything that is wrong with the document, each with its place.
pub(crate) fn problems(schema: &Value, document: &Value) -> Result<Vec<String>> {
    let mut schema = closed(schema);
    let properties =
        schema["properties"].as_object_mut().context("the schema has no properties")?;
    // What every object has, and the schema of a definition need not repeat.
    properties.insert("apiVersion".into(), json!({ "type": "string" }));
    properties.insert("kind".into(), json!({ "type": "string" }));
    properties.insert("metadata".into(), metadata());
    let validator = jsonschema::draft4::new(&schema)?;
    let problems = validator.iter_errors(document);
    Ok(problems.map(|problem| format!("{}: {problem}", problem.instance_path())).collect())
}

/// The schema as JSON Schema, its objects closed.
///
/// Only where a structural schema says what fields there are: `anyOf` and its kin only restrict what is there.
fn closed(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let Some(members) = schema.as_object_mut() else { return schema };
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = members.get_mut(key) {
            *inner = closed(inner);
        }
    }
    if let Some(Value::Object(properties)) = members.get_mut("properties") {
        for inner in properties.values_mut() {
            *inner = closed(inner);
        }
    }
    if members.get("type") == Some(&json!("object")) && !is_open(members) {
        members.insert("additionalProperties".into(), json!(false));
    }
    if members.get("nullable") == Some(&json!(true)) {
        let kind = members.get("type").cloned().unwrap_or_default();
        members.insert("type".into(), json!([kind, "null"]));
    }
    schema
}

fn is_open(schema: &Map<String, Value>) -> bool {
    schema.contains_key("additionalProperties")
        || schema.get("x-kubernetes-preserve-unknown-fields") == Some(&json!(true))
}

/// Of `ObjectMeta`, what a manifest has a reason to write.
fn metadata() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let texts = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    json!({
        "type": "object",
        "required": ["name", "namespace"],
        "properties": { "name": text, "namespace": text, "labels": texts, "annotations": texts },
        "additionalProperties": false,
    })
}
