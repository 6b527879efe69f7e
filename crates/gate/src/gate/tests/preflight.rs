//! What browsers ask before they send a script's request.

use super::*;

const ORIGIN: (&str, &str) = ("origin", "https://app.example.com");
const METHOD: (&str, &str) = ("access-control-request-method", "DELETE");

fn gate_with(cors_preflight: &str) -> Gate {
    gate(json!({"cors_preflight": cors_preflight, "audit": {"decisions": "all"}}))
}

fn options<'a>(path: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [request("OPTIONS", path, ""), more.to_vec()].concat()
}

#[test]
fn a_preflight_goes_on_where_it_is_allowed_and_says_why() {
    let gate = gate_with("allow");
    for path in ["/me", "/user-data/1"] {
        let (reply, audit) = ask(&gate, &options(path, &[ORIGIN, METHOD]));
        let expected = json!({
            "decision": "allow", "method": "OPTIONS", "host": "api.example.com", "path": path,
            "reason": "CORS preflight",
        });
        assert_eq!((reply, audit), (None, Some(expected)));
    }
}

#[test]
fn what_carries_a_token_is_no_preflight() {
    let from = json!([{"header": "x-token"}, {"cookie": "t"}, {"query": "t"}]);
    let gate = gate(json!({"cors_preflight": "allow", "token": {"from": from}}));
    for (path, more) in [
        ("/me", vec![("x-token", "")]),
        ("/me", vec![("cookie", "t=x")]),
        ("/me?t=x", vec![]),
        ("/me?T=x", vec![]),
        ("/me", vec![("authorization", "Bearer x")]),
    ] {
        let more = [vec![ORIGIN, METHOD], more].concat();
        let status = ask(&gate, &options(path, &more)).0.map(|reply| reply.status);
        assert_eq!(status, Some(401), "{path} {more:?}");
    }
    assert_eq!(ask(&gate, &options("/me?u=x", &[ORIGIN, METHOD])).0, None);
}

#[test]
fn what_nobody_may_no_script_has_to_ask_for() {
    let rules = json!([
        {"path": "/**", "allow": "nobody"},
        {"path": "/a", "methods": ["PUT"], "allow": {"roles": ["admin"]}},
        {"path": "/a", "methods": ["PATCH"], "allow": "nobody", "mode": "shadow"},
        {"path": "/public", "methods": ["GET"], "allow": "public"},
    ]);
    let gate = gate(json!({"cors_preflight": "allow", "rules": rules}));
    for (path, announced, goes_on) in [
        ("/a", "PUT", true),
        ("/a", "put", false),
        ("/a", "DELETE", false),
        ("/a", "OPTIONS", false),
        // It would go on itself.
        ("/a", "PATCH", true),
        ("/public", "GET", true),
        ("/public", "HEAD", false),
        ("/other", "PUT", false),
    ] {
        let more = [ORIGIN, ("access-control-request-method", announced)];
        let reply = ask(&gate, &options(path, &more)).0;
        assert_eq!(reply.is_none(), goes_on, "{announced} {path}");
    }
}

#[test]
fn everything_else_is_for_the_rules() {
    let not_a_method = ("access-control-request-method", "GET, PUT");
    let allow = gate_with("allow");
    for (path, more, status) in [
        ("/me", vec![], 401),
        ("/me", vec![ORIGIN], 401),
        ("/me", vec![METHOD], 401),
        ("/me", vec![ORIGIN, ORIGIN, METHOD], 401),
        ("/me", vec![ORIGIN, METHOD, METHOD], 401),
        ("/me", vec![ORIGIN, not_a_method], 401),
        ("/none", vec![ORIGIN, METHOD], 403),
        ("/internal/x", vec![ORIGIN, METHOD], 403),
        ("/me", vec![ORIGIN, METHOD, ("x-http-method-override", "DELETE")], 401),
        // Refused before it is anything.
        ("/me/../x", vec![ORIGIN, METHOD], 400),
        ("*", vec![ORIGIN, METHOD], 400),
    ] {
        let reply = ask(&allow, &options(path, &more)).0.unwrap();
        assert_eq!(reply.status, status, "{path} {more:?}");
    }
    let get = [request("GET", "/me", ""), vec![ORIGIN, METHOD]].concat();
    assert_eq!(ask(&allow, &get).0.unwrap().status, 401);
    for gate in [gate_with("rule"), gate(json!({}))] {
        let reply = ask(&gate, &options("/me", &[ORIGIN, METHOD])).0.unwrap();
        assert_eq!(reply.status, 401);
    }
}
