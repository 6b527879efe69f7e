//! What a decision was made of, in words.

use super::*;
use crate::explanation::{Asked, Explanation, Met};

/// As drawn for reading: a line for each part, indented by its depth.
fn drawn(asked: &Asked, indent: &str, lines: &mut Vec<String>) {
    let met = match asked.met {
        Met::Yes => "+",
        Met::No => "-",
        Met::Unknown => "?",
    };
    let has = asked.has.as_ref().map(|has| format!(": {has}")).unwrap_or_default();
    lines.push(format!("{indent}{met} {}{has}", asked.what));
    asked.parts.iter().for_each(|one| drawn(one, &format!("{indent}  "), lines));
}

fn lines(explanation: &Explanation<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    explanation.asked.iter().for_each(|asked| drawn(asked, "", &mut lines));
    lines
}

fn explained<T>(
    gate: &Gate,
    headers: &[(&str, &str)],
    then: impl FnOnce(Explanation<'_>) -> T,
) -> T {
    let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
    then(gate.explain(&request, &Stub(Ok(Vec::new())), UnixTime::from_seconds(1_000)))
}

fn orders() -> Gate {
    gate(json!({
        "roles": {
            "viewer": {"permissions": ["orders:read"]},
            "editor": {"inherits": ["viewer"], "permissions": ["orders:write"]},
        },
        "rules": [
            {"name": "order", "path": "/orders/{id}", "methods": ["PUT"], "allow": {
                "permissions": ["orders:write"],
                "any": [
                    {"claims": {"sub": "{id}"}},
                    {"claims": {"tenant": {"header": "x-tenant"}, "level": [3, true]}},
                    {"scopes": ["orders", "all"]},
                ],
                "not": {"all_roles": ["viewer", "editor"]},
            }},
            {"name": "orders", "hosts": ["*.example.com"], "path": "/orders/**", "allow": {"roles": ["viewer"]}},
            {"name": "all", "path": "/**", "methods": ["PUT"], "allow": "nobody"},
        ],
    }))
}

#[test]
fn what_was_asked_and_what_was_there() {
    let claims = json!({"iss": "idp", "exp": 2_000, "sub": "vera", "roles": "viewer", "tenant": "acme",
        "scope": "orders"});
    let token = bearer(&claims);
    let mut headers = request("PUT", "/orders/7", &token);
    headers[1].1 = "localhost";
    headers.push(("x-tenant", "other"));
    explained(&orders(), &headers, |explanation| {
        assert_eq!(
            lines(&explanation),
            [
                "- all of",
                r#"  - the permission "orders:write" (of the roles "editor"): roles "viewer""#,
                "  - one of",
                r#"    - claim `sub` is `{id}` (here "7"): `sub` is "vera""#,
                "    - all of",
                "      - claim `level` is 3 or true: no claim `level`",
                r#"      - claim `tenant` is the header `x-tenant` (here "other"): `tenant` is "acme""#,
                r#"    - each of the scopes "orders", "all": scopes "orders""#,
                "  + not",
                r#"    - each of the roles "viewer", "editor": roles "viewer""#,
            ]
        );
        let rules: Vec<&str> = explanation.matching.iter().map(|one| &*one.rule.name).collect();
        assert_eq!(rules, ["order", "all"]);
        assert_eq!(explanation.reply.unwrap().status, 403);
        assert!(explanation.audit.starts_with(r#"{"decision":"deny","status":403"#));
    });
}

#[test]
fn nobody_has_nothing() {
    let mut headers = request("PUT", "/orders/7", "");
    headers[1].1 = "localhost";
    explained(&orders(), &headers, |explanation| {
        assert_eq!(lines(&explanation)[3], r#"    - claim `sub` is `{id}` (here "7"): no token"#);
        let tenant =
            "      - claim `tenant` is the header `x-tenant` (which is not there): no token";
        assert_eq!(lines(&explanation)[6], tenant);
    });
}

#[test]
fn where_no_rule_matches_the_nearest_are_told() {
    let mut headers = request("GET", "/orders/7", "");
    headers[1].1 = "localhost";
    explained(&orders(), &headers, |explanation| {
        assert!(explanation.matching.is_empty() && explanation.asked.is_none());
        let near: Vec<String> = explanation.near.iter().map(ToString::to_string).collect();
        assert_eq!(near, ["PUT /orders/{id}", "* *.example.com /orders/**", "PUT /**"]);
    });
    explained(&orders(), &request("GET", "/a//b", ""), |explanation| {
        assert!(explanation.near.is_empty());
        assert_eq!(explanation.reply.unwrap().status, 400);
    });
}

#[test]
fn rules_that_ask_for_no_more_than_somebody_have_no_parts() {
    let gate = gate(json!({}));
    for path in ["/healthz", "/me", "/internal/x"] {
        explained(&gate, &request("GET", path, ""), |explanation| {
            assert!(explanation.asked.is_none() && explanation.matching.len() == 1, "{path}");
        });
    }
}

#[test]
fn roles_and_examples_are_those_of_the_policy() {
    let gate = orders();
    assert_eq!(gate.roles(), ["editor", "viewer"]);
    let examples: Vec<_> = gate.examples().map(|one| one.map(|one| one.path)).collect();
    assert_eq!(examples, [Some("/orders/1".into()), Some("/orders".into()), Some("/".into())]);
    let names = |path: &str| gate.rules().iter().find(|rule| rule.name == path).unwrap();
    let outlook = |rule: &str, roles: Option<&[&str]>| gate.outlook(names(rule), roles);
    assert_eq!(outlook("order", Some(&["editor"])), authz::Outlook::No);
    assert_eq!(outlook("orders", Some(&["editor"])), authz::Outlook::Yes);
    assert_eq!(outlook("orders", Some(&[])), authz::Outlook::No);
    assert_eq!(outlook("orders", None), authz::Outlook::No);
}
