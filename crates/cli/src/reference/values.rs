//! The values of a key, in words.

use std::fmt;

use serde_json::Value;

use super::{Reference, alternatives, description, reference};

/// What a schema allows; as text it is Markdown that fits a cell of a table.
pub(super) struct Values<'r, 's> {
    pub(super) reference: &'r Reference<'s>,
    pub(super) schema: &'s Value,
}

impl fmt::Display for Values<'_, '_> {
    /// A line for each alternative where they are explained, else all in one.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let alternatives = alternatives(self.schema);
        if alternatives.iter().all(|one| description(one).is_empty()) {
            return formatter.write_str(&self.brief(self.schema));
        }
        for (index, one) in alternatives.iter().enumerate() {
            let separator = if index == 0 { "" } else { "<br>" };
            let text = description(one);
            let colon = if text.is_empty() { "" } else { ": " };
            write!(formatter, "{separator}{}{colon}{text}", self.brief(one))?;
        }
        Ok(())
    }
}

/// A value as it is written in YAML.
pub(super) fn code(value: &Value) -> String {
    value.as_str().map_or_else(|| format!("`{value}`"), |text| format!("`{text}`"))
}

impl Values<'_, '_> {
    /// Recursion ends where a schema refers to another, which has a section of its own.
    fn brief(&self, schema: &Value) -> String {
        if let Some(link) = reference(schema).and_then(|name| self.reference.link(name)) {
            return link;
        }
        if let Some(value) = schema.get("const") {
            return code(value);
        }
        if let Some(words) = schema.get("enum").and_then(Value::as_array) {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            return format!("`{}`", words.join("`, `"));
        }
        match alternatives(schema) {
            [] => self.of_type(schema),
            [one, list] if list.get("items") == Some(one) => {
                format!("{}, or a list of such", self.brief(one))
            }
            several => several.iter().map(|one| self.brief(one)).collect::<Vec<_>>().join(" or "),
        }
    }

    fn of_type(&self, schema: &Value) -> String {
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
        match schema.get("type").and_then(Value::as_str).unwrap_or_default() {
            "string" => match bound("maxLength") {
                Some(most) => format!("text, at most {most} bytes"),
                None => "text".to_owned(),
            },
            "integer" => match (bound("minimum"), bound("maximum")) {
                (Some(least), Some(most)) => format!("{least} to {most}"),
                _ => "a whole number".to_owned(),
            },
            "number" => "a number".to_owned(),
            "boolean" => "`true`, `false`".to_owned(),
            "array" => {
                let elements = schema.get("items").map_or_else(String::new, |it| self.brief(it));
                let most = bound("maxItems").map(|most| format!(" of at most {most}"));
                let most = most.unwrap_or_default();
                format!("list{most}: {elements}")
            }
            _ => match schema.get("additionalProperties").filter(|members| members.is_object()) {
                Some(members) => format!("by name: {}", self.brief(members)),
                None => "object".to_owned(),
            },
        }
    }
}
