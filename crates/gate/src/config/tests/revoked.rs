//! `revoked`.

use super::{check, problems};

fn with(revoked: &str) -> String {
    format!(r#"{{"revoked": {revoked}, "rules": [{{"path": "/a", "allow": "public"}}]}}"#)
}

#[test]
fn what_is_taken() {
    for revoked in [
        "{}",
        r#"{"jti": [], "sub": [], "issued_before": 0}"#,
        r#"{"jti": ["a", "a"], "sub": ["auth0|5"], "issued_before": 1700000000}"#,
    ] {
        assert_eq!(problems(&with(revoked)), Vec::<String>::new(), "{revoked}");
    }
}

#[test]
fn what_is_refused() {
    check(REFUSED, with);
}

const REFUSED: &[(&str, &str)] = &[
    ("null", "revoked: expected an object, found null"),
    (r#"["t-1"]"#, "revoked: expected an object, found a list"),
    (
        r#"{"jtis": []}"#,
        "revoked: unknown key \"jtis\"; did you mean `jti`? \
         expected one of `jti`, `sub`, `issued_before`",
    ),
    (r#"{"jti": null}"#, "revoked.jti: expected a list, found null"),
    (r#"{"sub": "mallory"}"#, "revoked.sub: expected a list, found the string \"mallory\""),
    (r#"{"sub": ["a", 5]}"#, "revoked.sub[1]: expected a string, found the number 5"),
    (r#"{"jti": [""]}"#, "revoked.jti[0]: expected a text of 1 to 1024 bytes, found 0"),
    (
        r#"{"issued_before": null}"#,
        "revoked.issued_before: expected a whole number from 0 on, found null",
    ),
    (
        r#"{"issued_before": -1}"#,
        "revoked.issued_before: expected a whole number from 0 on, found the number -1",
    ),
    (
        r#"{"issued_before": "2026-01-01"}"#,
        "revoked.issued_before: expected a whole number from 0 on, found the string \"2026-01-01\"",
    ),
    (
        r#"{"issued_before": 1700000000000}"#,
        "revoked.issued_before: expected seconds since 1970, such as 1700000000; \
         1700000000000 looks like milliseconds",
    ),
];
