//! Policies of all kinds, small enough that their rules meet.

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

const ROLES: [&str; 4] = ["reader", "writer", "admin", "anonymous"];
const PATHS: [&str; 8] =
    ["/**", "/a/**", "/a", "/a/{id}", "/a/{id}/b", "/{x}/**", "/{x}", "/a/b/c"];
const METHODS: [&str; 3] = ["GET", "PUT", "DELETE"];
const HOSTS: [&str; 3] = ["api.example.com", "*.example.com", "localhost"];

fn some(of: &'static [&'static str]) -> impl Strategy<Value = Value> {
    subsequence(of, 1..=of.len()).prop_map(|some| json!(some))
}

/// What a rule asks for.
fn allow() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        some(&ROLES).prop_map(|roles| json!({ "roles": roles })),
        some(&ROLES).prop_map(|roles| json!({ "all_roles": roles })),
        Just(json!({ "permissions": ["a:read"] })),
        Just(json!({ "all_permissions": ["a:read", "a:write"] })),
        Just(json!({ "scopes": ["read"] })),
        Just(json!({ "claims": { "tenant": "acme" } })),
        Just(json!({ "claims": { "tenant": { "header": "x-tenant" } } })),
    ];
    let nested = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(|all| json!({ "any": all })),
            vec(inner.clone(), 1..4).prop_map(|all| json!({ "all": all })),
            inner.prop_map(|one| json!({ "not": one })),
        ]
    });
    let word = select(&["public", "authenticated", "nobody"][..]).prop_map(Value::from);
    prop_oneof![1 => word, 4 => nested]
}

prop_compose! {
    fn rule()(
        path in select(&PATHS[..]), methods in prop::option::of(some(&METHODS)),
        hosts in prop::option::weighted(0.2, some(&HOSTS)), allow in allow(), shadow in prop::bool::weighted(0.1),
    ) -> Map<String, Value> {
        let mut rule = Map::new();
        rule.insert("path".to_owned(), path.into());
        rule.extend(methods.map(|methods| ("methods".to_owned(), methods)));
        rule.extend(hosts.map(|hosts| ("hosts".to_owned(), hosts)));
        if shadow && allow != "public" {
            rule.insert("mode".to_owned(), "shadow".into());
        }
        rule.insert("allow".to_owned(), allow);
        rule
    }
}

/// A role that inherits those before it in the list, as far as this says.
fn role(inherits: Vec<&str>, permissions: Vec<&str>) -> Value {
    let mut role = Map::new();
    for (key, list) in [("inherits", inherits), ("permissions", permissions)] {
        if !list.is_empty() {
            role.insert(key.to_owned(), json!(list));
        }
    }
    Value::Object(role)
}

prop_compose! {
    /// Its rules do not tie: of those with the same pattern, the first is taken.
    pub(super) fn table()(
        rules in vec(rule(), 1..8), inherited in subsequence(&ROLES[..2], 0..=2),
        granted in btree_set(select(&["a:read", "a:write", "a:*"][..]), 0..3), required in any::<bool>(),
        shadow in prop::bool::weighted(0.1), renamed in prop::bool::weighted(0.2),
    ) -> Value {
        let mut config = json!({
            "issuers": [{ "name": "main", "audiences": ["api"], "signature": { "decode_only": true } }],
            "roles": {
                "reader": role(vec![], granted.into_iter().collect()),
                "writer": role(vec!["reader"], vec!["a:write"]),
                "admin": role(inherited, vec!["*"]),
                "anonymous": role(vec![], vec![]),
            },
            "rules": [],
        });
        if required {
            config["token"] = json!({ "required_claims": ["exp", "sub", "iat", "plan"] });
            config["revoked"] = json!({ "issued_before": 1_700_000_000 });
        }
        if shadow {
            config["mode"] = json!("shadow");
        }
        if renamed {
            config["issuers"][0]["role_map"] = json!({ "Boss": "admin", "writer": "reader" });
        }
        for rule in rules {
            let mut more = config.clone();
            more["rules"].as_array_mut().unwrap().push(Value::Object(rule));
            if gate::Gate::from_configuration(more.to_string().as_bytes()).is_ok() {
                config = more;
            }
        }
        if config["rules"] == json!([]) {
            config["rules"] = json!([{ "path": "/", "allow": "public" }]);
        }
        config
    }
}
