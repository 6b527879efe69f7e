//! `replies`, `mode` and `cors_preflight`.

use super::*;

#[test]
fn replies_and_modes() {
    let rules = r#""rules": [{"path": "/a", "allow": "public"}]"#;
    check(TABLE, |member| format!("{{{member}, {rules}}}"));
}

const TABLE: &[(&str, &str)] = &[
    (
        r#""replies": {"realm": "a\"b"}"#,
        "replies.realm: \"a\\\"b\" is not a realm; \
         expected 1 to 128 printable ASCII characters without `\"` and `\\`",
    ),
    (
        r#""replies": {"format": "problems"}"#,
        "replies.format: unknown value \"problems\"; did you mean `problem`? expected one of `json`, `problem`",
    ),
    (r#""replies": {"cors": {}}"#, "replies.cors: `origins` is missing"),
    (
        r#""replies": {"cors": {"origin": [], "origins": ["*"]}}"#,
        "replies.cors: unknown key \"origin\"; did you mean `origins`? expected one of `origins`",
    ),
    (
        r#""replies": {"cors": {"origins": []}}"#,
        "replies.cors.origins: the list is empty; leave the key out or name something",
    ),
    (
        r#""replies": {"cors": {"origins": "*"}}"#,
        "replies.cors.origins: expected a list, found the string \"*\"",
    ),
    (
        r#""replies": {"cors": {"origins": ["https://a.example", "*"]}}"#,
        "replies.cors.origins: `*` is every origin already; leave the others out",
    ),
    (
        r#""replies": {"cors": {"origins": ["https://a.example", "https://b.example/"]}}"#,
        "replies.cors.origins[1]: \"https://b.example/\" is not an origin; expected what browsers send, in lower case, \
         without a path or a default port, such as `https://app.example.com` or `http://localhost:3000`",
    ),
    (
        r#""replies": {"messages": {"forbiden": "No."}}"#,
        "replies.messages: unknown key \"forbiden\"; did you mean `forbidden`? \
         expected one of `invalid_path`, `unauthenticated`, `forbidden`, `not_found`, `unavailable`",
    ),
    (
        r#""mode": "shadows""#,
        "mode: unknown value \"shadows\"; did you mean `shadow`? expected one of `enforce`, `shadow`",
    ),
    (
        r#""cors_preflight": "alow""#,
        "cors_preflight: unknown value \"alow\"; did you mean `allow`? expected one of `rule`, `allow`",
    ),
    (r#""mode": true"#, "mode: expected a string, found `true`"),
    (r#""mode": null"#, "mode: expected a string, found null"),
    (r#""cors_preflight": null"#, "cors_preflight: expected a string, found null"),
    (r#""replies": {"format": null}"#, "replies.format: expected a string, found null"),
    (r#""replies": {"cors": null}"#, "replies.cors: expected an object, found null"),
];
