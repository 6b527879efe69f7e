use std::cmp::Ordering;

use super::*;
use crate::path::Segments;

mod path_options;

#[test]
fn path_patterns_that_are_read() {
    for (pattern, matching, not_matching) in [
        ("/", &["/", "/?x"][..], &["/a"][..]),
        (
            "/a/b",
            &["/a/b", "/a/b/", "/%61/b"],
            &["/a", "/a/b/c", "/a/bb", "/ab", "/A/b", "/a/b.json"],
        ),
        ("/a/{id}", &["/a/1", "/a/x/", "/a/*", "/a/{id}"], &["/a", "/a/1/2", "/b/1"]),
        ("/a/*", &["/a/1"], &["/a", "/a/1/2"]),
        ("/*/b", &["/a/b"], &["/b", "/a/c"]),
        ("/**", &["/", "/a", "/a/b/c"], &[]),
        ("/a/**", &["/a", "/a/", "/a/b", "/a/b/c"], &["/", "/ab", "/b/a"]),
        ("/a/{rest=**}", &["/a", "/a/b/c"], &["/b"]),
        ("/a/{x}/**", &["/a/1", "/a/1/2"], &["/a"]),
        ("/café/a b", &["/caf%C3%A9/a%20b"], &["/cafe/a%20b"]),
        ("/a:b@c", &["/a:b@c", "/a%3Ab%40c"], &["/a"]),
    ] {
        let compiled = PathPattern::parse(pattern, PathOptions::default()).unwrap();
        let matches = |path: &&str| {
            compiled.matches(&Segments::parse(path.as_bytes(), PathOptions::default()).unwrap())
        };
        assert_eq!(matching.iter().find(|path| !matches(path)), None, "{pattern} should match");
        assert_eq!(
            not_matching.iter().find(|path| matches(path)),
            None,
            "{pattern} should not match"
        );
    }
}

