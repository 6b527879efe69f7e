//! Files with policies: alone, or inside of what configures Envoy, Istio or Envoy Gateway.

mod embedded;
mod envoy;
mod find;
mod kubernetes;
mod places;
mod span;
#[cfg(test)]
pub(crate) mod tests;
mod tree;

use anyhow::{Result, anyhow, bail};
use serde_json::{Number, Value};

pub(crate) use self::envoy::{field, field_member};
pub(crate) use self::find::Contents;
pub(crate) use self::places::Place;
pub(crate) use self::span::{Position, Span, Syntax, line_around};
pub(crate) use self::tree::{Kind, Member, Node};

/// A file, and its text.
#[derive(Debug)]
pub(crate) struct File {
    /// Its path; `-` for the standard input.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A policy that was found, and what is around it.
#[derive(Debug)]
pub(crate) struct Found {
    /// Where it is in the file: `spec.pluginConfig`; empty where it is the whole document.
    pub(crate) path: String,
    /// What hands it to claimgate.
    pub(crate) holder: Holder,
    /// Whether its numbers are handed over as they are written; if not, as doubles.
    pub(crate) exact: bool,
    /// Its configuration; or why that cannot be read.
    pub(crate) config: std::result::Result<Node, Syntax>,
    /// The settings beside it, without itself; none where it is the whole document.
    pub(crate) settings: Option<Node>,
    /// What Envoy's filter that has it is called, where it is in one.
    pub(crate) filter: Option<String>,
    /// Where it is said that this filter is off.
    pub(crate) disabled: Option<Span>,
}

/// What hands a policy to claimgate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// Nothing: the policy is the document.
    Document,
    /// Envoy's Wasm filter.
    Filter,
    /// Istio's `WasmPlugin`.
    WasmPlugin,
    /// Istio's `TrafficExtension`.
    TrafficExtension,
    /// Envoy Gateway's `EnvoyExtensionPolicy`.
    ExtensionPolicy,
}

impl File {
    /// Its one document, as a value.
    pub(crate) fn value(&self) -> Result<Value> {
        let documents = tree::read(&self.text)
            .map_err(|Syntax { message, span }| anyhow!("{}: {message}", self.at(&span)))?;
        match &documents[..] {
            [document] => Ok(document.value()),
            _ => bail!("{}: expected one document, found {}", self.name, documents.len()),
        }
    }

    /// `envoy.yaml:12:5`.
    pub(crate) fn at(&self, span: &Span) -> String {
        let Position { line, column } = Position::of(span.start, &self.text);
        format!("{}:{line}:{column}", self.name)
    }
}

impl Found {
    /// The place in the file of the settings beside it.
    pub(crate) fn beside(&self) -> &str {
        let path = self.path.strip_suffix(".value").filter(|_| self.holder == Holder::Filter);
        let path = path.unwrap_or(&self.path);
        path.rsplit_once('.').map_or("", |(beside, _)| beside)
    }

    /// The configuration as claimgate is handed it.
    pub(crate) fn value(&self, config: &Node) -> Value {
        let value = config.value();
        if self.exact { value } else { doubles(value) }
    }
}

/// As it is after a `google.protobuf.Struct`, which knows numbers as doubles only.
fn doubles(value: Value) -> Value {
    const EXACT: u64 = 1 << 53;
    match value {
        Value::Number(number)
            if number.as_i64().is_none_or(|whole| whole.unsigned_abs() > EXACT) =>
        {
            number.as_f64().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
        }
        Value::Array(elements) => elements.into_iter().map(doubles).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(key, value)| (key, doubles(value))).collect()
        }
        other => other,
    }
}
