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

/// A request, by whom; what becomes of it: status, title, message, code.
type Case = (&'static str, &'static str, u16, &'static str, &'static str, &'static str);

/// A denial of each kind.
const DENIALS: &[Case] = &[
    ("/a//b", "nobody", 400, "Bad Request", MALFORMED, "invalid_path"),
    ("/none", "admin", 403, "Forbidden", DENIED, "no_rule"),
    ("/me", "nobody", 401, "Unauthorized", NO_TOKEN, "missing_token"),
    ("/me", "expired", 401, "Unauthorized", BAD_TOKEN, "invalid_token"),
    ("/internal", "nobody", 403, "Forbidden", DENIED, "insufficient_permission"),
    ("/plain", "viewer", 403, "Forbidden", DENIED, "insufficient_permission"),
    ("/worded", "viewer", 403, "Forbidden", "Not \"you\".", "insufficient_permission"),
    ("/hidden", "nobody", 404, "Not Found", "Not found.", "not_found"),
    ("/hidden", "expired", 404, "Not Found", "Not found.", "not_found"),
    ("/hidden", "viewer", 404, "Not Found", "Not found.", "not_found"),
    ("/remote", "remote", 503, "Service Unavailable", UNAVAILABLE, "keys_unavailable"),
];

const UNAVAILABLE: &str = "Authorization is temporarily unavailable.";

/// A gate with a rule for each of [`DENIALS`].
fn every_denial(settings: Value) -> Gate {
    let remote = json!({"remote_jwks": {"cluster": "idp", "uri": "https://idp/jwks"}});
    let mut all = json!({
        "issuers": [
            {"name": "main", "issuer": "idp", "signature": {"decode_only": true}},
            {"name": "remote", "issuer": "remote", "signature": remote},
        ],
        "rules": [
            {"name": "me", "path": "/me", "allow": "authenticated"},
            {"name": "internal", "path": "/internal", "allow": "nobody"},
            {"name": "plain", "path": "/plain", "allow": {"roles": ["admin"]}},
            {"name": "worded", "path": "/worded", "allow": {"roles": ["admin"]}, "message": "Not \"you\"."},
            {"name": "hidden", "path": "/hidden", "allow": {"roles": ["admin"]}, "status": 404},
            {"name": "remote", "path": "/remote", "allow": "authenticated"},
        ],
    });
    let (Value::Object(all_members), Value::Object(settings)) = (&mut all, settings) else {
        panic!("not objects")
    };
    all_members.extend(settings);
    gate(all)
}

fn token_of(who: &str) -> String {
    match who {
        "remote" => bearer(&json!({"iss": "remote", "exp": 2_000})),
        who => authorization(who),
    }
}

/// All headers that a denial with this status and code has in any form, but for its media type.
fn plain_headers(status: u16, code: &str) -> Vec<(&'static str, String)> {
    let challenge = match code {
        "missing_token" => MISSING,
        "invalid_token" => INVALID,
        "insufficient_permission" => INSUFFICIENT,
        _ => None,
    };
    let challenge = challenge.map(|challenge| ("www-authenticate", challenge));
    let retry = (status == 503).then_some(("retry-after", "1"));
    let all = [Some(("cache-control", "no-store")), challenge, retry];
    all.into_iter().flatten().map(|(name, value)| (name, value.to_owned())).collect()
}

#[test]
fn each_denial_in_each_format() {
    const ID: &str = "8f14e45f-ceea-9e7a-9c1d-0123456789ab";
    let (json, problem) =
        (every_denial(json!({})), every_denial(json!({"replies": {"format": "problem"}})));
    for (path, who, status, title, message, code) in DENIALS {
        let token = token_of(who);
        for (gate, media_type) in
            [(&json, "application/json"), (&problem, "application/problem+json")]
        {
            for id in [Some(ID), Some("mine"), None] {
                let more: Vec<_> = id.map(|id| ("x-request-id", id)).into_iter().collect();
                let reply = ask(gate, &asking(path, &token, &more)).0.unwrap();
                let mut headers = plain_headers(*status, code);
                headers.push(("content-type", media_type.to_owned()));
                assert_eq!((reply.status, reply.headers), (*status, headers), "{path} {who}");
                let mut expected = json!({"error": message});
                if media_type == "application/problem+json" {
                    expected = json!({
                        "type": "about:blank", "title": title, "status": status, "detail": message, "code": code,
                    });
                    if id == Some(ID) {
                        expected["instance"] = json!(format!("urn:uuid:{ID}"));
                    }
                }
                assert_eq!(serde_json::from_str::<Value>(&reply.body).unwrap(), expected);
            }
        }
    }
}

#[test]
fn grpc_is_the_same_in_each_format() {
    let gates = [json!({}), json!({"replies": {"format": "problem"}})].map(every_denial);
    for (path, who, status, _, message, code) in DENIALS {
        let token = token_of(who);
        let call = asking(path, &token, &[("content-type", "application/grpc")]);
        let [one, two] = gates.each_ref().map(|gate| ask(gate, &call).0.unwrap());
        assert_eq!(one, two);
        let grpc_status = match status {
            400 => 3,
            401 => 16,
            403 => 7,
            404 => 5,
            _ => 14,
        };
        assert_eq!((one.grpc_status, one.body.as_str()), (Some(grpc_status), *message), "{path}");
        assert_eq!(one.headers, plain_headers(*status, code), "{path} {who}");
    }
}

#[test]
fn each_fixed_sentence_can_be_replaced() {
    let gate = every_denial(json!({"replies": {"messages": {
        "invalid_path": "What?", "unauthenticated": "Who?", "forbidden": "No.",
        "not_found": "Where?", "unavailable": "When?",
    }}}));
    for (path, who, status, _, message, _) in DENIALS {
        let reply = ask(&gate, &asking(path, &token_of(who), &[])).0.unwrap();
        let expected = match status {
            400 => "What?",
            401 => "Who?",
            // A rule's own comes first.
            403 if *path == "/worded" => message,
            403 => "No.",
            404 => "Where?",
            _ => "When?",
        };
        assert_eq!(reply.body, json!({"error": expected}).to_string(), "{path} {who}");
    }
}

#[test]
fn each_denial_is_readable_for_the_scripts_it_is_meant_for() {
    const APP: &str = "https://app.example.com";
    let cors = |origins: Value, format: &str| {
        every_denial(json!({"replies": {"format": format, "cors": {"origins": origins}}}))
    };
    let vary = ("vary", "Origin");
    let expose = ("access-control-expose-headers", "WWW-Authenticate");
    let credentials = ("access-control-allow-credentials", "true");
    let only = [vary, ("access-control-allow-origin", APP), credentials, expose];
    let any = [vary, ("access-control-allow-origin", "*"), expose];
    for (origins, sent, expected) in [
        (json!([APP]), vec![APP], &only[..]),
        (json!(["http://localhost:3000", APP]), vec![APP], &only),
        (json!([APP]), vec![], &[vary]),
        (json!([APP]), vec![APP, APP], &[vary]),
        (json!([APP]), vec!["https://app.example.com.evil.example"], &[vary]),
        (json!([APP]), vec!["https://app.example.com:8443"], &[vary]),
        (json!([APP]), vec!["http://app.example.com"], &[vary]),
        (json!([APP]), vec!["https://APP.example.com"], &[vary]),
        (json!([APP]), vec!["null"], &[vary]),
        (json!([APP]), vec![""], &[vary]),
        (json!(["*"]), vec!["https://anywhere.example"], &any),
        (json!(["*"]), vec!["null"], &any),
        (json!(["*"]), vec![], &[vary]),
        (json!(["*"]), vec![APP, APP], &[vary]),
    ] {
        for (format, media_type) in
            [("json", "application/json"), ("problem", "application/problem+json")]
        {
            let gate = cors(origins.clone(), format);
            let more: Vec<_> = sent.iter().map(|origin| ("origin", *origin)).collect();
            for (path, who, status, _, _, code) in DENIALS {
                let reply = ask(&gate, &asking(path, &token_of(who), &more)).0.unwrap();
                let mut headers = plain_headers(*status, code);
                headers.extend(expected.iter().map(|(name, value)| (*name, (*value).to_owned())));
                headers.push(("content-type", media_type.to_owned()));
                assert_eq!(reply.headers, headers, "{path} {who} {origins} {sent:?}");
            }
        }
    }
    let call = [("origin", APP), ("content-type", "application/grpc")];
    let reply = ask(&cors(json!([APP]), "json"), &asking("/me", "", &call)).0.unwrap();
    assert_eq!(
        header(&reply, "access-control-expose-headers"),
        Some("WWW-Authenticate, grpc-status, grpc-message")
    );
}
