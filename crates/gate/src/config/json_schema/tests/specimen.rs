//! A configuration with every object that there is, and what the schema says of each of its places.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{SCHEMA, agreement};
use crate::Gate;

pub(super) fn specimen() -> Value {
    let issuer = |name: &str, signature: Value| json!({"name": name, "issuer": name, "signature": signature});
    let remote = json!({"remote_jwks": {
        "cluster": "idp", "uri": "https://idp/jwks.json", "refresh_seconds": 60, "cooldown_seconds": 10,
        "timeout_seconds": 3, "stale_seconds": 600,
    }});
    let mut published = issuer("published", remote);
    published["audiences"] = json!(["api"]);
    published["algorithms"] = json!(["RS256"]);
    published["typ"] = json!(["at+jwt"]);
    published["roles"] = json!(["roles", ["https://x.y/roles"], {"claim": "scope", "split": " "}]);
    published["provider"] = json!("okta");
    published["role_map"] = json!({"CN=admins": "admin"});
    let secret = json!({"kty": "oct", "kid": "s", "k": "A".repeat(43)});
    json!({
        "issuers": [
            published,
            issuer("written", json!({"jwks": {"keys": [secret]}})),
            issuer("proven", json!({"jwt_authn": {"metadata": "payload"}})),
            issuer("unchecked", json!({"decode_only": true})),
        ],
        "token": {
            "from": [
                {"header": "authorization", "scheme": "Bearer"}, {"header": "x-token"}, {"cookie": "t"}, {"query": "t"},
            ],
            "leeway_seconds": 30,
            "max_bytes": 8192,
            "required_claims": ["exp", "sub"],
            "cache": {"max_entries": 10, "max_bytes": 100_000},
        },
        "roles": {
            "viewer": {"permissions": ["orders:read"]},
            "admin": {"inherits": ["viewer"], "permissions": ["orders:*", "users:read"]},
        },
        "rules": [
            {"name": "health", "path": "/healthz", "allow": "public"},
            {"methods": ["GET", "HEAD"], "paths": ["/orders", "/orders/{id}"], "allow": {"permissions": ["orders:read"]}},
            {"grpc": "shop.Orders/List", "allow": {"scopes": ["read"]}},
            {"grpc": ["shop.Orders/Get", "shop.Users/*"], "allow": {"all_permissions": ["users:read"]}},
            {"path": "/users/{id}", "hosts": ["api.example.com", "*.example.org"], "allow": {"any": [
                {"roles": ["admin"]},
                {"claims": {"sub": "{id}", "n": [1, -2.5, true, "x"], "t": {"header": "x-tenant"}}},
                {"all": [{"all_roles": ["viewer"]}, {"not": {"roles": ["admin"]}}]},
            ]}},
            {"path": "/me/**", "allow": "authenticated", "message": "Who are you?", "mode": "shadow"},
            {"path": "/**", "allow": "nobody", "status": 404},
        ],
        "replies": {
            "format": "problem",
            "realm": "shop",
            "messages": {
                "invalid_path": "400", "unauthenticated": "401", "forbidden": "403", "not_found": "404",
                "unavailable": "503",
            },
            "cors": {"origins": ["https://app.example.com"]},
        },
        "forward": {
            "headers": {"x-user-id": "sub", "x-user-roles": {"claim": "$roles", "list": "json"}},
            "remove_token": true,
        },
        "paths": {"encoded_slash": "allow", "semicolon": "strip", "trailing_slash": "strict", "case": "insensitive"},
        "revoked": {"jti": ["a"], "sub": ["mallory"], "issued_before": 1_700_000_000},
        "audit": {"decisions": "all", "filter_state": true},
        "mode": "enforce",
        "cors_preflight": "allow",
    })
}

/// An object of the specimen, and what the schema says of it.
struct Place {
    pointer: String,
    schema: &'static Value,
}

impl Place {
    fn properties(&self) -> &'static Map<String, Value> {
        self.schema["properties"].as_object().unwrap()
    }
}

/// All of them: every object whose keys are the configuration's own.
fn places(value: &Value) -> Vec<Place> {
    let mut places = Vec::new();
    walk(value, &SCHEMA, String::new(), &mut places);
    places
}

