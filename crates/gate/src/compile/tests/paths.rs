//! Path patterns, which are read with the options in `paths`.

use serde_json::{Value, json};

use super::{problems, with};

/// What is wrong with one public rule for these paths, with these options.
fn of(options: &Value, paths: &[&str]) -> Vec<String> {
    problems(&with(json!({"paths": options, "rules": [{"paths": paths, "allow": "public"}]})))
}

#[test]
fn a_bad_pattern_is_told_at_its_place() {
    for (rule, expected) in [
        (json!({"path": "/{id", "allow": "public"}), "rules[0].path: \"/{id\" has an unclosed `{`"),
        (
            json!({"paths": ["/a", "b"], "allow": "public"}),
            "rules[0].paths[1]: \"b\" does not begin with `/`",
        ),
        (
            json!({"path": "/a/", "allow": "public"}),
            "rules[0].path: \"/a/\" ends with `/`; leave it out, a trailing slash is the same path",
        ),
        (
            json!({"path": "/a;b", "allow": "public"}),
            "rules[0].path: \"/a;b\" has ';', which no request's path can have",
        ),
    ] {
        assert_eq!(problems(&with(json!({"rules": [rule]}))), [expected]);
    }
}

#[test]
fn what_a_pattern_may_be_depends_on_the_options() {
    for (options, paths, expected) in [
        (json!({}), &["/a", "/A"][..], &[][..]),
        (json!({"trailing_slash": "strict"}), &["/a", "/a/"], &[]),
        (
            json!({"trailing_slash": "strict"}),
            &["/a//"],
            &["rules[0].paths[0]: \"/a//\" has an empty segment"],
        ),
        (json!({"semicolon": "allow"}), &["/a;b"], &[]),
        (
            json!({"semicolon": "strip"}),
            &["/a", "/a;b"],
            &["rules[0].paths[1]: \"/a;b\" has ';', which no request's path can have"],
        ),
        (
            json!({"case": "insensitive"}),
            &["/a", "/A"],
            &["rules[0]: \"/a,/A\" names the same host, method and path twice"],
        ),
    ] {
        assert_eq!(of(&options, paths), expected, "{options}");
    }
    let rule = |name: &str, path: &str| json!({"name": name, "path": path, "allow": "public"});
    let rules = json!([rule("a", "/Admin"), rule("b", "/admin")]);
    assert_eq!(
        problems(&with(json!({"paths": {"case": "insensitive"}, "rules": rules}))),
        [
            "rules[1]: \"b\" ties with rules[0] \"a\": both govern the same requests, equally specific"
        ]
    );
}

#[test]
fn options_that_cannot_be_read_accuse_no_pattern() {
    let typo = "paths.semicolon: unknown value \"alow\"; did you mean `allow`? \
                expected one of `reject`, `allow`, `strip`";
    let options = json!({"semicolon": "alow", "trailing_slash": "strict"});
    assert_eq!(of(&options, &["/a;b", "/a", "/a/", "/A"]), [typo]);
    assert_eq!(
        of(&options, &["/a", "b", "/a"]),
        [typo, "rules[0].paths[1]: \"b\" does not begin with `/`"]
    );
    // Options that can be read count, whatever else cannot.
    let members = json!({
        "paths": {"trailing_slash": "strict"}, "isuers": [], "rules": [{"path": "/a/", "allow": "public"}],
    });
    let found = problems(&with(members));
    assert!(found.len() == 1 && found[0].starts_with("configuration: unknown key"), "{found:?}");
}
