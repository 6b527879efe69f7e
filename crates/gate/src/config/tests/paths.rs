//! `paths`.

use super::{check, problems};

fn with(paths: &str) -> String {
    format!(r#"{{"paths": {paths}, "rules": [{{"path": "/a", "allow": "public"}}]}}"#)
}

#[test]
fn what_is_taken() {
    for (key, words) in [
        ("encoded_slash", &["reject", "allow"][..]),
        ("semicolon", &["reject", "allow", "strip"]),
        ("trailing_slash", &["ignore", "strict"]),
        ("case", &["sensitive", "insensitive"]),
    ] {
        for word in words {
            let paths = format!(r#"{{"{key}": "{word}"}}"#);
            assert_eq!(problems(&with(&paths)), Vec::<String>::new(), "{paths}");
        }
    }
    assert_eq!(problems(&with("{}")), Vec::<String>::new());
}

#[test]
fn what_is_refused() {
    check(REFUSED, with);
}

const REFUSED: &[(&str, &str)] = &[
    ("null", "paths: expected an object, found null"),
    (r#""strict""#, "paths: expected an object, found the string \"strict\""),
    (
        r#"{"semicolons": "allow"}"#,
        "paths: unknown key \"semicolons\"; did you mean `semicolon`? \
         expected one of `encoded_slash`, `semicolon`, `trailing_slash`, `case`",
    ),
    (
        r#"{"encoded_slash": "alow"}"#,
        "paths.encoded_slash: unknown value \"alow\"; did you mean `allow`? \
         expected one of `reject`, `allow`",
    ),
    (
        r#"{"encoded_slash": "strip"}"#,
        "paths.encoded_slash: unknown value \"strip\"; expected one of `reject`, `allow`",
    ),
    (
        r#"{"semicolon": "strp"}"#,
        "paths.semicolon: unknown value \"strp\"; did you mean `strip`? \
         expected one of `reject`, `allow`, `strip`",
    ),
    (
        r#"{"trailing_slash": "ignored"}"#,
        "paths.trailing_slash: unknown value \"ignored\"; did you mean `ignore`? \
         expected one of `ignore`, `strict`",
    ),
    (
        r#"{"case": "Insensitive"}"#,
        "paths.case: unknown value \"Insensitive\"; did you mean `insensitive`? \
         expected one of `sensitive`, `insensitive`",
    ),
    (r#"{"case": true}"#, "paths.case: expected a string, found `true`"),
    (r#"{"case": null}"#, "paths.case: expected a string, found null"),
    (r#"{"trailing_slash": ["strict"]}"#, "paths.trailing_slash: expected a string, found a list"),
];
