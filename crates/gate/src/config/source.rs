//! The bytes of a configuration, to one tree of values.

use authn::{json, structpb};
use serde_json::Value;

use super::problem::Problems;

/// Reads the plugin configuration: JSON text, or a serialized `google.protobuf.Struct`, which is what
/// Envoy hands over for a configuration written as YAML (`"@type": …Struct`).
///
/// The two cannot be taken for each other: the text of an object begins with `{`, perhaps after blanks,
/// and reads as JSON to its end; a `Struct` that is not empty begins with the tag of its field 1.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, Problems> {
    if bytes.trim_ascii().is_empty() {
        return Err(whole("is empty; expected an object with at least `rules`"));
    }
    let not_json = match json::parse(bytes) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let looks_like_json = bytes.trim_ascii_start().starts_with(b"{");
    if bytes.first() == Some(&STRUCT_FIELDS) {
        match structpb::parse(bytes) {
            Ok(fields) => return Ok(Value::Object(fields)),
            Err(error) if !looks_like_json => return Err(whole(&format!("is {error}"))),
            Err(_) => {}
        }
    }
    Err(whole(&format!("is neither JSON nor a google.protobuf.Struct: {not_json}")))
}

fn whole(message: &str) -> Problems {
    let mut problems = Problems::default();
    problems.push("", message);
    problems
}

/// Tag of `google.protobuf.Struct.fields`: field 1, length-delimited. Also a line feed.
const STRUCT_FIELDS: u8 = 0x0a;
