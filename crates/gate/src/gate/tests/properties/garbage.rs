//! Bytes that are not what they should be: they are answered, and open nothing.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Bytes of any kind, or nearly what is expected.
fn bytes(nearly: &'static str) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..40),
        nearly.prop_map(String::into_bytes),
        // A byte of what is nearly right is another.
        (nearly, any::<prop::sample::Index>(), any::<u8>()).prop_map(|(text, at, byte)| {
            let mut bytes = text.into_bytes();
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes
        }),
    ]
}

/// Headers of a request, each there or not, in any order, some of them twice.
fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    let header = prop_oneof![
        4 => bytes("GET|PUT|POST").prop_map(|value| (":method", value)),
        4 => bytes("(h|i)\\.x(:[0-9]{1,5})?").prop_map(|value| (":authority", value)),
        4 => bytes("(/[ab7]){0,3}(\\?(t=[a-zA-Z0-9.]{0,9}&?){0,2})?").prop_map(|value| (":path", value)),
        3 => bytes("Bearer ([a-zA-Z0-9_-]{0,9}\\.){2}[a-zA-Z0-9_-]{0,9}")
            .prop_map(|value| ("authorization", value)),
        2 => bytes("(t=[a-z.]{0,9}(; )?){0,3}").prop_map(|value| ("cookie", value)),
        1 => bytes("[ab7]?").prop_map(|value| ("x-tenant", value)),
        1 => bytes("[a-z.]{0,9}").prop_map(|value| ("x-token", value)),
        1 => bytes("application/grpc(\\+proto)?").prop_map(|value| ("content-type", value)),
    ];
    vec(header, 0..10)
}

/// A JSON value of any kind and shape; its members have names that mean something, or none.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,9}".prop_map(Value::from),
        select(vec!["a", "anonymous", "read write", "idp"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(member(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Claims of any kind: an object, mostly.
fn any_claims() -> impl Strategy<Value = Value> {
    let object = proptest::collection::btree_map(member(), any_json(), 0..8);
    let object = object.prop_map(|members| Value::Object(members.into_iter().collect()));
    prop_oneof![4 => object, 1 => any_json()]
}

fn member() -> impl Strategy<Value = String> {
    let known = vec![
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "roles",
        "role",
        "scope",
        "scp",
        "tenant",
        "n",
        "v",
        "realm_access",
        "resource_access",
        "groups",
        "https://x.y/roles",
    ];
    prop_oneof![4 => select(known).prop_map(str::to_owned), 1 => ".{0,6}"]
}

/// How an issuer reads roles.
fn reads_roles() -> impl Strategy<Value = Value> {
    let providers =
        ["keycloak", "auth0", "cognito", "entra", "okta"].map(|name| json!({"provider": name}));
    let sources = [
        json!({"roles": ["n.v", ["https://x.y/roles"], {"claim": "scope", "split": " "}]}),
        json!({}),
    ];
    select([&providers[..], &sources[..]].concat())
}

proptest! {
    #[test]
    fn any_bytes_are_answered_and_open_nothing(
        config in table(true),
        sources in proptest::option::of(Just(json!({"from": [
            {"header": "authorization", "scheme": "Bearer"}, {"header": "x-token"}, {"cookie": "t"}, {"query": "t"},
        ]}))),
        requests in vec(headers(), 4),
        metadata in prop_oneof![Just(None), vec(any::<u8>(), 0..60).prop_map(Some)],
    ) {
        let mut config = config;
        // No bytes at random are signed with this key.
        config["issuers"][0]["signature"] = match metadata {
            Some(_) => json!({"jwt_authn": {"metadata": "payload"}}),
            None => json!({"jwks": {"keys": [{"kty": "oct", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode([7; 32])}]}}),
        };
        if let Some(sources) = sources {
            config["token"] = sources;
        }
        let gate = compiled(&config);
        let host = Stub(Ok(metadata.unwrap_or_default()));
        for headers in &requests {
            let decided = |headers: &[(&str, Vec<u8>)]| {
                let headers = headers.iter().map(|(name, value)| (name.as_bytes(), &value[..]));
                let request = gate.request(headers);
                let decision = gate.decide(&request, &host, UnixTime::from_seconds(1_000));
                let (reply, audit) = (gate.reply(&request, &decision), gate.audit(&request, &decision));
                assert_eq!(reply.is_none(), decision.outcome.is_ok());
                serde_json::from_str::<Value>(&audit).unwrap();
                decision.outcome.is_ok()
            };
            let without_token: Vec<_> = headers
                .iter()
                .filter(|(name, _)| !["authorization", "cookie", "x-token"].contains(name))
                .map(|(name, value)| {
                    let query = value.iter().position(|byte| *name == ":path" && *byte == b'?');
                    (*name, value[..query.unwrap_or(value.len())].to_vec())
                })
                .collect();
            prop_assert!(!decided(headers) || decided(&without_token), "garbage opened something");
        }
    }

    #[test]
    fn any_claims_are_answered(
        config in table(true), roles in reads_roles(), claims in any_claims(), valid in proptest::bool::weighted(0.8),
        requests in vec(asked(), 4),
    ) {
        let mut config = config;
        let issuer = config["issuers"][0].as_object_mut().unwrap();
        issuer.extend(roles.as_object().unwrap().clone());
        let gate = compiled(&config);
        let mut claims = claims;
        if let (true, Some(members)) = (valid, claims.as_object_mut()) {
            members.extend([("iss".to_owned(), json!("idp")), ("exp".to_owned(), json!(2_000))]);
        }
        for asked in &requests {
            let (verdict, reply, _) = decided(&gate, asked, Some(&claims));
            prop_assert_eq!(matches!(verdict, Verdict::Allow(_)), reply.is_none());
        }
    }
}
