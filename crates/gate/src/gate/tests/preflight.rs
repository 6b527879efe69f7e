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
    for path in ["/me", "/internal/x", "/none"] {
        let (reply, audit) = ask(&gate, &options(path, &[ORIGIN, METHOD]));
        let expected = json!({
            "decision": "allow", "method": "OPTIONS", "host": "api.example.com", "path": path,
            "reason": "CORS preflight",
        });
        assert_eq!((reply, audit), (None, Some(expected)));
    }
}

#[test]
fn no_token_is_read_for_a_preflight() {
    let gate = gate_with("allow");
    let headers = options("/me", &[ORIGIN, METHOD, ("authorization", "Bearer broken")]);
    assert_eq!(ask(&gate, &headers).0, None);
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
        ("/none", vec![ORIGIN], 403),
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
