use prost::Message as _;
use prost_types::value::Kind;
use serde_json::{Value, json};

use super::*;

mod forward;
mod paths;

fn problems(configuration: &str) -> Vec<String> {
    #[cfg(feature = "schema")]
    crate::config::agreement(configuration);
    match gate(configuration.as_bytes()) {
        Ok(_) => Vec::new(),
        Err(refused) => refused.problems().iter().map(ToString::to_string).collect(),
    }
}

/// The warnings, each with its name in front.
fn named(gate: &Gate) -> Vec<String> {
    gate.warnings().iter().map(|warning| format!("{} {warning}", warning.name)).collect()
}

/// A configuration that is taken, with these top-level members put in.
fn with(members: Value) -> String {
    let mut config = json!({
        "issuers": [{"name": "main", "signature": {"decode_only": true}}],
        "rules": [{"path": "/a", "allow": "authenticated"}],
    });
    let (Value::Object(config), Value::Object(members)) = (&mut config, members) else {
        panic!("not objects")
    };
    config.extend(members);
    Value::Object(config.clone()).to_string()
}

mod denials;
mod requirements;

/// A key set of one secret of 32 bytes.
fn secret() -> Value {
    json!({"keys": [{"kty": "oct", "kid": "s", "k": "A".repeat(43)}]})
}

#[test]
fn keys_that_are_not_ours_are_warned_about() {
    let mut set = secret();
    set["keys"].as_array_mut().unwrap().push(json!({"kty": "OKP", "crv": "X25519", "x": "AA"}));
    let issuer = json!({"name": "a", "issuer": "idp", "signature": {"jwks": set}, "algorithms": ["HS256"], "typ": ["at+jwt"]});
    let gate = gate(with(json!({"issuers": [issuer]})).as_bytes()).unwrap();
    assert_eq!(
        named(&gate),
        ["unused-key issuers[0].signature.jwks.keys[1]: is not used: `crv` is not `Ed25519`"]
    );
}

#[test]
fn keys_over_http_are_warned_about() {
    for (uri, warnings) in [("http://idp/jwks", 1), ("https://idp/jwks", 0)] {
        let remote = json!({"remote_jwks": {"cluster": "idp", "uri": uri}});
        let issuer =
            json!({"name": "a", "issuer": "idp", "signature": remote, "algorithms": ["ES256"]});
        let gate = gate(with(json!({"issuers": [issuer]})).as_bytes()).unwrap();
        assert_eq!(gate.warnings().len(), warnings, "{:?}", gate.warnings());
    }
}

#[test]
fn the_whole_contract_of_this_version_is_taken() {
    let config = json!({
        "issuers": [
            {
                "name": "main", "issuer": "https://idp.example.com/", "audiences": ["api"],
                "signature": {"jwt_authn": {"metadata": "payload"}},
                "roles": ["roles", "realm_access.roles", ["https://x.y/roles"], {"claim": "scope", "split": " "}],
                "provider": "keycloak", "role_map": {"app-admins": "admin"},
            },
            {"name": "other", "issuer": "o", "signature": {"decode_only": true}},
            {
                "name": "third", "issuer": "p",
                "signature": {"remote_jwks": {
                    "cluster": "idp", "uri": "https://idp.example.com/.well-known/jwks.json",
                    "refresh_seconds": 300, "cooldown_seconds": 30, "timeout_seconds": 5,
                    "stale_seconds": 86_400,
                }},
            },
        ],
        "token": {"from": [{"header": "authorization", "scheme": "Bearer"}, {"header": "x-token"},
                           {"cookie": "token"}, {"query": "access_token"}],
                  "leeway_seconds": 0, "max_bytes": 8192, "required_claims": ["exp", "sub"]},
        "rules": [
            {
                "name": "delete", "hosts": ["api.example.com", "*.example.org"], "methods": ["DELETE"],
                "path": "/user-data/{id}", "allow": {"roles": ["admin"]}, "message": "No.",
            },
            {"path": "/healthz", "allow": "public"},
            {"paths": ["/me/**", "/you"], "allow": "authenticated"},
            {"path": "/internal/**", "allow": "nobody", "status": 404, "mode": "shadow"},
        ],
        "replies": {"format": "problem", "realm": "api", "messages": {
            "invalid_path": "What?", "unauthenticated": "Who?", "forbidden": "No.",
            "not_found": "Where?", "unavailable": "When?",
        }, "cors": {"origins": ["https://app.example.com", "http://localhost:3000"]}},
        "paths": {
            "encoded_slash": "reject", "semicolon": "reject", "trailing_slash": "ignore", "case": "sensitive",
        },
        "revoked": {"jti": [], "sub": [], "issued_before": 0},
        "audit": {"decisions": "all"},
        "mode": "enforce",
        "cors_preflight": "allow",
    });
    assert_eq!(problems(&config.to_string()), Vec::<String>::new());
    assert_eq!(problems(&with(json!({}))), Vec::<String>::new());
}