#[test]
fn path_patterns_that_are_refused() {
    for (pattern, expected) in [
        ("", r#""" does not begin with `/`"#),
        ("a/b", r#""a/b" does not begin with `/`"#),
        ("/a/", r#""/a/" ends with `/`; leave it out, a trailing slash is the same path"#),
        ("//", r#""//" has an empty segment"#),
        ("/a//b", r#""/a//b" has an empty segment"#),
        ("/a/../b", r#""/a/../b" has a dot segment, which no request can have"#),
        ("/a/**/b", r#""/a/**/b" has `**` before the end"#),
        ("/{a=**}/b", r#""/{a=**}/b" has `**` before the end"#),
        ("/a*", r#""/a*" has `*` beside other characters; a segment is whole"#),
        ("/***", r#""/***" has `*` beside other characters; a segment is whole"#),
        ("/{id", r#""/{id" has an unclosed `{`"#),
        ("/id}", r#""/id}" has `{` or `}` inside a segment"#),
        ("/a/{id}:cancel", r#""/a/{id}:cancel" has `{` or `}` inside a segment"#),
        ("/a{id}", r#""/a{id}" has `{` or `}` inside a segment"#),
        ("/{}", r#""/{}" has a variable ""; a name is letters, digits, `_` and `-`"#),
        ("/{a b}", r#""/{a b}" has a variable "a b"; a name is letters, digits, `_` and `-`"#),
        ("/{a=*}", r#""/{a=*}" has a variable "a=*"; a name is letters, digits, `_` and `-`"#),
        ("/{a}/{a}", r#""/{a}/{a}" has two variables named "a""#),
        ("/caf%C3%A9", r#""/caf%C3%A9" has `%`; write characters, not their escapes"#),
        ("/a?b", r#""/a?b" has '?', which no request's path can have"#),
        ("/a;b", r#""/a;b" has ';', which no request's path can have"#),
        ("/a\nb", r#""/a\nb" has '\n', which no request's path can have"#),
    ] {
        let found = PathPattern::parse(pattern, PathOptions::default()).unwrap_err().to_string();
        assert_eq!(found, expected);
    }
}

#[test]
fn of_two_paths_that_match_the_more_specific_comes_first() {
    for (path, ordered) in [
        ("/a/b", &["/a/b", "/a/b/**", "/a/{x}", "/a/*/**", "/a/**", "/*/b", "/{x}/{y}", "/**"][..]),
        ("/a", &["/a", "/a/**", "/*", "/*/**", "/**"]),
        ("/", &["/", "/**"]),
    ] {
        let patterns: Vec<_> = ordered
            .iter()
            .map(|text| PathPattern::parse(text, PathOptions::default()).unwrap())
            .collect();
        assert!(patterns.iter().all(|pattern| {
            pattern.matches(&Segments::parse(path.as_bytes(), PathOptions::default()).unwrap())
        }));
        let sorted =
            patterns.windows(2).all(|two| two[0].by_specificity(&two[1]) == Ordering::Less);
        assert!(sorted, "{ordered:?}");
    }
}

#[test]
fn host_patterns() {
    for (pattern, matching, not_matching) in [
        ("api.example.com", &["api.example.com"][..], &["example.com", "x.api.example.com"][..]),
        ("API.example.com.", &["api.example.com"], &[]),
        (
            "*.example.org",
            &["a.example.org", "a.b.example.org"],
            &["example.org", "aexample.org", ".example.org"],
        ),
        ("10.0.0.1", &["10.0.0.1"], &["10.0.0.10"]),
        ("::1", &["::1"], &["::2"]),
        ("[2001:DB8:0::1]", &["2001:db8::1"], &[]),
    ] {
        let compiled = HostPattern::parse(pattern).unwrap();
        assert_eq!(matching.iter().find(|host| !compiled.matches(host)), None, "{pattern}");
        assert_eq!(not_matching.iter().find(|host| compiled.matches(host)), None, "{pattern}");
    }
    for pattern in ["", "*", "*.", "a.*.com", "*a.com", "a b", "http://a", "a:80", "a/b", "a..b"] {
        let found = HostPattern::parse(pattern).unwrap_err().to_string();
        let expected = format!(
            "{pattern:?} is not a host; expected a host name such as `api.example.com` or `*.example.com`"
        );
        assert_eq!(found, expected);
    }
    let ordered = ["a.b.example.org", "*.b.example.org", "*.example.org", "*.org"];
    let patterns: Vec<_> = ordered.iter().map(|text| HostPattern::parse(text).unwrap()).collect();
    assert!(patterns.is_sorted() && patterns.last() < Some(&HostPattern::Any));
}

#[test]
fn method_patterns() {
    assert!(MethodPattern::parse("GET").unwrap().matches("GET"));
    assert!(!MethodPattern::parse("GET").unwrap().matches("HEAD"));
    assert!(!MethodPattern::parse("GET").unwrap().matches("get"));
    assert!(MethodPattern::Any.matches("anything"));
    assert!(MethodPattern::parse("GET").unwrap() < MethodPattern::Any);
    for method in ["", "get", "Get", "GE T", "*"] {
        let found = MethodPattern::parse(method).unwrap_err().to_string();
        assert_eq!(
            found,
            format!("{method:?} is not a method; expected upper-case letters such as `GET`")
        );
    }
}

#[test]
fn a_pattern_has_so_many_segments_and_no_more() {
    let options = PathOptions::default();
    assert!(PathPattern::parse(&"/a".repeat(64), options).is_ok());
    for text in ["/a".repeat(65), format!("{}/**", "/{x}".repeat(64)), "/a".repeat(100_000)] {
        let found = PathPattern::parse(&text, options).unwrap_err().to_string();
        assert_eq!(found, "has more than 64 segments");
    }
}

#[test]
fn trees_are_below_a_path_that_is_named() {
    for (text, is_tree) in [
        ("/admin/**", true),
        ("/a/{x}/{rest=**}", true),
        ("/**", false),
        ("/{x}/**", false),
        ("/admin", false),
        ("/", false),
    ] {
        let pattern = PathPattern::parse(text, PathOptions::default()).unwrap();
        assert_eq!(pattern.is_tree(), is_tree, "{text}");
    }
}
