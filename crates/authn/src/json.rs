//! Strict JSON: what `serde_json` accepts, less objects that name a member twice.
//!
//! Readers differ on which of two equal members counts, and that difference is an attack
//! (RFC 8259 section 4, RFC 7515 section 5.2 step 4, RFC 7519 section 4): such a text is refused.
//! `serde_json` keeps its limit of 128 nested values and refuses numbers that do not fit an `f64`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use crate::text;

/// Reads one JSON text, and nothing after it.
///
/// # Errors
/// What is wrong and at which line and column, when the text is not JSON or repeats a member.
pub fn parse(text: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(text).map(|Unique(value)| value)
}

/// Reads one JSON object, and nothing after it.
///
/// # Errors
/// As [`parse`], and when the text is another JSON value than an object.
pub fn parse_object(text: &[u8]) -> Result<Map<String, Value>, serde_json::Error> {
    match parse(text)? {
        Value::Object(members) => Ok(members),
        other => Err(serde_json::Error::custom(format_args!(
            "expected an object, found {}",
            kind(&other)
        ))),
    }
}

/// The kind of a JSON value as a message names it: `a string`, `an array`.
#[must_use]
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A double as JSON says it: a whole number that it holds exactly as an integer, so that `60.0` is `60`.
/// `None` where it is not finite.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "whole and below 2^53, where every double is exactly one i64"
)]
pub(crate) fn number(double: f64) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_991.0;
    if double.fract() == 0.0 && double.abs() <= EXACT {
        return Some(Number::from(double as i64));
    }
    Number::from_f64(double)
}

/// A JSON value in which no object names a member twice.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        number(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Unique(element)) = elements.next_element()? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            match object.entry(name) {
                Entry::Occupied(member) => {
                    let name = text::quoted(member.key());
                    return Err(A::Error::custom(format_args!("duplicate member {name}")));
                }
                Entry::Vacant(member) => {
                    let Unique(value) = members.next_value()?;
                    member.insert(value);
                }
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_whole_and_strictly() {
        for (text, expected) in [
            (r#"{"a":{"b":[1,-2,1.5,"x",true,null]}}"#, Ok(())),
            (r#" {"a":1} "#, Ok(())),
            (r#"{"a":1,"A":2}"#, Ok(())),
            (r#"{"a":1,"a":1}"#, Err(r#"duplicate member "a" at line 1 column 10"#)),
            (r#"{"a":1,"\u0061":2}"#, Err(r#"duplicate member "a" at line 1 column 15"#)),
            (r#"{"o":[{"x":1,"x":2}]}"#, Err(r#"duplicate member "x" at line 1 column 16"#)),
            (r#"{"a":1e400}"#, Err("number out of range at line 1 column 10")),
            (r#"{"a":1}x"#, Err("trailing characters at line 1 column 8")),
            (r#"{"a":1,}"#, Err("trailing comma at line 1 column 8")),
            (r#"{"a":"\ud800"}"#, Err("unexpected end of hex escape at line 1 column 13")),
            ("", Err("EOF while parsing a value at line 1 column 0")),
            ("\u{feff}{}", Err("expected value at line 1 column 1")),
            ("[1]", Err("expected an object, found an array")),
            ("null", Err("expected an object, found null")),
        ] {
            let found =
                parse_object(text.as_bytes()).map(|_| ()).map_err(|error| error.to_string());
            assert_eq!(found, expected.map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn a_whole_number_is_an_integer_however_it_is_written() {
        for (text, integer) in
            [("60.0", Some(60)), ("6e1", Some(60)), ("-0.0", Some(0)), ("60.5", None)]
        {
            assert_eq!(parse(text.as_bytes()).unwrap().as_i64(), integer, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(127).as_bytes()).is_ok());
        let error = parse(nested(100_000).as_bytes()).unwrap_err().to_string();
        assert_eq!(error, "recursion limit exceeded at line 1 column 128");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused() {
        assert!(parse(b"\"\xff\"").is_err());
        assert!(parse(b"{\"\xc0\xaf\":1}").is_err());
    }
}
