//! `issuers[].signature` and `algorithms`: how it is known that a token is its issuer's.

use authn::{Algorithm, KeySet, ParsedKeySet, SkippedKey, UnusableKey};
use deserr::{Deserr, IntoValue, Map as _, Value, ValuePointerRef};

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems, kind, unknown, unknown_key};
use super::remote_jwks::RemoteJwksConfig;
use super::value::Name;

/// `signature`: exactly one way to know that a token is its issuer's.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(rename = "Signature", schema_with = "json_schema::signature")
)]
pub(crate) enum SignatureConfig {
    Jwks(JwksConfig),
    RemoteJwks(RemoteJwksConfig),
    JwtAuthn(JwtAuthnConfig),
    DecodeOnly,
}

/// `signature.jwks`: a key set in the configuration itself (RFC 7517 section 5). Keys that are not ours are skipped.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Jwks", schema_with = "json_schema::jwks"))]
pub(crate) struct JwksConfig {
    pub(crate) keys: KeySet,
    pub(crate) skipped: Vec<SkippedKey>,
}

/// `signature.jwt_authn`: the claims that Envoy's jwt_authn has proven, where no client can write.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    rename = "JwtAuthn", transform = json_schema::object::<Self>
))]
pub(crate) struct JwtAuthnConfig {
    /// The key that jwt_authn leaves the claims under: its `payload_in_metadata`.
    pub(crate) metadata: Name,
}

impl Deserr<Problems> for SignatureConfig {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        const WAYS: &[&str] = &["jwks", "remote_jwks", "jwt_authn", "decode_only"];
        let Value::Map(members) = value else {
            let found = kind(&value);
            return Err(Problems::at(location, format!("expected an object, found {found}")));
        };
        let several = members.len() > 1;
        let mut members = members.into_iter();
        let Some((way, value)) = members.next().filter(|_| !several) else {
            let message = format!("expected exactly one of `{}`", WAYS.join("`, `"));
            return Err(Problems::at(location, message));
        };
        let inner = location.push_key(&way);
        match (way.as_str(), value.into_value()) {
            ("jwks", value) => JwksConfig::deserialize_from_value(value, inner).map(Self::Jwks),
            ("remote_jwks", value) => {
                RemoteJwksConfig::deserialize_from_value(value, inner).map(Self::RemoteJwks)
            }
            ("jwt_authn", value) => {
                JwtAuthnConfig::deserialize_from_value(value, inner).map(Self::JwtAuthn)
            }
            ("decode_only", Value::Boolean(true)) => Ok(Self::DecodeOnly),
            ("decode_only", value) => {
                let found = kind(&value);
                Err(Problems::at(inner, format!("expected `true`, found {found}")))
            }
            _ => Err(Problems::at(location, unknown_key(&way, WAYS))),
        }
    }
}

impl Deserr<Problems> for JwksConfig {
    /// What a set says of keys that are not ours is no error (RFC 7517 section 5). A key that says to be
    /// ours and is not is one: somebody wrote it here to be used.
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let set = serde_json::Value::deserialize_from_value(value, location)?;
        let ParsedKeySet { keys, skipped: left_out } = KeySet::parse(&set);
        let mut problems = Problems::default();
        let mut skipped = Vec::new();
        for key in left_out {
            match key.reason {
                UnusableKey::NotOurs(_) => skipped.push(key),
                UnusableKey::Invalid(problem) => {
                    let list = location.push_key("keys");
                    problems.0.extend(Problems::at(list.push_index(key.index), problem).0);
                }
            }
        }
        match keys {
            Ok(keys) if problems.0.is_empty() => Ok(Self { keys, skipped }),
            Err(invalid) if problems.0.is_empty() => {
                Err(Problems::at(location, invalid.explained(&skipped)))
            }
            _ => Err(problems),
        }
    }
}

/// One of `algorithms`.
#[derive(Debug, Deserr)]
#[deserr(try_from(&String) = AlgorithmConfig::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, schema_with = "json_schema::algorithm"))]
pub(crate) struct AlgorithmConfig(pub(crate) Algorithm);

impl AlgorithmConfig {
    fn parse(name: &str) -> Result<Self, Invalid> {
        let names = Algorithm::ALL.map(Algorithm::name);
        Algorithm::named(name).map(Self).ok_or_else(|| Invalid(unknown("algorithm", name, &names)))
    }
}
