//! What rules ask, checked against what there is.

use super::*;

fn main() -> Value {
    json!({"name": "main", "signature": {"decode_only": true}})
}

/// The problems of a configuration with these roles and one rule for `/users/{id}` that asks this.
fn asked(roles: &Value, allow: &Value) -> Vec<String> {
    let rule = json!({"name": "a", "path": "/users/{id}", "allow": allow});
    let mut members = json!({"issuers": [main()], "rules": [rule]});
    if !roles.is_null() {
        members["roles"] = roles.clone();
    }
    problems(&members.to_string())
}

#[test]
fn roles_and_permissions_are_those_that_are_defined() {
    let roles = json!({
        "viewer": {"permissions": ["orders:read"]},
        "admin": {"inherits": ["viewer"], "permissions": ["texts:*"]},
    });
    for (allow, expected) in [
        (
            json!({"roles": ["viewer", "admin"], "permissions": ["orders:read", "texts:any"]}),
            vec![],
        ),
        (
            json!({"any": [{"roles": ["admin"]}, {"all_roles": ["admin", "viewr"]}]}),
            vec![
                r#"rules[0].allow.any[1].all_roles[1]: unknown role "viewr"; did you mean `viewer`?"#,
            ],
        ),
        (
            json!({"roles": ["somebody else"]}),
            vec![
                r#"rules[0].allow.roles[0]: unknown role "somebody else"; `roles` has none like it"#,
            ],
        ),
        (
            json!({"not": {"permissions": ["orders:raed"]}}),
            vec![
                r#"rules[0].allow.not.permissions[0]: unknown permission "orders:raed"; did you mean `orders:read`?"#,
            ],
        ),
    ] {
        assert_eq!(asked(&roles, &allow), expected, "{allow}");
    }
    // Without definitions, any name is a role, and nothing is permitted.
    assert_eq!(asked(&Value::Null, &json!({"roles": ["anything"]})), [""; 0]);
    assert_eq!(
        asked(&Value::Null, &json!({"all_permissions": ["a:b"]})),
        ["rules[0].allow.all_permissions[0]: permissions are those of `roles`, and there are none"]
    );
}

