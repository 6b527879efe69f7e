//! `google.protobuf.Struct` to JSON: how Envoy hands over configuration and dynamic metadata.
//!
//! A `Struct` knows numbers as doubles only; one that is a whole number is given back as a JSON
//! integer, so that `60` in YAML stays `60`.

use prost::Message as _;
use prost_types::value::Kind;
use serde_json::{Map, Value};

use crate::json;

/// Why some bytes are not a `google.protobuf.Struct` that can be read as JSON.
#[derive(Debug, thiserror::Error)]
pub enum InvalidStruct {
    /// The bytes are not this protobuf message (also: nested more than 100 messages deep).
    #[error("not a google.protobuf.Struct: {0}")]
    Encoding(#[from] prost::DecodeError),
    /// A number is infinite or not a number, which JSON cannot say.
    #[error("a number is not finite")]
    Number,
    /// A value has none of the six kinds.
    #[error("a value has no kind")]
    Kind,
}

/// Reads a serialized `google.protobuf.Struct`.
///
/// # Errors
/// [`InvalidStruct`] when the bytes are something else, or hold what JSON cannot.
pub fn parse(bytes: &[u8]) -> Result<Map<String, Value>, InvalidStruct> {
    object(prost_types::Struct::decode(bytes)?)
}

/// Reads a serialized `google.protobuf.Value`.
///
/// # Errors
/// As [`parse`].
pub(crate) fn parse_value(bytes: &[u8]) -> Result<Value, InvalidStruct> {
    value(prost_types::Value::decode(bytes)?)
}

fn object(message: prost_types::Struct) -> Result<Map<String, Value>, InvalidStruct> {
    message.fields.into_iter().map(|(name, field)| Ok((name, value(field)?))).collect()
}

// Recursion is bounded: prost refuses messages nested more than 100 deep.
fn value(message: prost_types::Value) -> Result<Value, InvalidStruct> {
    match message.kind.ok_or(InvalidStruct::Kind)? {
        Kind::NullValue(_) => Ok(Value::Null),
        Kind::BoolValue(boolean) => Ok(Value::Bool(boolean)),
        Kind::NumberValue(double) => {
            json::number(double).map(Value::Number).ok_or(InvalidStruct::Number)
        }
        Kind::StringValue(text) => Ok(Value::String(text)),
        Kind::ListValue(list) => {
            list.values.into_iter().map(value).collect::<Result<_, _>>().map(Value::Array)
        }
        Kind::StructValue(message) => object(message).map(Value::Object),
    }
}

#[cfg(test)]
mod tests {
    use prost_types::{ListValue, Struct, Value as Pb};
    use serde_json::json;

    use super::*;

    fn encode(kind: Kind) -> Vec<u8> {
        Pb { kind: Some(kind) }.encode_to_vec()
    }

    #[test]
    fn each_kind_keeps_its_type() {
        let text = |text: &str| Pb { kind: Some(Kind::StringValue(text.to_owned())) };
        for (kind, expected) in [
            (Kind::NullValue(0), json!(null)),
            (Kind::BoolValue(true), json!(true)),
            (Kind::NumberValue(60.0), json!(60)),
            (Kind::NumberValue(-0.0), json!(0)),
            (Kind::NumberValue(-3.0), json!(-3)),
            (Kind::NumberValue(1.5), json!(1.5)),
            (Kind::NumberValue(1e300), json!(1e300)),
            (Kind::StringValue("60".to_owned()), json!("60")),
            (Kind::ListValue(ListValue { values: vec![text("a"), text("b")] }), json!(["a", "b"])),
            (
                Kind::StructValue(Struct { fields: [("k".to_owned(), text("v"))].into() }),
                json!({"k": "v"}),
            ),
        ] {
            assert_eq!(parse_value(&encode(kind)).unwrap(), expected);
        }
    }

    #[test]
    fn what_json_cannot_say_is_refused() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(
                parse_value(&encode(Kind::NumberValue(number))).unwrap_err().to_string(),
                "a number is not finite"
            );
        }
        assert_eq!(parse_value(b"").unwrap_err().to_string(), "a value has no kind");
        assert!(
            parse(b"\x0a\xff").unwrap_err().to_string().starts_with("not a google.protobuf.Struct")
        );
    }

    #[test]
    fn depth_is_bounded() {
        let mut deep = Pb { kind: Some(Kind::BoolValue(true)) };
        for _ in 0..200 {
            deep = Pb { kind: Some(Kind::ListValue(ListValue { values: vec![deep] })) };
        }
        let error = parse_value(&deep.encode_to_vec()).unwrap_err().to_string();
        assert!(error.contains("recursion limit"), "{error}");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
