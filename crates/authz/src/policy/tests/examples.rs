//! All rules that match a target, and a request for each rule that can govern.

use super::*;
use crate::example::{Example, Examples};
use crate::path::tests::properties::any_options;
use crate::path::tests::{DEFAULT, STRICT};

/// What matches this target: the rule and why it is beaten, each on a line.
fn said(policy: &Policy, target: &Target<'_>) -> Vec<String> {
    let matching = policy.matching(target);
    let Some((first, beaten)) = matching.split_first() else { return Vec::new() };
    let beaten = beaten.iter().map(|one| format!("{}: {}", one.rule.name, one.beaten_by(first)));
    std::iter::once(format!("{}: {first}", first.rule.name)).chain(beaten).collect()
}

#[test]
fn what_matches_is_ordered_and_says_why() {
    let policy = compiled(vec![
        rule("rest", &[], &[], &["/**"]),
        rule("users", &[], &[], &["/users/{id}/{all=**}"]),
        rule("me", &[], &["PUT", "GET"], &["/people/me", "/users/me"]),
        rule("me-any", &[], &[], &["/users/me"]),
        rule("user", &[], &["GET"], &["/users/*"]),
        rule("host", &["*.b"], &[], &["/users/{name}"]),
        rule("exact", &["a.b"], &["GET"], &["/users/me"]),
    ])
    .unwrap();
    let target = target("GET", "a.b", "/users/me", DEFAULT);
    assert_eq!(
        said(&policy, &target),
        [
            "exact: GET a.b /users/me",
            "host: host: `a.b` is more specific than `*.b`",
            "me: host: `a.b` is more specific than `*`",
            "me-any: host: `a.b` is more specific than `*`",
            "user: host: `a.b` is more specific than `*`",
            "users: host: `a.b` is more specific than `*`",
            "rest: host: `a.b` is more specific than `*`",
        ]
    );
    let target = super::target("GET", "c", "/users/me", DEFAULT);
    assert_eq!(
        said(&policy, &target),
        [
            "me: GET /users/me",
            "me-any: method: `GET` is more specific than `*`",
            "user: segment 2: `me` is more specific than `*`",
            "users: segment 2: `me` is more specific than `{id}`",
            "rest: segment 1: `users` is more specific than `**`",
        ]
    );
    let target = super::target("GET", "c", "/users/you", DEFAULT);
    assert_eq!(
        said(&policy, &target)[..2],
        ["user: GET /users/*", "users: segment 3: the end is more specific than `{all=**}`"]
    );
    assert!(compiled(Vec::new()).unwrap().matching(&target).is_empty());
}

#[test]
fn patterns_are_shown_as_they_are_written() {
    for text in ["/", "/**", "/a", "/a/{b}/*/{c=**}", "/*/b/**", "/caf\u{e9}/{x-1}"] {
        assert_eq!(PathPattern::parse(text, DEFAULT).unwrap().to_string(), text);
    }
    assert_eq!(PathPattern::parse("/a/", STRICT).unwrap().to_string(), "/a/");
    for (text, shown) in [("A.b", "a.b"), ("*.B", "*.b"), ("[::1]", "::1")] {
        assert_eq!(HostPattern::parse(text).unwrap().to_string(), shown);
    }
}

/// The example of each rule by its name, as `GET host /path`.
fn examples(rules: Vec<Rule>, options: PathOptions) -> Vec<(String, Option<String>)> {
    let policy = compiled(rules).unwrap();
    let examples = Examples::new([&policy], options);
    let shown = |Example { method, host, path }: Example| format!("{method} {host} {path}");
    let of = |rule: &Rule| (rule.name.clone(), examples.of(&policy, rule).map(shown));
    policy.rules().iter().map(of).collect()
}