#[test]
fn where_all_is_misspelt_only_some_names_have_a_suggestion() {
    let role = |number: usize| (format!("role{number:04}"), json!({}));
    let roles: serde_json::Map<_, _> = (0..1_000).map(role).collect();
    let asked_for: Vec<String> = (0..1_000).map(|number| format!("rule{number:04}")).collect();
    let problems = asked(&roles.into(), &json!({"roles": asked_for}));
    assert_eq!(problems.len(), 1_000);
    let helped = problems.iter().filter(|problem| problem.contains("did you mean")).count();
    assert!((100..300).contains(&helped), "{helped}");
    assert_eq!(problems[999], r#"rules[0].allow.roles[999]: unknown role "rule0999""#);
}

#[test]
fn definitions_are_checked_against_each_other() {
    let allow = json!({"roles": ["nobody checks this"]});
    for (roles, expected) in [
        (
            json!({"a": {"inherits": ["b"]}, "b": {"inherits": ["c"]}, "c": {"inherits": ["a"]}}),
            vec!["roles.a.inherits: roles inherit each other: a -> b -> c -> a"],
        ),
        (
            json!({"a": {"inherits": ["a"]}}),
            vec!["roles.a.inherits: roles inherit each other: a -> a"],
        ),
        (
            json!({"editor": {"inherits": ["viewr", "x"]}, "viewer": {}}),
            vec![
                r#"roles.editor.inherits[0]: unknown role "viewr"; did you mean `viewer`?"#,
                r#"roles.editor.inherits[1]: unknown role "x"; `roles` has none like it"#,
            ],
        ),
        (
            json!({"editor": {"permission": []}}),
            vec![
                "roles.editor: unknown key \"permission\"; did you mean `permissions`? expected one of `inherits`, `permissions`",
            ],
        ),
    ] {
        assert_eq!(asked(&roles, &allow), expected, "{roles}");
    }
}

#[test]
fn every_path_has_the_variables_that_are_compared() {
    for (rule, expected) in [
        (json!({"paths": ["/a/{id}", "/b/{id}/c", "/c/{id=**}"]}), vec![]),
        (
            json!({"paths": ["/a/{id}", "/b/{ident}"]}),
            vec!["rules[0].allow.any[0].claims.sub: path \"/b/{ident}\" has no variable `{id}`"],
        ),
        (
            json!({"path": "/a/{uid}/{di}"}),
            vec![
                "rules[0].allow.any[0].claims.sub: path \"/a/{uid}/{di}\" has no variable `{id}`; did you mean `{uid}`?",
            ],
        ),
        (
            json!({"path": "/a/*"}),
            vec!["rules[0].allow.any[0].claims.sub: path \"/a/*\" has no variable `{id}`"],
        ),
        (
            json!({"grpc": "a.B/C"}),
            vec!["rules[0].allow.any[0].claims.sub: path \"a.B/C\" has no variable `{id}`"],
        ),
    ] {
        let mut rule = rule;
        rule["allow"] =
            json!({"any": [{"claims": {"sub": ["x", "{id}"]}}, {"claims": {"own": "{id}"}}]});
        let config = json!({"issuers": [main()], "rules": [rule]});
        assert_eq!(problems(&config.to_string()), expected, "{rule}");
    }
}

#[test]
fn depth_headers_and_steps_have_limits() {
    let nested =
        |depth| (1..depth).fold(json!({"roles": ["a"]}), |inner, _| json!({ "not": inner }));
    assert_eq!(asked(&Value::Null, &nested(16)), [""; 0]);
    let place = format!("rules[0].allow{}", ".not".repeat(16));
    assert_eq!(asked(&Value::Null, &nested(17)), [format!("{place}: is nested more than 16 deep")]);

    let headers = |count: usize| {
        let test = |number| (format!("c{number:02}"), json!({"header": format!("x-{number}")}));
        json!({"claims": (0..count).map(test).collect::<serde_json::Map<_, _>>()})
    };
    assert_eq!(asked(&Value::Null, &headers(16)), [""; 0]);
    assert_eq!(
        asked(&Value::Null, &headers(17)),
        ["rules[0].allow.claims.c16: \"x-16\" is one header more than the 16 that rules may name"]
    );

    let doubling = |levels: u32| {
        let path = |number: u32| -> String {
            let segment = |level| if number >> level & 1 == 1 { "/a" } else { "/*" };
            (0..levels).map(segment).collect::<String>() + "/b"
        };
        let rule = |number| json!({"path": path(number), "allow": "public"});
        json!({"rules": (0..1 << levels).map(rule).collect::<Vec<_>>()}).to_string()
    };
    assert_eq!(problems(&doubling(10)), [""; 0]);
    assert_eq!(
        problems(&doubling(11)),
        [
            "rules: finding the rule for one request could take 6143 steps, more than 4096: too many paths \
          have a literal where others have a variable, level upon level"
        ]
    );
}

#[test]
fn grpc_stands_for_a_path_and_post() {
    for (rule, expected) in [
        (json!({"grpc": "a.B/C", "hosts": ["x.y"]}), vec![]),
        (json!({"grpc": "a.B/C", "path": "/a"}), vec!["rules[0]: has both `path` and `grpc`"]),
        (
            json!({"grpc": "a.B/C", "methods": ["POST"]}),
            vec!["rules[0].methods: does not go with `grpc`: its method is POST"],
        ),
    ] {
        let mut rule = rule;
        rule["allow"] = json!("public");
        assert_eq!(problems(&json!({"rules": [rule]}).to_string()), expected, "{rule}");
    }
    let tie = json!({"rules": [
        {"name": "a", "grpc": "a.B/C", "allow": "public"},
        {"name": "b", "path": "/a.B/C", "methods": ["POST"], "allow": "nobody"},
    ]});
    assert_eq!(
        problems(&tie.to_string()),
        [
            "rules[1]: \"b\" ties with rules[0] \"a\": both govern the same requests, equally specific"
        ]
    );
}

#[test]
fn a_negation_of_what_clients_write_is_warned_about() {
    for (allow, count) in [
        (json!({"claims": {"sub": "{id}"}}), 0),
        (json!({"not": {"roles": ["banned"]}}), 0),
        (json!({"not": {"claims": {"banned": true}}}), 0),
        (json!({"not": {"claims": {"sub": "{id}"}}}), 1),
        (
            json!({"any": [{"roles": ["a"]}, {"not": {"all": [{"claims": {"t": {"header": "x-t"}}}]}}]}),
            1,
        ),
    ] {
        let rule = json!({"name": "r", "path": "/users/{id}", "allow": allow});
        let config = with(json!({"rules": [rule]}));
        let gate = gate(config.as_bytes()).unwrap();
        let about = gate.warnings().iter().filter(|warning| warning.place == "rules[0].allow");
        assert_eq!(about.count(), count, "{rule}");
    }
}