#[test]
fn rows_are_checked_against_each_other() {
    let rule = |name: &str, path: &str| json!({"name": name, "path": path, "allow": "public"});
    let unnamed = |path: &str| json!({"path": path, "methods": ["GET"], "allow": "public"});
    let issuer = |name: &str, issuer: &str| json!({"name": name, "issuer": issuer, "signature": {"decode_only": true}});
    for (members, expected) in [
        (
            json!({"rules": [rule("a", "/x/{id}"), rule("b", "/x/*")]}),
            vec![
                "rules[1]: \"b\" ties with rules[0] \"a\": both govern the same requests, equally specific",
            ],
        ),
        (
            json!({"rules": [rule("a", "/x"), rule("a", "/y")]}),
            vec!["rules[1].name: \"a\" is the name of rules[0] already"],
        ),
        (
            json!({"rules": [{"paths": ["/x", "/x"], "allow": "public"}]}),
            vec!["rules[0]: \"/x,/x\" names the same host, method and path twice"],
        ),
        (
            json!({"rules": [unnamed("/x"), unnamed("/x")]}),
            vec![
                "rules[1]: \"GET /x #1\" ties with rules[0] \"GET /x\": both govern the same requests, equally specific",
            ],
        ),
        (
            json!({"issuers": [issuer("a", "i"), issuer("a", "j")]}),
            vec!["issuers[1].name: \"a\" is the name of issuers[0] already"],
        ),
        (
            json!({"issuers": [issuer("a", "i"), issuer("b", "i")]}),
            vec!["issuers[1].issuer: \"i\" is the issuer of issuers[0] already"],
        ),
        (
            json!({"issuers": [{"name": "a", "signature": {"decode_only": true}, "algorithms": ["RS256"]}]}),
            vec![
                "issuers[0].algorithms: is for keys; with `decode_only` no signature is checked here",
            ],
        ),
        (
            json!({"issuers": [{"name": "a", "signature": {"jwt_authn": {"metadata": "p"}}, "typ": ["at+jwt"]}]}),
            vec![
                "issuers[0].typ: cannot be checked: jwt_authn hands over the payload, not the header",
            ],
        ),
        (
            json!({"issuers": [{"name": "a", "signature": {"jwks": secret()}, "algorithms": ["RS256", "HS512"]}]}),
            vec![
                "issuers[0].algorithms: none of the keys in `signature.jwks` verifies one of these",
            ],
        ),
        (
            json!({"issuers": [issuer("a", "i"), {"name": "b", "signature": {"decode_only": true}}]}),
            vec![
                "issuers[1]: `issuer` is missing; it may be left out only where the list has one entry",
            ],
        ),
    ] {
        assert_eq!(problems(&with(members)), expected);
    }
    for (rule, expected) in [
        (json!({"allow": "public"}), vec!["rules[0]: `path`, `paths` or `grpc` is missing"]),
        (
            json!({"path": "/a", "paths": ["/b"], "allow": "public"}),
            vec!["rules[0]: has both `path` and `paths`"],
        ),
        (
            json!({"methods": ["GET"], "allow": "publc"}),
            vec![
                "rules[0]: `path`, `paths` or `grpc` is missing",
                "rules[0].allow: unknown value \"publc\"; did you mean `public`? expected one of `public`, \
                 `authenticated`, `nobody`, or an object such as `{ roles: [admin] }`",
            ],
        ),
    ] {
        assert_eq!(problems(&with(json!({"rules": [rule]}))), expected);
    }
    let without_issuers =
        json!({"rules": [rule("a", "/x"), {"path": "/y", "allow": "authenticated"}]});
    assert_eq!(
        problems(&without_issuers.to_string()),
        ["rules[1].allow: needs a principal, but there are no `issuers` to vouch for one"]
    );
}

