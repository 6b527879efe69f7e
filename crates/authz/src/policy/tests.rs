use proptest::prelude::*;

use super::*;
use crate::naive;
use crate::path::PathOptions;
use crate::rule::Access;

mod examples;
mod path_options;

fn rule(name: &str, hosts: &[&str], methods: &[&str], paths: &[&str]) -> Rule {
    let hosts: Vec<_> = hosts.iter().map(|text| HostPattern::parse(text).unwrap()).collect();
    let methods: Vec<_> = methods.iter().map(|text| MethodPattern::parse(text).unwrap()).collect();
    Rule {
        name: name.to_owned(),
        hosts: if hosts.is_empty() { vec![HostPattern::Any] } else { hosts },
        methods: if methods.is_empty() { vec![MethodPattern::Any] } else { methods },
        paths: paths
            .iter()
            .map(|text| PathPattern::parse(text, PathOptions::default()).unwrap())
            .collect(),
        variables: Vec::new(),
        access: Access::Public,
        message: None,
        hidden: false,
        enforced: true,
    }
}

fn compiled(rules: Vec<Rule>) -> Result<Policy, Vec<Tie>> {
    Policy::new(rules, Words::default()).map(|(policy, _)| policy)
}

fn target<'a>(method: &'a str, host: &'a str, path: &'a str, options: PathOptions) -> Target<'a> {
    Target::parse(method.as_bytes(), host.as_bytes(), path.as_bytes(), options).unwrap()
}

fn governing<'p>(policy: &'p Policy, method: &str, host: &str, path: &str) -> &'p str {
    let target = target(method, host, path, PathOptions::default());
    policy.governing(&target).map_or("none", |governing| governing.rule.name.as_str())
}

#[test]
fn the_most_specific_rule_governs() {
    let policy = compiled(vec![
        rule("all", &[], &[], &["/**"]),
        rule("get-all", &[], &["GET"], &["/**"]),
        rule("users", &[], &[], &["/users/{id}", "/people/{id}"]),
        rule("delete-user", &[], &["DELETE"], &["/users/{id}"]),
        rule("me", &[], &[], &["/users/me"]),
        rule("host", &["api.example.com"], &[], &["/**"]),
        rule("below", &["*.example.com"], &[], &["/users/**"]),
        rule("options", &["*.example.com"], &["OPTIONS"], &["/**"]),
    ])
    .unwrap();
    for (method, host, path, expected) in [
        ("POST", "h", "/", "all"),
        ("GET", "h", "/", "get-all"),
        ("GET", "h", "/users/1", "users"),
        ("GET", "h", "/people/1", "users"),
        ("DELETE", "h", "/users/1", "delete-user"),
        // Path before method: the literal row governs although another names the method.
        ("DELETE", "h", "/users/me", "me"),
        ("HEAD", "h", "/", "all"),
        ("GET", "h", "/users/1/x", "get-all"),
        // Host before path.
        ("GET", "api.example.com", "/users/me", "host"),
        ("GET", "API.EXAMPLE.COM:443", "/", "host"),
        ("GET", "x.example.com", "/users/me", "below"),
        ("GET", "x.example.com", "/", "get-all"),
        ("OPTIONS", "x.example.com", "/", "options"),
        ("OPTIONS", "x.example.com", "/users", "below"),
    ] {
        assert_eq!(governing(&policy, method, host, path), expected, "{method} {host} {path}");
    }
    let empty = compiled(Vec::new()).unwrap();
    assert_eq!(governing(&empty, "GET", "h", "/"), "none");
}

#[test]
fn ties_name_both_rules() {
    let tie = |first, second| Tie { first, second };
    for (rules, expected) in [
        (vec![rule("a", &[], &[], &["/x/{a}"]), rule("b", &[], &[], &["/x/*"])], vec![tie(0, 1)]),
        (
            vec![rule("a", &[], &[], &["/x/**"]), rule("b", &[], &[], &["/x/{r=**}"])],
            vec![tie(0, 1)],
        ),
        (
            vec![rule("a", &[], &["GET", "PUT"], &["/x"]), rule("b", &[], &["PUT"], &["/x"])],
            vec![tie(0, 1)],
        ),
        (vec![rule("a", &[], &[], &["/x", "/x"])], vec![tie(0, 0)]),
        (
            vec![
                rule("a", &[], &[], &["/x"]),
                rule("b", &["H"], &[], &["/x"]),
                rule("c", &["h"], &[], &["/x"]),
            ],
            vec![tie(1, 2)],
        ),
        (
            vec![
                rule("a", &[], &[], &["/x"]),
                rule("b", &[], &[], &["/x"]),
                rule("c", &[], &[], &["/x"]),
            ],
            vec![tie(0, 1), tie(0, 2)],
        ),
    ] {
        assert_eq!(compiled(rules).unwrap_err(), expected);
    }
    for rules in [
        vec![rule("a", &[], &["GET"], &["/x"]), rule("b", &[], &[], &["/x"])],
        vec![rule("a", &[], &[], &["/x"]), rule("b", &[], &[], &["/x/**"])],
        vec![rule("a", &["*.a.b"], &[], &["/x"]), rule("b", &["*.b"], &[], &["/x"])],
    ] {
        assert!(compiled(rules).is_ok());
    }
}

