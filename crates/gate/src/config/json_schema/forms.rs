//! The schemas of values whose readers are written by hand, and the patterns of those that are texts.

use std::borrow::Cow;

use authn::Algorithm;
use authz::{HostPattern, MethodPattern};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::super::claim_values::{BEYOND, ClaimValue, FromHeader, MOST_VALUES};
use super::super::forward::{BINARY, FAMILIES, Keys, MOST, OriginConfig, TAKEN};
use super::super::remote_jwks::RemoteJwksConfig;
use super::super::roles::{ClaimPathConfig, SplitConfig};
use super::super::rules::Pattern;
use super::super::signature::{JwksConfig, JwtAuthnConfig};
use super::super::value::NonEmpty;
use super::rows::exactly_one_of;

/// No control characters.
pub(in super::super) const PLAIN: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";

/// `token` of RFC 9110 section 5.6.2, not longer than a name.
pub(in super::super) const TOKEN: &str = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$";

/// The same without upper-case letters: the name of a header, as Envoy has it.
pub(in super::super) const LOWER_CASE_TOKEN: &str = "^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$";

/// A path pattern, whatever the configuration's `paths` say: segments, none of them empty but the last.
pub(in super::super) const PATH: &str =
    r"^/([^/%?#\\\u0000-\u001f\u007f]+(/[^/%?#\\\u0000-\u001f\u007f]+)*/?)?$";

/// A value, or a list of such values.
pub(in super::super) fn one_or_more<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "anyOf": [generator.subschema_for::<T>(), generator.subschema_for::<NonEmpty<T>>()],
    })
}

pub(in super::super) fn permission(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": r"^[^:* \t\r\n]+(:[^:* \t\r\n]+)+$" })
}

pub(in super::super) fn permission_pattern(_: &mut SchemaGenerator) -> Schema {
    let pattern = r"^(\*|[^:* \t\r\n]+(:[^:* \t\r\n]+)*:(\*|[^:* \t\r\n]+))$";
    json_schema!({ "type": "string", "pattern": pattern })
}

pub(in super::super) fn algorithm(_: &mut SchemaGenerator) -> Schema {
    let names = Algorithm::ALL.map(Algorithm::name);
    let names: Vec<&str> = names.into_iter().chain(["Ed25519"]).collect();
    json_schema!({ "type": "string", "enum": names })
}

pub(in super::super) fn claim_path(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "anyOf": [
            { "type": "string", "pattern": r"^[^.]+(\.[^.]+)*$" },
            { "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1 },
        ],
    })
}

pub(in super::super) fn role_source(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "anyOf": [
            generator.subschema_for::<ClaimPathConfig>(),
            generator.subschema_for::<SplitConfig>(),
        ],
    })
}

pub(in super::super) fn identity_headers(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": {
            "type": "string",
            "pattern": "^[a-z0-9-]{1,128}$",
            "not": { "pattern": format!("^(({})$|{})|{BINARY}$", TAKEN.join("|"), FAMILIES.join("|")) },
        },
        "additionalProperties": {
            "anyOf": [generator.subschema_for::<OriginConfig>(), generator.subschema_for::<Keys>()],
        },
        "minProperties": 1,
        "maxProperties": MOST,
    })
}

pub(in super::super) fn identity_origin(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": r"^(\$roles$|[^$])" })
}

pub(in super::super) fn claim_values(generator: &mut SchemaGenerator) -> Schema {
    let list = json_schema!({
        "type": "array",
        "items": generator.subschema_for::<ClaimValue>(),
        "minItems": 1,
        "maxItems": MOST_VALUES,
    });
    json_schema!({ "anyOf": [generator.subschema_for::<ClaimValue>(), list] })
}

pub(in super::super) fn claim_value(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "anyOf": [
            {
                "type": "string",
                "pattern": r"^([^{}]*|\{[^{}]+\})$",
                "description": "This text, or the path variable that it names in braces, and nothing else: `\"{id}\"`.",
            },
            {
                "type": "number",
                "exclusiveMinimum": -9_007_199_254_740_992_i64,
                "exclusiveMaximum": BEYOND,
                "description": "This number.",
            },
            { "type": "boolean", "description": "This truth value." },
            generator.subschema_for::<FromHeader>(),
        ],
    })
}

pub(in super::super) fn signature(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "properties": {
            "jwks": described(
                generator.subschema_for::<JwksConfig>(),
                "The keys, in the configuration itself (RFC 7517).",
            ),
            "remote_jwks": described(
                generator.subschema_for::<RemoteJwksConfig>(),
                "The keys that the issuer publishes, fetched through an Envoy cluster.",
            ),
            "jwt_authn": described(
                generator.subschema_for::<JwtAuthnConfig>(),
                "Envoy's jwt_authn checks the token, and leaves the claims where no client can write.",
            ),
            "decode_only": {
                "const": true,
                "description": "The signature is not checked here: anybody can write a token, unless something in front \
                                refuses what it cannot verify.",
            },
        },
        "additionalProperties": false,
        "oneOf": exactly_one_of(&["jwks", "remote_jwks", "jwt_authn", "decode_only"]),
    })
}

fn described(mut schema: Schema, description: &str) -> Schema {
    schema.insert("description".to_owned(), description.into());
    schema
}

/// A set may hold keys of all kinds (RFC 7517 section 5), and what is said of those that are skipped is not looked at.
pub(in super::super) fn jwks(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "properties": {
            "keys": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": { "use": { "type": "string" } },
                },
                "minItems": 1,
                "maxItems": 100,
                "description": "The keys, each a JSON Web Key (RFC 7517). Secret ones (`oct`) let everybody who reads the \
                                configuration write tokens.",
            },
        },
        "required": ["keys"],
    })
}

impl JsonSchema for Pattern<HostPattern> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "HostPattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let name = r"(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?";
        let address = r"\[?[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\]?";
        json_schema!({ "type": "string", "pattern": format!("^({name}|{address})$") })
    }
}

impl JsonSchema for Pattern<MethodPattern> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "MethodPattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[A-Z][A-Z0-9!#$%&'*+.^_`|~-]*$",
            "examples": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        })
    }
}