fn walk(value: &Value, schema: &'static Value, pointer: String, places: &mut Vec<Place>) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => SCHEMA.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => schema,
    };
    for way in schema["anyOf"].as_array().into_iter().flatten() {
        walk(value, way, pointer.clone(), places);
    }
    if let (Some(elements), Some(schema)) = (value.as_array(), schema.get("items")) {
        for (index, element) in elements.iter().enumerate() {
            walk(element, schema, format!("{pointer}/{index}"), places);
        }
    }
    let Some(members) = value.as_object() else { return };
    for (key, member) in members {
        let schema = schema["properties"].get(key).or_else(|| schema.get("additionalProperties"));
        if let Some(schema) = schema {
            let key = key.replace('~', "~0").replace('/', "~1");
            walk(member, schema, format!("{pointer}/{key}"), places);
        }
    }
    if schema.get("properties").is_some() {
        places.push(Place { pointer, schema });
    }
}

#[test]
fn it_is_taken_and_has_everything() {
    let specimen = specimen();
    assert_eq!(Gate::from_configuration(specimen.to_string().as_bytes()).err(), None);
    agreement(&specimen.to_string());
    let places = places(&specimen);
    for (name, definition) in SCHEMA["$defs"].as_object().unwrap() {
        let of_definition = places.iter().filter(|place| std::ptr::eq(place.schema, definition));
        let values = of_definition.map(|place| specimen.pointer(&place.pointer).unwrap());
        let seen: BTreeSet<&String> =
            values.flat_map(|value| value.as_object().unwrap().keys()).collect();
        let all: BTreeSet<&String> = definition["properties"].as_object().unwrap().keys().collect();
        assert_eq!(seen, all, "{name}");
    }
}

#[test]
fn the_keys_of_every_object_are_those_that_the_reader_takes() {
    let specimen = specimen();
    for place in places(&specimen) {
        let mut changed = specimen.clone();
        let object = changed.pointer_mut(&place.pointer).unwrap();
        if place.schema["additionalProperties"] != false {
            object["?"] = json!(1);
            assert!(
                Gate::from_configuration(changed.to_string().as_bytes()).is_ok(),
                "{}",
                place.pointer
            );
            continue;
        }
        *object = json!({"?": 1});
        let refused = Gate::from_configuration(changed.to_string().as_bytes()).unwrap_err();
        let unknown = refused
            .problems()
            .iter()
            .find(|problem| problem.message.starts_with("unknown key"))
            .unwrap();
        let (_, keys) = unknown.message.split_once("expected one of `").unwrap();
        let read: BTreeSet<&str> = keys.trim_end_matches('`').split("`, `").collect();
        let said: BTreeSet<&str> = place.properties().keys().map(String::as_str).collect();
        assert_eq!(said, read, "{}", place.pointer);
    }
}

#[test]
fn what_must_be_there_is_what_the_reader_misses() {
    let specimen = specimen();
    for place in places(&specimen) {
        for key in place.schema["required"].as_array().into_iter().flatten() {
            let mut changed = specimen.clone();
            let object = changed.pointer_mut(&place.pointer).unwrap().as_object_mut().unwrap();
            object.remove(key.as_str().unwrap()).unwrap();
            let refused = Gate::from_configuration(changed.to_string().as_bytes());
            assert!(refused.is_err(), "{} without {key}", place.pointer);
        }
    }
}

#[test]
fn a_default_is_what_counts_where_the_key_is_left_out() {
    let specimen = specimen();
    let gate = |config: &Value| {
        format!("{:?}", Gate::from_configuration(config.to_string().as_bytes()).unwrap())
    };
    let mut defaults = 0;
    for place in places(&specimen) {
        for (key, default) in place
            .properties()
            .iter()
            .filter_map(|(key, schema)| Some((key, schema.get("default")?)))
        {
            let mut without = specimen.clone();
            let object = without.pointer_mut(&place.pointer).unwrap().as_object_mut().unwrap();
            object.remove(key);
            // It decides where roles are read, if nothing else does.
            object.remove("provider");
            let mut with = without.clone();
            with.pointer_mut(&place.pointer).unwrap()[key] = default.clone();
            assert_eq!(gate(&with), gate(&without), "{}/{key}", place.pointer);
            defaults += 1;
        }
    }
    assert!(defaults > 20, "{defaults}");
}
