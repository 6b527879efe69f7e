//! What each path option changes in the grammar of patterns, and in what they match.

use super::*;
use crate::path::tests::{DEFAULT, INSENSITIVE, SEMICOLON, SLASH, STRICT, STRIP};

/// Options, a pattern, what it matches, what it does not.
type Row = (PathOptions, &'static str, &'static [&'static str], &'static [&'static str]);

const MATCHES: &[Row] = &[
    (SLASH, "/repos/{id}", &["/repos/a%2Fb", "/repos/%2F"], &["/repos/a/b", "/repos%2Fa"]),
    (SLASH, "/repos/{id}/files", &["/repos/a%2fb/files"], &["/repos/a%2Ffiles"]),
    // An encoded slash never stands for one of the pattern's.
    (SLASH, "/a/b", &["/a/b"], &["/a%2Fb"]),
    (SEMICOLON, "/a;v=1", &["/a;v=1", "/a%3Bv=1", "/%61;v%3D1"], &["/a", "/a;v=2"]),
    (SEMICOLON, "/a", &["/a"], &["/a;v=1", "/a;"]),
    (SEMICOLON, "/{id}", &["/a;v=1", "/;"], &[]),
    (STRIP, "/admin", &["/admin", "/admin;x", "/admin;x=1;y/", "/%61dmin;"], &["/adminx;"]),
    (STRIP, "/a/{id}", &["/a;x/1;y"], &["/a;x"]),
    (STRICT, "/", &["/", "/?x/"], &["/a", "/a/"]),
    (STRICT, "/a", &["/a"], &["/a/"]),
    (STRICT, "/a/", &["/a/", "/%61/?x"], &["/a", "/", "/a/b", "/a/b/"]),
    (STRICT, "/*", &["/a"], &["/", "/a/"]),
    (STRICT, "/a/{id}", &["/a/1"], &["/a/", "/a/1/", "/a"]),
    (STRICT, "/a/*", &["/a/1"], &["/a/", "/a/1/", "/a"]),
    (STRICT, "/a/{id}/", &["/a/1/"], &["/a/1", "/a/"]),
    (STRICT, "/a/**", &["/a", "/a/", "/a/b", "/a/b/", "/a/b/c"], &["/", "/b/"]),
    (STRICT, "/a/{rest=**}", &["/a", "/a/", "/a/b/"], &["/"]),
    (STRICT, "/a/{id}/**", &["/a/1", "/a/1/", "/a/1/b/"], &["/a/", "/a"]),
    (STRICT, "/**", &["/", "/a", "/a/"], &[]),
    (INSENSITIVE, "/Admin", &["/admin", "/ADMIN", "/aDMIN/", "/%41dmin"], &["/admins"]),
    (INSENSITIVE, "/users", &["/u%C5%BFer%C5%BF"], &[]),
    (INSENSITIVE, "/keys", &["/%E2%84%AAeys"], &[]),
    (INSENSITIVE, "/admin", &["/adm%C4%B1n", "/ADM%C4%B0N"], &[]),
    (INSENSITIVE, "/Stra\u{df}e", &["/strasse", "/STRA%E1%BA%9EE", "/STRASSE"], &["/strase"]),
    (INSENSITIVE, "/a/{ID}", &["/A/x", "/a/X"], &["/b/x"]),
];

#[test]
fn patterns_match_as_the_options_say() {
    for (options, pattern, matching, not_matching) in MATCHES {
        let compiled = PathPattern::parse(pattern, *options).unwrap();
        let matches =
            |path: &str| compiled.matches(&Segments::parse(path.as_bytes(), *options).unwrap());
        for path in *matching {
            assert!(matches(path), "{pattern} should match {path}: {options:?}");
        }
        for path in *not_matching {
            assert!(!matches(path), "{pattern} should not match {path}: {options:?}");
        }
    }
}

#[test]
fn patterns_are_refused_as_the_options_say() {
    for (options, pattern, expected) in [
        (SLASH, "/a%2Fb", r#""/a%2Fb" has `%`; write characters, not their escapes"#),
        (SEMICOLON, "/..;", r#""/..;" has a dot segment, which no request can have"#),
        (SEMICOLON, "/.;x/a", r#""/.;x/a" has a dot segment, which no request can have"#),
        (SEMICOLON, "/a%3Bb", r#""/a%3Bb" has `%`; write characters, not their escapes"#),
        (
            SEMICOLON,
            "/a/",
            r#""/a/" ends with `/`; leave it out, a trailing slash is the same path"#,
        ),
        (STRIP, "/a;b", r#""/a;b" has ';', which no request's path can have"#),
        (STRIP, "/..;", r#""/..;" has ';', which no request's path can have"#),
        (DEFAULT, "/..;", r#""/..;" has ';', which no request's path can have"#),
        (STRICT, "//", r#""//" has an empty segment"#),
        (STRICT, "/a//", r#""/a//" has an empty segment"#),
        (STRICT, "/a/**/", r#""/a/**/" has `**` before the end"#),
        (STRICT, "/{a=**}/", r#""/{a=**}/" has `**` before the end"#),
        (STRICT, "/../", r#""/../" has a dot segment, which no request can have"#),
        (INSENSITIVE, "/{a}/{a}", r#""/{a}/{a}" has two variables named "a""#),
    ] {
        let found = PathPattern::parse(pattern, options).unwrap_err().to_string();
        assert_eq!(found, expected, "{options:?}");
    }
    // Names of variables are no part of the path.
    assert!(PathPattern::parse("/{a}/{A}", INSENSITIVE).is_ok());
}

#[test]
fn of_two_strict_paths_that_match_the_more_specific_comes_first() {
    for (path, ordered) in [
        ("/a/", &["/a/", "/a/**", "/*/", "/*/**", "/**"][..]),
        ("/a/b/", &["/a/b/", "/a/b/**", "/a/{x}/", "/a/*/**", "/a/**", "/**"]),
    ] {
        let parse = |text: &&str| PathPattern::parse(text, STRICT).unwrap();
        let patterns: Vec<_> = ordered.iter().map(parse).collect();
        let path = Segments::parse(path.as_bytes(), STRICT).unwrap();
        assert!(patterns.iter().all(|pattern| pattern.matches(&path)));
        let less = |two: &[PathPattern]| two[0].by_specificity(&two[1]) == Ordering::Less;
        assert!(patterns.windows(2).all(less), "{ordered:?}");
    }
}
