//! `token.from`.

use super::{check, problems};

fn with(source: &str) -> String {
    format!(r#"{{"token": {{"from": {source}}}, "rules": [{{"path": "/a", "allow": "public"}}]}}"#)
}

#[test]
fn sources_that_are_taken() {
    for source in [
        r#"[{"header": "authorization", "scheme": "Bearer"}]"#,
        r#"[{"header": "x-token"}, {"header": "x_token"}]"#,
        r#"[{"header": "authorization", "scheme": "Bearer"}, {"header": "authorization", "scheme": "JWT"}]"#,
        r#"[{"cookie": "__Host-session"}, {"query": "access_token"}]"#,
    ] {
        assert_eq!(problems(&with(source)), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn the_list_of_sources() {
    let nine = (0..9).map(|index| format!(r#"{{"cookie": "c{index}"}}"#)).collect::<Vec<_>>();
    let nine = format!("[{}]", nine.join(","));
    check(LIST, with);
    check(&[(&nine, "token.from: expected at most 8, found 9")], with);
}

#[test]
fn each_source() {
    check(SOURCE, |source| with(&format!("[{source}]")));
}

const LIST: &[(&str, &str)] = &[
    ("[]", "token.from: the list is empty; leave the key out or name something"),
    (r#"{"cookie": "t"}"#, "token.from: expected a list, found an object"),
    (
        r#"[{"header": "x-token"}, {"header": "x-token", "scheme": "Bearer"}]"#,
        "token.from[1]: reads the same place as token.from[0]",
    ),
    (
        r#"[{"query": "t"}, {"cookie": "t"}, {"cookie": "t"}]"#,
        "token.from[2]: reads the same place as token.from[1]",
    ),
];

const SOURCE: &[(&str, &str)] = &[
    (r#""authorization""#, "token.from[0]: expected an object, found the string \"authorization\""),
    ("{}", "token.from[0]: expected exactly one of `header`, `cookie`, `query`"),
    (
        r#"{"scheme": "Bearer"}"#,
        "token.from[0]: expected exactly one of `header`, `cookie`, `query`",
    ),
    (
        r#"{"cookie": "t", "query": "t"}"#,
        "token.from[0]: expected exactly one of `header`, `cookie`, `query`",
    ),
    (
        r#"{"header": "x", "cookie": "t"}"#,
        "token.from[0]: expected exactly one of `header`, `cookie`, `query`",
    ),
    (r#"{"cookie": "t", "scheme": "Bearer"}"#, "token.from[0]: `scheme` goes with `header` only"),
    (r#"{"query": "t", "scheme": "Bearer"}"#, "token.from[0]: `scheme` goes with `header` only"),
    (
        r#"{"cokie": "t", "query": "t"}"#,
        "token.from[0]: unknown key \"cokie\"; did you mean `cookie`? \
         expected one of `header`, `scheme`, `cookie`, `query`",
    ),
    (r#"{"header": null}"#, "token.from[0].header: expected a string, found null"),
    (
        r#"{"header": "X-Token"}"#,
        "token.from[0].header: \"X-Token\" is not a header's name; \
         expected lower-case letters such as `x-token`",
    ),
    (
        r#"{"header": "x token"}"#,
        "token.from[0].header: \"x token\" is not a header's name; \
         expected lower-case letters such as `x-token`",
    ),
    (
        r#"{"header": ""}"#,
        "token.from[0].header: \"\" is not a header's name; \
         expected lower-case letters such as `x-token`",
    ),
    (
        r#"{"header": "cookie"}"#,
        "token.from[0].header: a token in a cookie is `{ cookie: <name> }`",
    ),
    (r#"{"header": "host"}"#, "token.from[0].header: \"host\" names the target and holds no token"),
    (
        r#"{"header": ":path"}"#,
        "token.from[0].header: \":path\" is a pseudo-header and holds no token",
    ),
    (
        r#"{"header": "x", "scheme": "Bearer "}"#,
        "token.from[0].scheme: \"Bearer \" is not a scheme; expected a word such as `Bearer`",
    ),
    (
        r#"{"header": "x", "scheme": ""}"#,
        "token.from[0].scheme: \"\" is not a scheme; expected a word such as `Bearer`",
    ),
    (
        r#"{"cookie": "a=b"}"#,
        "token.from[0].cookie: \"a=b\" is not a cookie's name; \
         expected letters, digits and any of ``!#$%&'*+-.^_`|~``",
    ),
    (
        r#"{"query": "a[]"}"#,
        "token.from[0].query: \"a[]\" is not a query parameter's name; \
         expected letters, digits, `-`, `.`, `_` and `~`",
    ),
];
