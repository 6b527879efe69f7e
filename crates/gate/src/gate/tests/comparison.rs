//! What a comparison of two policies tells.

use super::*;
use crate::comparison::{Comparison, Who};

fn said(who: &Who) -> String {
    match who {
        Who::WithoutToken => "no token".to_owned(),
        Who::With { roles, said } => {
            let roles = roles.iter().map(|alike| alike.join("|"));
            let all: Vec<String> = roles.chain(said.iter().cloned()).collect();
            if all.is_empty() { "any token".to_owned() } else { all.join(" and ") }
        }
    }
}

/// A line for each change: the request, the rules, who may now, who may no longer.
fn lines(comparison: &Comparison<'_>) -> Vec<String> {
    let change = |change: &crate::comparison::Change<'_>| {
        let name = |rule: Option<&Rule>| rule.map_or("-", |rule| &rule.name).to_owned();
        let all = |who: &[Who]| who.iter().map(said).collect::<Vec<_>>().join(", ");
        format!(
            "{} {} {}->{} +[{}] -[{}]",
            change.example.method,
            change.example.path,
            name(change.old),
            name(change.new),
            all(&change.wider),
            all(&change.narrower),
        )
    };
    comparison.changes.iter().map(change).chain(comparison.unknown.clone()).collect()
}

fn rules(rules: &Value) -> Gate {
    gate(json!({ "rules": rules }))
}

fn compared(old: &Value, new: &Value) -> Vec<String> {
    lines(&rules(old).compare(&rules(new)))
}

fn rule(name: &str, path: &str, allow: impl Into<Value>) -> Value {
    json!({ "name": name, "path": path, "allow": allow.into() })
}

#[test]
fn the_same_policy_in_other_words_is_the_same() {
    let old = json!([
        rule("a", "/a/{id}", json!({"any": [{"roles": ["x"]}, {"claims": {"sub": "{id}"}}]})),
        rule("b", "/b", json!({"roles": ["x", "y"]})),
    ]);
    let new = json!([
        rule("b2", "/b", json!({"any": [{"roles": ["y"]}, {"all_roles": ["x"]}]})),
        rule("a2", "/a/{user}", json!({"any": [{"claims": {"sub": "{user}"}}, {"roles": ["x"]}]})),
    ]);
    assert_eq!(compared(&old, &old), <[String; 0]>::default());
    assert_eq!(compared(&old, &new), <[String; 0]>::default());
}

#[test]
fn who_may_now_and_who_may_no_longer() {
    let any_of = |names: &[&str]| json!({ "roles": names });
    for (old, new, expected) in [
        (any_of(&["x"]), any_of(&["x", "y"]), "+[y] -[]"),
        (any_of(&["x", "y"]), any_of(&["x"]), "+[] -[y]"),
        (any_of(&["x"]), any_of(&["y"]), "+[y] -[x]"),
        (any_of(&["x"]), json!("authenticated"), "+[any token] -[]"),
        (any_of(&["x"]), json!("public"), "+[no token, any token] -[]"),
        (json!("public"), json!("nobody"), "+[] -[no token, any token]"),
        (
            json!({"all_roles": ["x", "y"]}),
            json!({"all_roles": ["x", "z"]}),
            "+[x and z] -[x and y]",
        ),
        (json!({"roles": ["x"], "not": {"roles": ["y"]}}), any_of(&["x"]), "+[x and y] -[]"),
        (any_of(&["x"]), json!({"roles": ["x"], "scopes": ["s"]}), "+[] -[x]"),
        // What cannot be compared for certain meets neither a claim nor that it is not so.
        (
            json!({"any": [{"claims": {"sub": "{id}"}}, {"not": {"claims": {"sub": "{id}"}}}]}),
            json!("authenticated"),
            "+[claim `sub` that cannot be compared with segment 1 of the path] -[]",
        ),
        (
            json!({"claims": {"dept": ["a"]}}),
            json!({"claims": {"dept": ["b", "a"]}}),
            "+[claim `dept` is \"b\"] -[]",
        ),
        (
            json!({"claims": {"sub": "{id}"}}),
            json!({"claims": {"sub": "{other}"}}),
            "+[claim `sub` is segment 2 of the path] -[claim `sub` is segment 1 of the path]",
        ),
    ] {
        let row = |allow: &Value| json!([rule("r", "/{id}/{other}", allow.clone())]);
        let found = compared(&row(&old), &row(&new));
        assert_eq!(found, [format!("OTHER /1/1 r->r {expected}")], "{old} {new}");
    }
}

