use serde_json::{Value, json};

use super::*;

fn gate(config: Value) -> Gate {
    let mut config = config;
    config["issuers"] = json!([{"name": "m", "signature": {"jwt_authn": {"metadata": "p"}}}]);
    Gate::from_configuration(config.to_string().as_bytes()).unwrap()
}

#[test]
fn what_rules_ask_for() {
    let roles = json!({
        "reader": {"permissions": ["orders:read"]},
        "clerk": {"inherits": ["reader"], "permissions": ["orders:*", "stock:read"]},
        "boss": {"permissions": ["*"]},
        "asked": {},
        "idle": {"permissions": ["stock:write"]},
    });
    let allow = json!({"any": [{"not": {"roles": ["asked"]}}, {"all": [{"permissions": ["orders:read"]}]}]});
    let gate = gate(json!({"roles": roles, "rules": [{"path": "/a", "allow": allow}]}));
    let usage = gate.usage();
    for (role, used) in [
        ("reader", true),
        ("clerk", true),
        ("boss", true),
        ("asked", true),
        ("idle", false),
        ("none", false),
    ] {
        assert_eq!(usage.role(role), used, "{role}");
    }
    for (pattern, used) in [
        ("orders:read", true),
        ("orders:*", true),
        ("*", true),
        ("stock:read", false),
        ("stock:*", false),
        ("orders:re", false),
        // A role, no permission.
        ("asked", false),
    ] {
        assert_eq!(usage.permission(pattern), used, "{pattern}");
    }
}

#[test]
fn public_rules_in_protected_trees() {
    let rules = json!([
        {"name": "root", "path": "/**", "allow": "authenticated"},
        {"name": "health", "path": "/healthz", "allow": "public"},
        {"name": "admin", "path": "/admin/**", "allow": {"roles": ["admin"]}},
        {"name": "help", "paths": ["/help", "/admin/help/**"], "allow": "public"},
        // What is open already is not opened again.
        {"name": "inner", "path": "/admin/help/faq", "allow": "public"},
        {"name": "order", "path": "/orders/{id}", "allow": "authenticated"},
        {"name": "new-order", "path": "/orders/new", "allow": "public"},
        {"name": "read", "methods": ["GET"], "path": "/files/{p=**}", "allow": "public"},
        {"name": "files", "path": "/files/**", "allow": "nobody"},
    ]);
    let gate = gate(json!({"rules": rules}));
    let holes: Vec<_> = gate
        .holes()
        .iter()
        .map(|hole| (hole.rule, hole.open.to_string(), hole.protected.to_string()))
        .collect();
    let hole = |rule, open: &str, protected: &str| (rule, open.to_owned(), protected.to_owned());
    assert_eq!(
        holes,
        [hole(3, "* /admin/help/**", "* /admin/**"), hole(7, "GET /files/{p=**}", "* /files/**"),]
    );
}

#[test]
fn public_rules_that_semicolons_lead_to() {
    let rules = json!([
        {"name": "site", "path": "/**", "allow": "public"},
        {"name": "pages", "path": "/pages/{name}", "allow": "public"},
        {"name": "page", "path": "/pages/secret", "allow": "authenticated"},
        {"name": "users", "path": "/admin/users", "allow": "authenticated"},
    ]);
    let found = |semicolon: &str, rules: &Value| {
        let gate = gate(json!({"paths": {"semicolon": semicolon}, "rules": rules}));
        let told = |found: &Disguise<'_>| {
            format!("{} {} {} {}", found.rule, found.open.name, found.protected.name, found.path)
        };
        gate.disguises().iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(
        found("allow", &rules),
        ["0 site page /pages;x/secret", "1 pages page /pages/secret;x"]
    );
    assert_eq!(found("strip", &rules), [""; 0]);
    assert_eq!(found("reject", &rules), [""; 0]);
    // Nothing public is there.
    let closed = json!({"path": "/**", "allow": "nobody"});
    assert_eq!(found("allow", &json!([closed, rules[2]])), [""; 0]);
}
