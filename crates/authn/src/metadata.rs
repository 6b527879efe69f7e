//! The payload that Envoy's jwt_authn verified, out of the request's dynamic metadata.
//!
//! The host gives the whole `envoy.config.core.v3.Metadata` message, whose values carry their kinds:
//! a string cannot pass for a list, nor a number for a string. (Asked for one member, Envoy answers with
//! untagged bytes, and not at all where a list holds a null: docs/adr/0004.)

use std::collections::BTreeMap;

use prost::Message as _;
use serde_json::Value;

use crate::claims::Claims;
use crate::host::HostFailure;
use crate::structpb;

/// What jwt_authn stored for one request, by key (`payload_in_metadata`), not yet decoded.
#[derive(Default)]
pub(crate) struct VerifiedPayloads(BTreeMap<String, Vec<u8>>);

impl VerifiedPayloads {
    /// Finds jwt_authn's entry in a serialized `envoy.config.core.v3.Metadata`.
    ///
    /// # Errors
    /// [`HostFailure`] when the host's bytes are not what Envoy's API says they are.
    pub(crate) fn parse(metadata: &[u8]) -> Result<Self, HostFailure> {
        let mut filters = Metadata::decode(metadata).map_err(|error| malformed(&error))?;
        let Some(jwt_authn) = filters.filter_metadata.remove(JWT_AUTHN) else {
            return Ok(Self::default());
        };
        let fields = Fields::decode(jwt_authn.as_slice()).map_err(|error| malformed(&error))?;
        Ok(Self(fields.fields))
    }

    /// The payload stored under this key, if there is one.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub(crate) fn claims(&self, key: &str) -> Result<Option<Claims>, HostFailure> {
        let Some(payload) = self.0.get(key) else { return Ok(None) };
        match structpb::parse_value(payload).map_err(|error| malformed(&error))? {
            Value::Object(members) => Ok(Some(Claims::new(members))),
            _ => Err(HostFailure(format!("jwt_authn's metadata `{key}` is not an object"))),
        }
    }
}

/// `envoy.config.core.v3.Metadata`, its values left undecoded: other filters' metadata is not read.
#[derive(Clone, PartialEq, prost::Message)]
struct Metadata {
    /// Filter name to serialized `google.protobuf.Struct`.
    #[prost(btree_map = "string, bytes", tag = "1")]
    filter_metadata: BTreeMap<String, Vec<u8>>,
}

/// `google.protobuf.Struct`, its values left undecoded.
#[derive(Clone, PartialEq, prost::Message)]
struct Fields {
    /// Field name to serialized `google.protobuf.Value`.
    #[prost(btree_map = "string, bytes", tag = "1")]
    fields: BTreeMap<String, Vec<u8>>,
}

fn malformed(error: &dyn std::error::Error) -> HostFailure {
    HostFailure(format!("dynamic metadata is malformed: {error}"))
}

/// The name under which the filter stores its metadata, whatever it is called in the filter chain.
const JWT_AUTHN: &str = "envoy.filters.http.jwt_authn";

#[cfg(test)]
mod tests {
    use prost_types::value::Kind;
    use prost_types::{ListValue, Struct, Value as Pb};

    use super::*;

    fn payload(metadata: &[u8], key: &str) -> Result<Option<Claims>, HostFailure> {
        VerifiedPayloads::parse(metadata)?.claims(key)
    }

    fn value(kind: Kind) -> Pb {
        Pb { kind: Some(kind) }
    }

    fn envoy_metadata(filter: &str, payload: &Pb) -> Vec<u8> {
        let fields = [("payload".to_owned(), payload.encode_to_vec())].into();
        let filter_metadata = [(filter.to_owned(), Fields { fields }.encode_to_vec())].into();
        Metadata { filter_metadata }.encode_to_vec()
    }

    #[test]
    fn lists_numbers_nulls_and_objects_stay_what_they_are() {
        let roles =
            [Kind::StringValue("admin".to_owned()), Kind::NumberValue(5.0), Kind::NullValue(0)];
        let list = ListValue { values: roles.into_iter().map(value).collect() };
        let fields = [("roles".to_owned(), value(Kind::ListValue(list)))].into();
        let bytes = envoy_metadata(JWT_AUTHN, &value(Kind::StructValue(Struct { fields })));
        let expected = serde_json::json!({"roles": ["admin", 5, null]});
        let claims = payload(&bytes, "payload").unwrap().unwrap();
        assert_eq!(claims, Claims::new(expected.as_object().unwrap().clone()));
    }

    #[test]
    fn other_filters_and_other_keys_are_not_read() {
        let object = || value(Kind::StructValue(Struct::default()));
        assert_eq!(payload(b"", "payload"), Ok(None));
        assert_eq!(payload(&envoy_metadata("evil", &object()), "payload"), Ok(None));
        assert_eq!(payload(&envoy_metadata(JWT_AUTHN, &object()), "other"), Ok(None));
        assert!(payload(&envoy_metadata(JWT_AUTHN, &object()), "payload").unwrap().is_some());
    }

    #[test]
    fn what_is_malformed_is_the_hosts_failure() {
        let text = envoy_metadata(JWT_AUTHN, &value(Kind::StringValue("{}".to_owned())));
        assert_eq!(
            payload(&text, "payload").unwrap_err().to_string(),
            "jwt_authn's metadata `payload` is not an object"
        );
        let garbage = payload(b"\xff\xff\xff", "payload").unwrap_err().to_string();
        assert!(garbage.starts_with("dynamic metadata is malformed: "), "{garbage}");
    }
}
