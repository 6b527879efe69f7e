//! What a client gets to see of each denial.

use super::*;

/// Headers of a request by this somebody, with more of them.
fn asking<'a>(
    path: &'a str,
    token: &'a str,
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    [request("GET", path, token), more.to_vec()].concat()
}

fn header<'r>(reply: &'r Reply, name: &str) -> Option<&'r str> {
    reply.headers.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_hidden_rule_answers_everybody_as_if_there_were_nothing() {
    let gate = gate(json!({"rules": [
        {"name": "hidden", "path": "/hidden", "allow": {"roles": ["admin"]}, "status": 404},
        {"name": "rest", "path": "/**", "allow": "nobody", "status": 404},
        {"name": "worded", "path": "/worded", "allow": "authenticated", "status": 404, "message": "Gone fishing."},
    ]}));
    for (path, who, code) in [
        ("/hidden", "nobody", "missing_token"),
        ("/hidden", "broken", "invalid_token"),
        ("/hidden", "expired", "invalid_token"),
        ("/hidden", "viewer", "insufficient_permission"),
        ("/not-there", "nobody", "insufficient_permission"),
        ("/not-there", "admin", "insufficient_permission"),
        ("/worded", "nobody", "missing_token"),
        ("/worded", "expired", "invalid_token"),
    ] {
        let token = authorization(who);
        let message = if path == "/worded" { "Gone fishing." } else { "Not found." };
        let (reply, audit) = ask(&gate, &request("GET", path, &token));
        let (reply, audit) = (reply.unwrap(), audit.unwrap());
        let expected = [("cache-control", "no-store"), ("content-type", "application/json")];
        assert_eq!(reply.status, 404, "{path} {who}");
        assert_eq!(reply.headers, expected.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(reply.body, json!({"error": message}).to_string());
        assert!(reply.details.starts_with(&format!("claimgate.{code}[")), "{}", reply.details);
        assert_eq!((&audit["status"], &audit["code"]), (&json!(404), &json!(code)));
        let call = asking(path, &token, &[("content-type", "application/grpc")]);
        let reply = ask(&gate, &call).0.unwrap();
        assert_eq!((reply.grpc_status, reply.body.as_str()), (Some(5), message), "{path} {who}");
    }
    assert_eq!(ask(&gate, &request("GET", "/hidden", &authorization("admin"))).0, None);
    // A target without a single reading is refused before there is a rule, so it tells nothing of one.
    assert_eq!(ask(&gate, &request("GET", "/hidden;x", "")).0.unwrap().status, 400);
}

#[test]
fn what_cannot_be_decided_is_never_a_404() {
    let gate = gate(json!({
        "issuers": [{"name": "main", "signature": {"jwt_authn": {"metadata": "payload"}}}],
        "rules": [{"name": "hidden", "path": "/hidden", "allow": "authenticated", "status": 404}],
    }));
    let headers = request("GET", "/hidden", "");
    let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
    let failing = Stub(Err(HostFailure("status 10".to_owned())));
    let decision = gate.decide(&request, &failing, UnixTime::from_seconds(0));
    assert_eq!(decision.status(), Some(503));
    let reply = gate.reply(&request, &decision).unwrap();
    assert_eq!((reply.status, header(&reply, "retry-after")), (503, Some("1")));
}
