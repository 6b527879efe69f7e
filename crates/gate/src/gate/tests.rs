//! The decision table, row by row: status, code, challenge, body.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;

mod comparison;
mod explanation;
mod forward;
mod metrics;
mod paths;
mod preflight;
mod properties;
mod replies;
mod requirements;
mod secrets;
mod shadow;
mod warnings;

/// A host without metadata, or one that fails.
struct Stub(Result<Vec<u8>, HostFailure>);

impl Host for Stub {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        self.0.clone()
    }
}

fn gate(settings: Value) -> Gate {
    let mut config = json!({
        "issuers": [{"name": "main", "issuer": "idp", "signature": {"decode_only": true}}],
        "rules": [
            {"name": "health", "methods": ["GET"], "path": "/healthz", "allow": "public"},
            {"name": "me", "path": "/me/**", "allow": "authenticated"},
            {"name": "internal", "path": "/internal/**", "allow": "nobody"},
            {"name": "delete user", "methods": ["DELETE"], "path": "/user-data/{id}",
             "allow": {"roles": ["admin"]}, "message": "You do not have permission to \"delete\" user data."},
            {"name": "plain", "path": "/plain", "allow": {"roles": ["admin"]}},
        ],
    });
    let (Value::Object(config), Value::Object(settings)) = (&mut config, settings) else {
        panic!("not objects")
    };
    config.extend(settings);
    Gate::from_configuration(Value::Object(config.clone()).to_string().as_bytes()).unwrap()
}

