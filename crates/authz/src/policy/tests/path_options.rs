//! What each path option changes in which rule governs, and in what ties.

use super::*;
use crate::path::tests::properties::any_options;
use crate::path::tests::{DEFAULT, INSENSITIVE, STRICT};
use crate::path::{Case, EncodedSlash, TrailingSlash};

/// A public rule for each of these paths, which is its name.
pub(super) fn rules(paths: &[&str], options: PathOptions) -> Vec<Rule> {
    let rule = |path: &&str| {
        let paths = vec![PathPattern::parse(path, options).unwrap()];
        Rule { paths, ..rule(path, &[], &[], &[]) }
    };
    paths.iter().map(rule).collect()
}

fn policy(paths: &[&str], options: PathOptions) -> Result<Policy, Vec<Tie>> {
    compiled(rules(paths, options))
}

/// This path, with escapes where it needs them.
fn escaped(path: &str) -> String {
    let escape = |byte: u8| match byte {
        b'%' | 0x80.. => format!("%{byte:02X}"),
        _ => char::from(byte).to_string(),
    };
    path.bytes().map(escape).collect()
}

/// The rule that governs this path, written without escapes.
fn governs<'p>(policy: &'p Policy, path: &str, options: PathOptions) -> Option<&'p str> {
    let path = escaped(path);
    let target = target("GET", "h", &path, options);
    policy.governing(&target).map(|governing| governing.rule.name.as_str())
}

#[test]
fn ties_are_found_under_the_fold() {
    for (one, two) in [
        ("/Admin", "/admin"),
        ("/a/{id}/B", "/A/{ID}/b"),
        ("/stra\u{df}e", "/STRASSE"),
        ("/keys", "/\u{212a}eys"),
    ] {
        let tie = vec![Tie { first: 0, second: 1 }];
        assert_eq!(policy(&[one, two], INSENSITIVE).unwrap_err(), tie, "{one} {two}");
        assert!(policy(&[one, two], DEFAULT).is_ok(), "{one} {two}");
    }
    assert!(policy(&["/a", "/b", "/A/b"], INSENSITIVE).is_ok());
}

#[test]
fn strict_paths_are_rows_of_their_own() {
    let policy = policy(&["/a", "/a/", "/b/**", "/*/"], STRICT).unwrap();
    for (path, expected) in [
        ("/a", Some("/a")),
        ("/a/", Some("/a/")),
        ("/b", Some("/b/**")),
        ("/b/", Some("/b/**")),
        ("/c", None),
        ("/c/", Some("/*/")),
        ("/", None),
    ] {
        assert_eq!(governs(&policy, path, STRICT), expected, "{path}");
    }
}

/// Each character in upper or in lower case, as told.
fn recased(text: &str, upper: &[bool]) -> String {
    let case = |(c, upper): (char, &bool)| match upper {
        true => c.to_uppercase().to_string(),
        false => c.to_lowercase().to_string(),
    };
    text.chars().zip(upper.iter().cycle()).map(case).collect()
}

proptest! {
    #[test]
    fn swapping_case_never_changes_the_governing_rule(
        paths in prop::collection::vec("(/([aK\u{131}\u{df}]|[*]|s\u{17f})){1,3}(/[*][*])?", 1..6),
        path in "(/([aAkK\u{212a}iI\u{130}\u{131}\u{df}\u{1e9e}]|[sS\u{17f}]{2}|x)){1,3}/?",
        upper in prop::collection::vec(any::<bool>(), 1..9),
        options in any_options(),
    ) {
        let options = PathOptions { case: Case::Insensitive, ..options };
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        if let Ok(policy) = policy(&paths, options) {
            let expected = governs(&policy, &path, options);
            prop_assert_eq!(governs(&policy, &recased(&path, &upper), options), expected);
            prop_assert_eq!(governs(&policy, &path.to_uppercase(), options), expected);
            prop_assert_eq!(governs(&policy, &path.to_lowercase(), options), expected);
        }
    }

    #[test]
    fn the_tree_finds_what_the_naive_scan_finds(
        paths in prop::collection::vec("(/([aAb]|[*])){1,3}(/[*][*]|/)?", 1..8),
        path in "(/([aAbB]|a%2[Ff]b)){1,3}/?",
        options in any_options(),
    ) {
        let options = PathOptions { encoded_slash: EncodedSlash::Allow, ..options };
        let strict = options.trailing_slash == TrailingSlash::Strict;
        let allowed = |path: &&str| strict || !path.ends_with('/');
        let paths: Vec<&str> = paths.iter().map(String::as_str).filter(allowed).collect();
        let target = target("GET", "h", &path, options);
        let rules = rules(&paths, options);
        let expected = naive::governing(&rules, &target).map(|index| rules[index].name.clone());
        if let Ok(policy) = compiled(rules) {
            let found = policy.governing(&target).map(|governing| governing.rule.name.clone());
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn strict_never_equates(path in "(/[ab]){1,3}", options in any_options()) {
        let options = PathOptions { trailing_slash: TrailingSlash::Strict, ..options };
        let with_slash = format!("{path}/");
        let policy = policy(&[&path, &with_slash], options).unwrap();
        prop_assert_eq!(governs(&policy, &path, options), Some(&*path));
        prop_assert_eq!(governs(&policy, &with_slash, options), Some(&*with_slash));
    }
}
