//! `forward`.

use super::{check, problems};

fn with(forward: &str) -> String {
    format!(r#"{{"forward": {forward}, "rules": [{{"path": "/a", "allow": "public"}}]}}"#)
}

fn of_header(entry: &str) -> String {
    with(&format!(r#"{{"headers": {{{entry}}}}}"#))
}

#[test]
fn what_is_taken() {
    let sixteen = (0..16).map(|index| format!(r#""x-{index}": "a""#)).collect::<Vec<_>>().join(",");
    for forward in [
        "{}",
        r#"{"remove_token": true}"#,
        r#"{"headers": {"x-user-id": "sub"}, "remove_token": false}"#,
        r#"{"headers": {"remote-user": "a.b", "x-roles": "$roles", "x-1": "[\"https://x.y/z\"]"}}"#,
        r#"{"headers": {"x": {"claim": "groups"}, "y": {"claim": "$roles", "list": "json"}}}"#,
        r#"{"headers": {"x": {"claim": "[\"$roles\"]", "list": "csv"}}}"#,
        &format!(r#"{{"headers": {{{sixteen}}}}}"#),
    ] {
        assert_eq!(problems(&with(forward)), Vec::<String>::new(), "{forward}");
    }
}

#[test]
fn what_is_refused() {
    let many = (0..17).map(|index| format!(r#""x-{index}": "a""#)).collect::<Vec<_>>().join(",");
    let many = format!(r#"{{"headers": {{{many}}}}}"#);
    check(REFUSED, with);
    check(&[(&many, "forward.headers: has 17 headers, more than 16")], with);
}

#[test]
fn what_each_header_says() {
    check(SAYS, of_header);
}

#[test]
fn names_that_are_no_headers_of_ones_own() {
    let quoted = |name: &str| format!(r#"forward.headers: "{name}""#);
    for name in ["X-User-Id", "x_user_id", "x.user", "x user", "", "x-\u{e9}", "x\t"] {
        let found = problems(&of_header(&format!("{}: \"sub\"", serde_json::json!(name))));
        let escaped = serde_json::json!(name);
        let expected = format!(
            "forward.headers: {escaped} is not a header to forward; \
             expected lower-case letters, digits and `-`, such as `x-user-id`"
        );
        assert_eq!(found, [expected], "{name}");
    }
    for name in [":path", ":authority", ":"] {
        let expected = quoted(name) + " is a pseudo-header; expected a header of your own";
        assert_eq!(problems(&of_header(&format!(r#""{name}": "sub""#))), [expected]);
    }
    for name in [
        "host",
        "authorization",
        "cookie",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "content-length",
        "content-type",
        "proxy-authorization",
        "x-request-id",
        "x-envoy-original-path",
        "x-forwarded-for",
        "forwarded",
        "origin",
        "access-control-request-method",
        "x-http-method-override",
        "grpc-timeout",
        "x-user-bin",
    ] {
        let expected =
            quoted(name) + " has a meaning already; expected one of your own, such as `x-user-id`";
        assert_eq!(problems(&of_header(&format!(r#""{name}": "sub""#))), [expected]);
    }
}

const REFUSED: &[(&str, &str)] = &[
    ("null", "forward: expected an object, found null"),
    (r#"["sub"]"#, "forward: expected an object, found a list"),
    (
        r#"{"header": {}}"#,
        "forward: unknown key \"header\"; did you mean `headers`? \
         expected one of `headers`, `remove_token`",
    ),
    (r#"{"headers": null}"#, "forward.headers: expected an object, found null"),
    (r#"{"headers": {}}"#, "forward.headers: is empty; leave the key out or name something"),
    (r#"{"headers": ["x-user-id"]}"#, "forward.headers: expected an object, found a list"),
    (
        r#"{"remove_token": "yes"}"#,
        "forward.remove_token: expected true or false, found the string \"yes\"",
    ),
];

const SAYS: &[(&str, &str)] = &[
    (
        r#""x": null"#,
        "forward.headers.x: expected a claim path, `$roles`, or `{ claim: groups, list: json }`, found null",
    ),
    (
        r#""x": ["a"]"#,
        "forward.headers.x: expected a claim path, `$roles`, or `{ claim: groups, list: json }`, found a list",
    ),
    (r#""x": "a..b""#, "forward.headers.x: a claim path is one or more names, none of them empty"),
    (
        r#""x": "$role""#,
        "forward.headers.x: \"$role\" is no claim path; \
         expected `$roles`, or a list for a claim of that name, such as `[\"$a\"]`",
    ),
    (
        r#""x": "[a]""#,
        "forward.headers.x: \"[a]\" is not a claim path; \
         expected a list of names in quotes, such as `[\"https://example.com/tenant\"]`",
    ),
    (r#""x": {"list": "csv"}"#, "forward.headers.x: `claim` is missing"),
    (
        r#""x": {"claim": "a", "lists": "csv"}"#,
        "forward.headers.x: unknown key \"lists\"; did you mean `list`? expected one of `claim`, `list`",
    ),
    (
        r#""x": {"claim": "a", "list": "jsn"}"#,
        "forward.headers.x.list: unknown value \"jsn\"; did you mean `json`? expected one of `csv`, `json`",
    ),
    (r#""x": {"claim": 5}"#, "forward.headers.x.claim: expected a string, found the number 5"),
];