#[test]
fn every_problem_is_found_at_once() {
    let config = json!({
        "isuers": [],
        "token": {"max_bytes": "16k"},
        "rules": [
            {"name": "a", "path": "/x", "allow": "public"},
            {"path": "x", "methods": ["get", "PUT"], "alow": "public"},
            {"path": "/y", "paths": ["/z"], "hosts": [], "allow": "authenticated"},
            {"name": "a", "path": "/x", "allow": "nobody"},
        ],
    });
    assert_eq!(
        problems(&config.to_string()),
        [
            "configuration: unknown key \"isuers\"; did you mean `issuers`? expected one of `issuers`, `token`, `roles`, `rules`, `replies`, `forward`, `paths`, `revoked`, `audit`, `mode`, `cors_preflight`",
            "rules[1]: unknown key \"alow\"; did you mean `allow`? expected one of `name`, `hosts`, `methods`, `path`, `paths`, `grpc`, `allow`, `message`, `status`, `mode`",
            "rules[1]: `allow` is missing",
            "rules[1].methods[0]: \"get\" is not a method; expected upper-case letters such as `GET`",
            "rules[1].path: \"x\" does not begin with `/`",
            "rules[2]: has both `path` and `paths`",
            "rules[2].hosts: the list is empty; leave the key out or name something",
            "rules[3]: \"a\" ties with rules[0] \"a\": both govern the same requests, equally specific",
            "rules[3].name: \"a\" is the name of rules[0] already",
            "token.max_bytes: expected a whole number from 0 on, found the string \"16k\"",
        ]
    );
}

#[test]
fn what_multiplies_is_bounded() {
    let many = |pattern: &dyn Fn(usize) -> String| (0..100).map(pattern).collect::<Vec<_>>();
    let rule = json!({
        "hosts": many(&|n| format!("h{n}.x")), "methods": many(&|n| format!("M{n}")),
        "paths": many(&|n| format!("/{n}")), "allow": "public",
    });
    let config = with(json!({"rules": [{"path": "/a", "allow": "public"}, rule]}));
    assert_eq!(
        problems(&config),
        [
            "rules[1]: the rules up to this one name 1000001 combinations of host, method and path, more than 250000"
        ]
    );
}

#[test]
fn a_generated_name_is_no_longer_than_a_written_one() {
    let paths: Vec<String> = (0..1_000).map(|n| format!("/path-{n}")).collect();
    let config = with(json!({"rules": [{"methods": ["GET"], "paths": paths, "allow": "public"}]}));
    let gate = gate(config.as_bytes()).unwrap();
    let name = &gate.rules()[0].name;
    assert!(
        name.starts_with("GET /path-0,/path-1,") && name.ends_with('…') && name.len() <= 128,
        "{name}"
    );
}

#[test]
fn a_generated_name_is_nobody_elses() {
    let long = |last: &str| json!({"path": "/a".repeat(60) + last, "allow": "public"});
    let named = json!({"name": "/x", "path": "/y", "allow": "public"});
    let unnamed = json!({"path": "/x", "allow": "public"});
    let rules = json!([unnamed, long("/1"), long("/2"), named]);
    let gate = gate(with(json!({ "rules": rules })).as_bytes()).unwrap();
    let names: Vec<&str> = gate.rules().iter().map(|rule| rule.name.as_str()).collect();
    let cut = format!("{}…", "/a".repeat(60));
    assert_eq!(names, ["/x #0", &cut, &format!("{cut} #2"), "/x"]);
}

#[test]
fn a_struct_says_the_same_as_json() {
    let config = with(json!({"token": {"leeway_seconds": 60, "max_bytes": 4096}}));
    let value: Value = serde_json::from_str(&config).unwrap();
    let Some(Kind::StructValue(message)) = protobuf(&value).kind else { panic!("not an object") };
    let from_struct = gate(&message.encode_to_vec()).unwrap();
    let from_json = gate(config.as_bytes()).unwrap();
    assert_eq!(format!("{from_struct:?}"), format!("{from_json:?}"));
    assert!(gate(format!("\n  {config}\n").as_bytes()).is_ok());
}

fn protobuf(value: &Value) -> prost_types::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(boolean) => Kind::BoolValue(*boolean),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap()),
        Value::String(text) => Kind::StringValue(text.clone()),
        Value::Array(elements) => Kind::ListValue(prost_types::ListValue {
            values: elements.iter().map(protobuf).collect(),
        }),
        Value::Object(members) => Kind::StructValue(prost_types::Struct {
            fields: members.iter().map(|(name, value)| (name.clone(), protobuf(value))).collect(),
        }),
    };
    prost_types::Value { kind: Some(kind) }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let _ = gate(&bytes);
    }

    #[test]
    fn any_json_is_answered(text in r#"\{("(rules|issuers|path|allow)":(\[\{?|"[a-z/*{}]{0,8}"|[0-9]{1,3}|\{|null),?){0,6}[\]}]{0,6}"#) {
        let _ = gate(text.as_bytes());
    }
}
