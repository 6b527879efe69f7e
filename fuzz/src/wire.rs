//! JSON as `google.protobuf.Struct`, and as the metadata that jwt_authn leaves of a token.

use prost::Message as _;
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value as Pb};
use serde_json::{Map, Value};

/// The `Struct` that says what this object says, its numbers as doubles.
pub(crate) fn fields(members: &Map<String, Value>) -> Struct {
    Struct { fields: members.iter().map(|(name, one)| (name.clone(), value(one))).collect() }
}

fn value(json: &Value) -> Pb {
    let kind = match json {
        Value::Null => Kind::NullValue(0),
        Value::Bool(boolean) => Kind::BoolValue(*boolean),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        Value::String(text) => Kind::StringValue(text.clone()),
        Value::Array(list) => {
            Kind::ListValue(ListValue { values: list.iter().map(value).collect() })
        }
        Value::Object(members) => Kind::StructValue(fields(members)),
    };
    Pb { kind: Some(kind) }
}

/// A serialized `envoy.config.core.v3.Metadata` with this payload where jwt_authn puts one.
pub(crate) fn metadata(payload: Struct) -> Vec<u8> {
    let payload = Pb { kind: Some(Kind::StructValue(payload)) };
    let of_filter = Struct { fields: [("payload".to_owned(), payload)].into() };
    Metadata { filters: [("envoy.filters.http.jwt_authn".to_owned(), of_filter)].into() }
        .encode_to_vec()
}

/// `envoy.config.core.v3.Metadata`, as far as it matters.
#[derive(Clone, PartialEq, prost::Message)]
struct Metadata {
    #[prost(btree_map = "string, message", tag = "1")]
    filters: std::collections::BTreeMap<String, Struct>,
}