#[test]
fn each_rule_that_can_govern_has_an_example() {
    let found = examples(
        vec![
            rule("user", &[], &["DELETE"], &["/users/{id}"]),
            rule("one", &[], &[], &["/users/1"]),
            rule("words", &["*.b"], &[], &["/caf\u{e9} bar/{x}/**"]),
            rule("six", &["::1"], &["GET"], &["/"]),
            // Nothing is left for it: the root, and what begins with some segment, have rules of their own.
            rule("never", &[], &[], &["/**"]),
            rule("root", &[], &[], &["/"]),
            rule("below", &[], &["GET"], &["/*/**"]),
            rule("below-any", &[], &[], &["/{x}/**"]),
        ],
        DEFAULT,
    );
    let expected = [
        ("user", Some("DELETE host /users/11")),
        ("one", Some("GET host /users/1")),
        ("words", Some("GET host.b /caf%C3%A9%20bar/11")),
        ("six", Some("GET [::1] /")),
        ("never", None),
        ("root", Some("GET host /")),
        ("below", Some("GET host /11")),
        ("below-any", Some("POST host /11")),
    ];
    let expected = expected.map(|(name, example)| (name.to_owned(), example.map(str::to_owned)));
    assert_eq!(found, expected);
    let all = vec![rule("root", &[], &[], &["/"]), rule("below", &[], &[], &["/*/**"])];
    let all = compiled(all).unwrap();
    assert_eq!(Examples::new([&all], DEFAULT).without_rule(&all), None);
    let gets = compiled(vec![rule("gets", &[], &["GET"], &["/**"])]).unwrap();
    let without = Examples::new([&gets], DEFAULT).without_rule(&gets).unwrap();
    assert_eq!((without.method.as_str(), without.path.as_str()), ("POST", "/"));
    // A trailing slash may be what is left.
    let found = examples(path_options::rules(&["/a/**", "/a", "/a/*/**"], STRICT), STRICT);
    assert_eq!(found[0].1.as_deref(), Some("GET host /a/"));
}

/// All targets that can make a difference to the tables of these tests.
fn all_targets(options: PathOptions) -> Vec<(&'static str, &'static str, String)> {
    let mut paths = vec![String::new()];
    for depth in 0..6 {
        let deeper = paths.iter().filter(|path| path.matches('/').count() == depth);
        let deeper = deeper.flat_map(|path| ["a", "b", "c"].map(|one| format!("{path}/{one}")));
        paths.extend(deeper.collect::<Vec<_>>());
    }
    if options == STRICT {
        paths.extend(paths.clone().iter().map(|path| format!("{path}/")));
    }
    paths[0] = "/".to_owned();
    let hosts = ["h.x", "i.x", "y"];
    let of_path = |path: String| {
        ["GET", "PUT", "POST"].into_iter().flat_map(move |method| {
            let path = path.clone();
            hosts.map(move |host| (method, host, path.clone()))
        })
    };
    paths.into_iter().flat_map(of_path).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// An example is governed by its rule; a rule without one governs nothing at all.
    #[test]
    fn an_example_is_found_wherever_there_is_one((rules, _) in some_rules_in_two_orders()) {
        let Ok(policy) = compiled(rules) else { return Ok(()) };
        let examples = Examples::new([&policy], DEFAULT);
        let governed: std::collections::BTreeSet<&str> = all_targets(DEFAULT)
            .iter()
            .map(|(method, host, path)| governing(&policy, method, host, path))
            .collect();
        for rule in policy.rules() {
            match examples.of(&policy, rule) {
                Some(Example { method, host, path }) => {
                    prop_assert_eq!(governing(&policy, &method, &host, &path), &rule.name);
                }
                None => prop_assert!(!governed.contains(rule.name.as_str()), "{}", rule.name),
            }
        }
        assert_without_rule(&examples, &policy, &all_targets(DEFAULT), DEFAULT);
    }

    #[test]
    fn an_example_is_found_with_trailing_slashes(
        paths in prop::collection::vec("(/([ab]|[*])){0,3}(/[*][*]|/)", 1..8),
    ) {
        let paths: Vec<&str> = paths.iter().map(String::as_str).filter(|path| *path != "//").collect();
        let Ok(policy) = compiled(path_options::rules(&paths, STRICT)) else { return Ok(()) };
        let examples = Examples::new([&policy], STRICT);
        let targets = all_targets(STRICT);
        for rule in policy.rules() {
            let is_governed = |(method, host, path): &(&str, &str, String)| {
                let target = target(method, host, path, STRICT);
                policy.governing(&target).is_some_and(|found| found.rule.name == rule.name)
            };
            let example = examples.of(&policy, rule);
            prop_assert_eq!(example.is_some(), targets.iter().any(is_governed), "{}", rule.name);
            if let Some(Example { method, host, path }) = example {
                let target = target(&method, &host, &path, STRICT);
                prop_assert_eq!(&policy.governing(&target).unwrap().rule.name, &rule.name);
            }
        }
        assert_without_rule(&examples, &policy, &targets, STRICT);
    }
}

