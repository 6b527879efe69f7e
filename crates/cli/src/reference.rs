//! The configuration reference, made of the JSON Schema: a heading for each object, a line for each of its keys.

mod values;

use std::fmt;

use serde_json::{Map, Value};

use self::values::Values;

/// The reference; as text it is Markdown.
#[derive(Debug)]
pub(crate) struct Reference<'s> {
    definitions: Option<&'s Map<String, Value>>,
    sections: Vec<Section<'s>>,
}

/// One object of the configuration.
#[derive(Debug)]
struct Section<'s> {
    /// Where it stands, as `rules[].allow`; empty for the configuration as a whole.
    place: String,
    /// The name of its definition; the whole has none.
    definition: Option<&'s str>,
    description: &'s str,
    object: &'s Value,
}

impl<'s> Reference<'s> {
    /// The reference of the configuration with this schema.
    pub(crate) fn of(schema: &'s Value) -> Self {
        let definitions = schema.get("$defs").and_then(Value::as_object);
        let mut reference = Self { definitions, sections: Vec::new() };
        reference.add(Section {
            place: String::new(),
            definition: None,
            description: description(schema),
            object: schema,
        });
        reference
    }

    /// Adds an object, and behind it those inside it.
    fn add(&mut self, section: Section<'s>) {
        let (place, object) = (section.place.clone(), section.object);
        self.sections.push(section);
        for (key, property) in properties(object) {
            let separator = if place.is_empty() { "" } else { "." };
            self.add_inside(property, format!("{place}{separator}{key}"));
        }
    }

    /// Adds the objects that a value is, or has elements or members of, where they are not there yet.
    fn add_inside(&mut self, value: &'s Value, place: String) {
        if let Some(name) = reference(value) {
            let known = self.sections.iter().any(|section| section.definition == Some(name));
            let object = self.definitions.and_then(|definitions| definitions.get(name));
            if let Some(object) = object.filter(|_| !known) {
                let own = [description(value), description(object)];
                let description = own.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
                self.add(Section { place, definition: Some(name), description, object });
            }
            return;
        }
        for alternative in alternatives(value) {
            self.add_inside(alternative, place.clone());
        }
        if let Some(elements) = value.get("items") {
            self.add_inside(elements, format!("{place}[]"));
        }
        if let Some(members) = value.get("additionalProperties") {
            self.add_inside(members, format!("{place}.<name>"));
        }
    }

    /// The place of a definition's section, in the words of a link to it.
    fn link(&self, definition: &str) -> Option<String> {
        let section = self.sections.iter().find(|one| one.definition == Some(definition))?;
        Some(format!("[`{}`](#{})", section.place, anchor(&section.place)))
    }
}

impl fmt::Display for Reference<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(HEAD)?;
        for section in &self.sections {
            match section.place.as_str() {
                "" => writeln!(formatter, "\n## The whole\n")?,
                place => writeln!(formatter, "\n## `{place}`\n")?,
            }
            writeln!(formatter, "{}", section.description)?;
            let either = exclusive(section.object);
            if !either.is_empty() {
                writeln!(formatter, "\nExactly one of `{}` is there.", either.join("`, `"))?;
            }
            writeln!(formatter, "\n| key | required | default | values | meaning |")?;
            writeln!(formatter, "|---|---|---|---|---|")?;
            for (key, property) in properties(section.object) {
                let required = match () {
                    () if requires(section.object, key) => "yes",
                    () if either.contains(&key) => "one of them",
                    () => "no",
                };
                let default = property.get("default");
                let default = default.map_or("-".to_owned(), values::code);
                let values = Values { reference: self, schema: property };
                let row = format!(
                    "| `{key}` | {required} | {default} | {values} | {} |",
                    description(property).replace('|', r"\|")
                );
                writeln!(formatter, "{row}")?;
            }
        }
        Ok(())
    }
}

/// The keys of an object: those that must be there, then those of which one must be, then the others.
fn properties(object: &Value) -> Vec<(&str, &Value)> {
    let members = object.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mut properties: Vec<(&str, &Value)> =
        members.map(|(key, property)| (key.as_str(), property)).collect();
    let either = exclusive(object);
    properties.sort_by_key(|(key, _)| (!requires(object, key), !either.contains(key)));
    properties
}

fn requires(object: &Value, key: &str) -> bool {
    let required = object.get("required").and_then(Value::as_array);
    required.is_some_and(|required| required.iter().any(|one| one == key))
}

/// The keys of which exactly one must be there.
fn exclusive(object: &Value) -> Vec<&str> {
    let ways = object.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let keys = ways.filter_map(|way| way.get("required")?.get(0)?.as_str());
    keys.collect()
}

/// The values that a value may be, where the schema tells them apart.
fn alternatives(value: &Value) -> &[Value] {
    let alternatives = value.get("anyOf").or_else(|| value.get("oneOf")).and_then(Value::as_array);
    alternatives.map_or(&[], Vec::as_slice)
}

/// The name of the definition that a schema refers to.
fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

fn description(schema: &Value) -> &str {
    schema.get("description").and_then(Value::as_str).unwrap_or_default()
}

/// What renderers of Markdown make of a heading, for links to it.
fn anchor(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-')).collect()
}

const HEAD: &str = "\
# Configuration reference

Every key of a policy, which is claimgate's plugin configuration. What it means for a request, and why, is in the
page on [writing a policy](policy.md); policies to start from are in [envoy/policy-examples](../envoy/policy-examples/README.md).

This page is printed by `claimgate schema --reference`, from the types that read the configuration. `claimgate schema`
prints the same as a JSON Schema (draft 2020-12), which is also in [envoy/policy.schema.json](../envoy/policy.schema.json). An
editor with a YAML language server completes and checks a policy that begins with

```yaml
# yaml-language-server: $schema=policy.schema.json
```

where the path is relative to the policy's file. The schema knows one row at a time. What is wrong between rows, such as two
that govern the same requests, `claimgate check` finds.

A key that is not named here is an error, and so is one with nothing behind it, or with an empty list where nothing is said of
empty ones. `[]` in a heading stands for each element of a list, `<name>` for each key of your own.
";