/// `not` is met by neither, so `any` of a claim and its negation is more than nothing.
#[test]
fn a_claim_that_cannot_be_compared_counts() {
    let is = json!({"claims": {"dept": ["a"]}});
    let either = json!({"any": [is, {"not": is}]});
    let row = |allow: &Value| json!([rule("r", "/r", allow.clone())]);
    let unclear = "claim `dept` that cannot be compared with \"a\"";
    for (old, new, expected) in [
        (either.clone(), json!("authenticated"), format!("+[{unclear}] -[]")),
        (
            json!({"roles": ["x"], "all": [either]}),
            json!({"roles": ["x"]}),
            format!("+[x and {unclear}] -[]"),
        ),
        (
            json!({"not": is}),
            json!("authenticated"),
            format!("+[claim `dept` is \"a\", {unclear}] -[]"),
        ),
        (is.clone(), json!({"not": {"not": is}}), String::new()),
    ] {
        let found = compared(&row(&old), &row(&new));
        let expected = Some(expected).filter(|expected| !expected.is_empty());
        let expected: Vec<_> =
            expected.map(|one| format!("OTHER /r r->r {one}")).into_iter().collect();
        assert_eq!(found, expected, "{old} {new}");
    }
}

#[test]
fn what_inherits_and_is_permitted_counts() {
    let with = |inherits: &[&str]| {
        gate(json!({
            "roles": {
                "viewer": {"permissions": ["orders:read"]},
                "editor": {"permissions": ["orders:write"]},
                "chief": {"inherits": inherits},
            },
            "rules": [rule("read", "/r", json!({"permissions": ["orders:read"]}))],
        }))
    };
    let (old, new) = (with(&["editor"]), with(&["editor", "viewer"]));
    assert_eq!(lines(&old.compare(&new)), ["OTHER /r read->read +[chief] -[]"]);
    assert_eq!(lines(&new.compare(&old)), ["OTHER /r read->read +[] -[chief]"]);
}

#[test]
fn a_rule_that_takes_over_from_another_is_seen_where_they_meet() {
    let old = json!([rule("one", "/a/{x}", json!({"roles": ["x"]}))]);
    let new = json!([
        rule("one", "/a/{x}", json!({"roles": ["x"]})),
        rule("two", "/{y}/b", json!("public")),
        rule("three", "/a/c", json!("nobody")),
    ]);
    assert_eq!(
        compared(&old, &new),
        ["OTHER /1/b -->two +[no token, any token] -[]", "OTHER /a/c one->three +[] -[x]"]
    );
}

#[test]
fn shadow_lets_everybody_through() {
    let row =
        |mode: &str| json!([{"name": "r", "path": "/r", "allow": {"roles": ["x"]}, "mode": mode}]);
    let open = ["OTHER /r r->r +[no token, any token] -[]"];
    assert_eq!(compared(&row("enforce"), &row("shadow")), open);
    let whole =
        gate(json!({"mode": "shadow", "rules": [rule("r", "/r", json!({"roles": ["x"]}))]}));
    assert_eq!(lines(&rules(&row("enforce")).compare(&whole)), open);
}

#[test]
fn what_no_example_is_of_is_said() {
    let host = format!("*.{}.x", vec!["a".repeat(62); 4].join(".").get(2..).unwrap());
    let row = |allow: &str| json!([{"name": "r", "hosts": [host], "path": "/r", "allow": allow}]);
    let said = compared(&row("nobody"), &row("public"));
    assert_eq!(said.len(), 1);
    assert!(said[0].ends_with(": this is no request"), "{said:?}");
}

#[test]
fn what_is_too_much_to_look_at_is_said() {
    let many = |count: usize| {
        let any: Vec<Value> =
            (0..count).map(|one| json!({"claims": {"c": format!("{one}")}})).collect();
        json!([rule("r", "/r", json!({ "any": any }))])
    };
    let told = ["OTHER /r: the rules ask for too much to look at each combination of it"];
    assert_eq!(compared(&many(12), &many(13)), told);
    assert_eq!(compared(&many(11), &many(12)), ["OTHER /r r->r +[claim `c` is \"11\"] -[]"]);
}