fn bearer(claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
    format!("Bearer {header}.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// The audit line, where there is to be one.
fn audited(gate: &Gate, request: &Request<'_>, decision: &Decision<'_>) -> Option<String> {
    gate.is_audited(decision).then(|| gate.audit(request, decision))
}

/// The reply to this request, or `None` where it is allowed; and the audit line.
fn ask(gate: &Gate, headers: &[(&str, &str)]) -> (Option<Reply>, Option<Value>) {
    let (host, now) = (Stub(Ok(Vec::new())), UnixTime::from_seconds(1_000));
    let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
    let decision = gate.decide(&request, &host, now);
    let audit = audited(gate, &request, &decision).map(|line| serde_json::from_str(&line).unwrap());
    (gate.reply(&request, &decision), audit)
}

fn request<'a>(method: &'a str, path: &'a str, token: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut headers = vec![(":method", method), (":authority", "api.example.com"), (":path", path)];
    if !token.is_empty() {
        headers.push(("authorization", token));
    }
    headers
}

const MISSING: Option<&str> = Some(r#"Bearer realm="claimgate""#);
const INVALID: Option<&str> = Some(
    r#"Bearer realm="claimgate", error="invalid_token", error_description="The access token is not valid.""#,
);
const INSUFFICIENT: Option<&str> = Some(r#"Bearer realm="claimgate", error="insufficient_scope""#);

const NO_TOKEN: &str = "Authentication is required.";
const BAD_TOKEN: &str = "The access token is not valid.";
const DENIED: &str = "You do not have permission to do this.";
const DELETE: &str = "You do not have permission to \"delete\" user data.";
const MALFORMED: &str = "The request target is malformed or ambiguous.";

/// A reply: status, details, challenge, message.
type Expected = (u16, &'static str, Option<&'static str>, &'static str);

/// Method, path, who; and the reply, or that the request goes on.
const TABLE: &[(&str, &str, &str, Option<Expected>)] = &[
    ("GET", "/healthz", "nobody", None),
    ("GET", "/healthz", "broken", None),
    ("GET", "/me", "viewer", None),
    ("DELETE", "/user-data/1", "admin", None),
    ("GET", "/a//b", "nobody", Some((400, "claimgate.invalid_path", None, MALFORMED))),
    ("GET", "/healthz;x", "nobody", Some((400, "claimgate.invalid_path", None, MALFORMED))),
    ("GET", "/none", "admin", Some((403, "claimgate.no_rule", None, DENIED))),
    ("POST", "/healthz", "nobody", Some((403, "claimgate.no_rule", None, DENIED))),
    ("GET", "/me", "nobody", Some((401, "claimgate.missing_token[me]", MISSING, NO_TOKEN))),
    ("GET", "/me", "basic", Some((401, "claimgate.missing_token[me]", MISSING, NO_TOKEN))),
    ("GET", "/me", "broken", Some((401, "claimgate.invalid_token[me]", INVALID, BAD_TOKEN))),
    ("GET", "/me", "expired", Some((401, "claimgate.invalid_token[me]", INVALID, BAD_TOKEN))),
    (
        "GET",
        "/internal/x",
        "nobody",
        Some((403, "claimgate.insufficient_permission[internal]", INSUFFICIENT, DENIED)),
    ),
    (
        "GET",
        "/internal/x",
        "admin",
        Some((403, "claimgate.insufficient_permission[internal]", INSUFFICIENT, DENIED)),
    ),
    (
        "DELETE",
        "/user-data/1",
        "viewer",
        Some((403, "claimgate.insufficient_permission[delete_user]", INSUFFICIENT, DELETE)),
    ),
    (
        "GET",
        "/plain",
        "viewer",
        Some((403, "claimgate.insufficient_permission[plain]", INSUFFICIENT, DENIED)),
    ),
];

fn authorization(who: &str) -> String {
    let token = |exp: u32, role: &str| bearer(&json!({"iss": "idp", "exp": exp, "roles": [role]}));
    match who {
        "nobody" => String::new(),
        "basic" => "Basic eA==".to_owned(),
        "broken" => "Bearer broken".to_owned(),
        "expired" => token(500, "admin"),
        role => token(2_000, role),
    }
}

#[test]
fn the_decision_table() {
    let gate = gate(json!({}));
    for (method, path, who, expected) in TABLE {
        let (reply, audit) = ask(&gate, &request(method, path, &authorization(who)));
        let Some((status, details, challenge, message)) = *expected else {
            assert_eq!((reply, audit), (None, None), "{method} {path} {who}");
            continue;
        };
        let reply = reply.unwrap();
        let header = |name| {
            reply.headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
        };
        let found = (reply.status, reply.details.as_str(), header("www-authenticate"));
        assert_eq!(found, (status, details, challenge), "{method} {path} {who}");
        assert_eq!(header("content-type"), Some("application/json"));
        assert_eq!(header("cache-control"), Some("no-store"));
        assert_eq!(reply.body, json!({"error": message}).to_string());
        assert_eq!(reply.grpc_status, None);
        let audit = audit.unwrap();
        assert_eq!((&audit["decision"], &audit["status"]), (&json!("deny"), &json!(status)));
        assert!(details.contains(audit["code"].as_str().unwrap()), "{audit}");
    }
}

#[test]
fn a_host_that_fails_is_answered_with_503() {
    let gate = gate(json!({
        "issuers": [{"name": "main", "signature": {"jwt_authn": {"metadata": "payload"}}}],
    }));
    let failing = Stub(Err(HostFailure("status 10".to_owned())));
    let headers = request("GET", "/me", "");
    let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
    let decision = gate.decide(&request, &failing, UnixTime::from_seconds(0));
    let reply = gate.reply(&request, &decision).unwrap();
    assert_eq!((reply.status, reply.details.as_str()), (503, "claimgate.keys_unavailable[me]"));
    assert!(reply.headers.contains(&("retry-after", "1".to_owned())));
    assert_eq!(reply.body, r#"{"error":"Authorization is temporarily unavailable."}"#);
}

#[test]
fn grpc_gets_its_status_and_the_plain_sentence() {
    let gate = gate(json!({}));
    let viewer = bearer(&json!({"iss": "idp", "exp": 2_000, "roles": ["viewer"]}));
    for (path, token, grpc_status, message) in [
        ("/plain", viewer.as_str(), 7, "You do not have permission to do this."),
        ("/none", "", 7, "You do not have permission to do this."),
        ("/me", "", 16, "Authentication is required."),
        ("/me", "Bearer x", 16, "The access token is not valid."),
        ("/a/../b", "", 3, "The request target is malformed or ambiguous."),
    ] {
        let mut headers = request("POST", path, token);
        headers.push(("content-type", "application/grpc"));
        let reply = ask(&gate, &headers).0.unwrap();
        assert_eq!(
            (reply.grpc_status, reply.body.as_str()),
            (Some(grpc_status), message),
            "{path}"
        );
        assert!(!reply.headers.iter().any(|(name, _)| *name == "content-type"), "Envoy sets it");
    }
}

#[test]
fn configured_words_replace_the_fixed_ones_but_not_a_rules_own() {
    let gate = gate(json!({"replies": {
        "realm": "api", "messages": {"unauthenticated": "Log in.", "forbidden": "No."},
    }}));
    let viewer = bearer(&json!({"iss": "idp", "exp": 2_000, "roles": ["viewer"]}));
    for (method, path, token, message) in [
        ("GET", "/me", "", "Log in."),
        ("GET", "/me", "Bearer x", "Log in."),
        ("GET", "/none", "", "No."),
        ("GET", "/plain", viewer.as_str(), "No."),
        ("DELETE", "/user-data/1", &viewer, "You do not have permission to \"delete\" user data."),
        // The rule's message speaks of permission: it is no answer to who is not logged in.
        ("DELETE", "/user-data/1", "", "Log in."),
    ] {
        let reply = ask(&gate, &request(method, path, token)).0.unwrap();
        assert_eq!(reply.body, json!({"error": message}).to_string(), "{method} {path}");
        if let Some((_, challenge)) =
            reply.headers.iter().find(|(name, _)| *name == "www-authenticate")
        {
            assert!(challenge.starts_with(r#"Bearer realm="api""#));
        }
    }
}

#[test]
fn the_audit_line_says_why_and_never_the_token() {
    let gate = gate(json!({"audit": {"decisions": "all"}}));
    let token = bearer(
        &json!({"iss": "idp", "exp": 2_000, "sub": "vi\n", "secret": "s3cr3t", "roles": ["viewer"]}),
    );
    let path = format!("/plain?access_token={token}");
    let (_, audit) = ask(&gate, &request("GET", &path, &token));
    let audit = audit.unwrap();
    assert_eq!(
        audit,
        json!({
            "decision": "deny", "status": 403, "code": "insufficient_permission", "rule": "plain",
            "issuer": "main", "subject": "vi\n", "method": "GET", "host": "api.example.com", "path": "/plain",
            "reason": "has none of the roles [\"admin\"]",
        })
    );
    let (_, audit) = ask(&gate, &request("GET", "/me", &token));
    assert_eq!(audit.unwrap()["decision"], "allow");
    let long = format!("/{}", "x".repeat(5_000));
    let (_, audit) = ask(&gate, &request("GET", &long, ""));
    assert!(audit.unwrap()["path"].as_str().unwrap().len() < 300);
}

#[test]
fn access_logs_are_told_what_was_decided_if_they_are_to() {
    let told = |settings: Value, path: &str, token: &str| -> Value {
        let gate = gate(settings);
        let headers = request("GET", path, token);
        let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
        let decision = gate.decide(&request, &Stub(Ok(Vec::new())), UnixTime::from_seconds(1_000));
        let facts = gate.filter_state(&decision).into_iter();
        facts.map(|(name, text)| (name.replace("claimgate.", ""), json!(text))).collect()
    };
    let on = json!({"audit": {"decisions": "none", "filter_state": true}});
    let shadow = json!({"audit": {"filter_state": true}, "mode": "shadow"});
    let token =
        bearer(&json!({"iss": "idp", "exp": 2_000, "sub": "\"vi\n\u{9b}", "roles": ["viewer"]}));
    let denied = json!({
        "decision": "deny", "code": "insufficient_permission", "rule": "plain",
        "subject": r#"\"vi\n\u009b"#,
    });
    assert_eq!(told(on.clone(), "/plain", &token), denied);
    let mut shadowed = denied;
    shadowed["shadow"] = json!("true");
    assert_eq!(told(shadow, "/plain", &token), shadowed);
    assert_eq!(told(on.clone(), "/healthz", ""), json!({"decision": "allow", "rule": "health"}));
    assert_eq!(told(on, "/none", ""), json!({"decision": "deny", "code": "no_rule"}));
    assert_eq!(told(json!({"audit": {"decisions": "all"}}), "/plain", &token), json!({}));
}

#[test]
fn what_a_client_writes_makes_no_long_line() {
    let gate = gate(json!({"token": {"max_bytes": 61_440}}));
    let long = "\u{1}".repeat(5_000);
    for claims in [json!({"iss": long}), json!({"iss": "idp", "exp": 2_000, "sub": long})] {
        let token = bearer(&claims);
        let path = format!("/plain/{}", "é".repeat(5_000));
        for path in ["/plain", &path] {
            let headers = request(&long, path, &token);
            let headers = headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes()));
            let request = gate.request(headers);
            let decision = gate.decide(&request, &Stub(Ok(Vec::new())), UnixTime::from_seconds(0));
            assert!(gate.audit(&request, &decision).len() < 6 * 4 * 300);
        }
        let (_, audit) = ask(&gate, &request("GET", "/plain", &token));
        assert!(audit.unwrap().to_string().len() < 6 * 300, "{claims}");
    }
}

proptest::proptest! {
    #[test]
    fn any_headers_are_answered(
        method in "[A-Z]{0,5}|.{0,5}",
        authority in "[a-z.:]{0,12}|.{0,12}",
        path in "/[a-z/%.;]{0,20}|.{0,20}",
        token in "Bearer [a-zA-Z0-9_.-]{0,40}|.{0,40}",
    ) {
        let gate = gate(json!({"audit": {"decisions": "all"}}));
        let _ = ask(&gate, &[
            (":method", &method), (":authority", &authority), (":path", &path), ("authorization", &token),
        ]);
    }
}