#[test]
fn the_cost_of_a_look_up_is_known_and_bounded() {
    // Sixteen levels, each with a literal, a variable and a rest side by side.
    let level = |depth: usize| "/a".repeat(depth);
    let rules = |kinds: &[&str]| -> Vec<Rule> {
        let of_kind = |kind: &&str| (0..16).map(|depth| level(depth) + kind).collect::<Vec<_>>();
        kinds.iter().flat_map(of_kind).map(|path| rule(&path, &[], &["GET"], &[&path])).collect()
    };
    let literals = compiled(rules(&["/b"])).unwrap().steps();
    let all = compiled(rules(&["/b", "/{x}", "/**"])).unwrap().steps();
    assert_eq!((literals, all), (17, 33));

    // Rows beside each other cost nothing; of hosts, each pattern that may match one host has its own tree.
    let beside = (0..1_000).map(|number| format!("/users/{number}/{{x}}"));
    let beside = beside.map(|path| rule(&path, &["a.b.c"], &[], &[&path])).collect();
    assert_eq!(compiled(beside).unwrap().steps(), 4 + 1);
    let hosts =
        ["*.c", "*.b.c", "*.x.c", "a.b.c", "x.y"].map(|host| rule(host, &[host], &[], &["/a"]));
    assert_eq!(compiled(hosts.into()).unwrap().steps(), 3 * 2 + 1);

    // What doubles with each level, says so.
    let doubling = (0..1 << 8).map(|number: usize| {
        let segment = |bit: usize| if number >> bit & 1 == 1 { "/a" } else { "/*" };
        let path = (0..8).map(segment).collect::<String>() + "/b";
        rule(&path, &[], &[], &[&path])
    });
    assert_eq!(compiled(doubling.collect()).unwrap().steps(), (1 << 9) - 1 + (1 << 8));
}

prop_compose! {
    fn any_rule()(
        segments in proptest::collection::vec(prop::sample::select(vec!["a", "b", "{x}", "*"]), 0..5),
        rest in any::<bool>(),
        method in prop::sample::select(vec![&[][..], &["GET"], &["PUT"]]),
        host in prop::sample::select(vec![&[][..], &["h.x"], &["*.x"]]),
    ) -> Rule {
        let mut segments = segments;
        let mut seen = false;
        segments.retain(|segment| *segment != "{x}" || !std::mem::replace(&mut seen, true));
        if rest {
            segments.push("**");
        }
        let path = format!("/{}", segments.join("/"));
        rule(&format!("{method:?} {host:?} {path}"), host, method, &[&path])
    }
}

fn some_rules_in_two_orders() -> impl Strategy<Value = (Vec<Rule>, Vec<Rule>)> {
    proptest::collection::vec(any_rule(), 0..12)
        .prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle()))
}

proptest! {
    #[test]
    fn the_order_of_rules_never_matters(
        (rules, shuffled) in some_rules_in_two_orders(),
        path in "(/[ab]){1,4}|/",
    ) {
        let (policy, shuffled) = (compiled(rules), compiled(shuffled));
        prop_assert_eq!(policy.is_ok(), shuffled.is_ok());
        let (Ok(policy), Ok(shuffled)) = (policy, shuffled) else { return Ok(()) };
        for method in ["GET", "PUT", "POST"] {
            for host in ["h.x", "i.x", "y"] {
                prop_assert_eq!(
                    governing(&policy, method, host, &path),
                    governing(&shuffled, method, host, &path)
                );
            }
        }
    }
}

/// How often the tree is compared with the naive scan; `PROPTEST_CASES` says otherwise.
fn often() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { 20_000 };
    ProptestConfig { cases, ..default }
}

proptest! {
    #![proptest_config(often())]

    #[test]
    fn the_tree_finds_what_the_naive_scan_finds(
        (rules, _) in some_rules_in_two_orders(),
        path in "(/[abc]){1,5}|/",
        method in prop::sample::select(vec!["GET", "PUT", "POST"]),
        host in prop::sample::select(vec!["h.x", "i.x", "h.h.x", "x", "y"]),
    ) {
        let target = target(method, host, &path, PathOptions::default());
        let expected = naive::governing(&rules, &target).map(|index| rules[index].name.clone());
        if let Ok(policy) = compiled(rules) {
            let found = policy.governing(&target).map(|governing| governing.rule.name.clone());
            prop_assert_eq!(found, expected);
        }
    }
}