/// That there is an example of what no rule governs, where anything is not, and that none governs it.
fn assert_without_rule(
    examples: &Examples,
    policy: &Policy,
    targets: &[(&str, &str, String)],
    options: PathOptions,
) {
    let is_without = |method: &str, host: &str, path: &str| {
        policy.governing(&target(method, host, path, options)).is_none()
    };
    match examples.without_rule(policy) {
        Some(Example { method, host, path }) => assert!(is_without(&method, &host, &path)),
        None => assert!(!targets.iter().any(|(method, host, path)| is_without(method, host, path))),
    }
}

/// The rows that match, by rule and pattern: what a class of targets has in common.
fn rows(policies: [&Policy; 2], target: &Target<'_>) -> Vec<String> {
    let of = |policy: &Policy| policy.matching(target).iter().map(ToString::to_string).collect();
    policies.into_iter().flat_map(|policy| -> Vec<String> { of(policy) }).collect()
}

#[test]
fn there_is_an_end_to_classes() {
    let many = (0..100).map(|number| rule(&number.to_string(), &[], &[], &[&format!("/{number}")]));
    let policy = compiled(many.collect()).unwrap();
    let examples = Examples::new([&policy], DEFAULT);
    assert_eq!(examples.of_classes(&[&policy], 100).map(|all| all.len()), Some(100));
    assert_eq!(examples.of_classes(&[&policy], 99), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever rows of two tables match a target, there is an example that the same rows match.
    #[test]
    fn each_class_of_targets_has_an_example(
        (one, _) in some_rules_in_two_orders(), (two, _) in some_rules_in_two_orders(),
    ) {
        let (Ok(one), Ok(two)) = (compiled(one), compiled(two)) else { return Ok(()) };
        let policies = [&one, &two];
        let examples = Examples::new(policies, DEFAULT).of_classes(&policies, 100_000).unwrap();
        let known: std::collections::BTreeSet<Vec<String>> = examples
            .iter()
            .map(|example| rows(policies, &example.target(DEFAULT).unwrap()))
            .collect();
        prop_assert!(!known.contains(&Vec::new()));
        for (method, host, path) in all_targets(DEFAULT) {
            let rows = rows(policies, &target(method, host, &path, DEFAULT));
            prop_assert!(rows.is_empty() || known.contains(&rows), "{method} {host} {path}: {rows:?}");
        }
    }

    #[test]
    fn each_class_has_an_example_with_trailing_slashes(
        one in prop::collection::vec("(/([ab]|[*])){0,3}(/[*][*]|/)?", 1..6),
        two in prop::collection::vec("(/([ab]|[*])){0,3}(/[*][*]|/)?", 1..6),
    ) {
        let compiled = |paths: &[String]| {
            let paths: Vec<&str> =
                paths.iter().map(String::as_str).filter(|path| !matches!(*path, "" | "//")).collect();
            super::compiled(path_options::rules(&paths, STRICT))
        };
        let (Ok(one), Ok(two)) = (compiled(&one), compiled(&two)) else { return Ok(()) };
        let policies = [&one, &two];
        let examples = Examples::new(policies, STRICT).of_classes(&policies, 100_000).unwrap();
        let known: std::collections::BTreeSet<Vec<String>> = examples
            .iter()
            .map(|example| rows(policies, &example.target(STRICT).unwrap()))
            .collect();
        for (method, host, path) in all_targets(STRICT) {
            let rows = rows(policies, &target(method, host, &path, STRICT));
            prop_assert!(rows.is_empty() || known.contains(&rows), "{method} {host} {path}: {rows:?}");
        }
    }
}

proptest! {
    /// Nothing that matches is left out, and all of it is in the order of specificity.
    #[test]
    fn what_matches_is_what_a_naive_scan_finds(
        paths in prop::collection::vec("(/([aAb]|[*])){1,3}(/[*][*])?", 1..8),
        path in "(/[aAbB]){1,3}",
        options in any_options(),
    ) {
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let mut left = path_options::rules(&paths, options);
        let Ok(policy) = compiled(left.clone()) else { return Ok(()) };
        let target = target("GET", "h", &path, options);
        let found: Vec<&str> =
            policy.matching(&target).iter().map(|one| one.rule.name.as_str()).collect();
        let mut expected = Vec::new();
        while let Some(index) = naive::governing(&left, &target) {
            expected.push(left.remove(index).name);
        }
        prop_assert_eq!(found, expected);
    }
}
