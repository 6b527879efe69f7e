//! Tables and principals at random, of so few words that they often meet.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

pub(super) const ROLES: &[&str] = &["a", "b", "c", "d", "anonymous"];
pub(super) const PERMISSIONS: &[&str] = &["o:r", "o:w", "u:r", "o:x:r", "ox:r"];
pub(super) const SCOPES: &[&str] = &["read", "write"];
const GRANTED: &[&str] = &["o:r", "o:w", "u:r", "o:*", "o:x:*", "*"];

/// A whole configuration; with `not` in its requirements, or without.
pub(super) fn table(not: bool) -> impl Strategy<Value = Value> {
    proptest::option::weighted(0.8, roles()).prop_flat_map(move |roles| {
        let rules = vec(rule(roles.is_some(), not), 1..10);
        rules.prop_map(move |rules| {
            let mut config = json!({
                "issuers": [{"name": "main", "issuer": "idp", "signature": {"decode_only": true}}],
                "rules": without_ties(rules),
                "audit": {"decisions": "all"},
            });
            if let Some(roles) = &roles {
                config["roles"] = roles.clone();
            }
            config
        })
    })
}

/// The same table, and once more with its rules in another order.
pub(super) fn table_in_two_orders() -> impl Strategy<Value = (Value, Value)> {
    table(true).prop_flat_map(|config| {
        let rules = Just(config["rules"].as_array().unwrap().clone()).prop_shuffle();
        rules.prop_map(move |rules| {
            let mut shuffled = config.clone();
            shuffled["rules"] = rules.into();
            (config.clone(), shuffled)
        })
    })
}

/// Two tables: of nothing in common, or of one whose rules were edited, by two people.
pub(super) fn two_tables() -> impl Strategy<Value = (Value, Value)> {
    let edited = table(true).prop_flat_map(|config| {
        let rules = config["rules"].as_array().unwrap().clone();
        let edits: Vec<_> =
            rules.into_iter().map(|rule| (edited(rule.clone()), edited(rule))).collect();
        edits.prop_map(move |rules| {
            let (old, new): (Vec<_>, Vec<_>) = rules.into_iter().unzip();
            (with(&config, "rules", old.into()), with(&config, "rules", new.into()))
        })
    });
    prop_oneof![1 => (table(true), table(true)), 2 => edited]
}

/// A rule after an edit, if there was one: of its mode, or of who may.
fn edited(rule: Value) -> impl Strategy<Value = Value> {
    let allow = rule["allow"].clone();
    let more = move |edit: fn(&Value) -> Value| Just(edit(&allow)).boxed();
    let allow = prop_oneof![
        more(|allow| if allow.is_object() { json!({"not": allow}) } else { json!("nobody") }),
        more(|allow| if allow.is_object() {
            json!({"not": {"not": allow}})
        } else {
            json!("public")
        }),
        more(|allow| match allow {
            Value::Object(_) => json!({"any": [allow, {"not": allow}]}),
            _ => json!("authenticated"),
        }),
        Just(json!("authenticated")).boxed(),
    ];
    let whole = rule.clone();
    prop_oneof![
        1 => Just(rule.clone()),
        4 => allow.prop_map(move |allow| with(&rule, "allow", allow)),
        1 => Just(match whole["allow"].as_str() {
            Some("public") => whole,
            _ => with(&whole, "mode", json!("shadow")),
        }),
    ]
}

fn with(object: &Value, key: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[key] = value;
    object
}

/// Definitions without cycles: each role inherits such that come after it. `root` sees to it that there is no permission
/// that no role has, which a rule may not ask for.
fn roles() -> impl Strategy<Value = Value> {
    let definition = |at: usize| {
        let later = ROLES.get(at..).unwrap().iter().skip(1).copied().collect::<Vec<_>>();
        let inherits = subsequence(later.clone(), 0..=later.len().min(2));
        let permissions = subsequence(GRANTED, 0..=2);
        (inherits, permissions).prop_map(|(inherits, permissions)| {
            let mut role = Map::new();
            for (key, names) in [("inherits", inherits), ("permissions", permissions)] {
                if !names.is_empty() {
                    role.insert(key.to_owned(), json!(names));
                }
            }
            Value::Object(role)
        })
    };
    let all: Vec<_> = (0..ROLES.len()).map(definition).collect();
    all.prop_map(|definitions| {
        let mut roles = json!({"root": {"permissions": ["*"]}});
        for (name, definition) in ROLES.iter().zip(definitions) {
            roles[*name] = definition;
        }
        roles
    })
}

prop_compose! {
    fn rule(defined: bool, not: bool)(
        hosts in subsequence(vec!["h.x", "*.x", "*.h.x"], 0..=2),
        methods in subsequence(vec!["GET", "PUT"], 0..=2),
        paths in vec(path(), 1..3),
        allow in prop_oneof![
            1 => Just(json!("public")),
            1 => Just(json!("authenticated")),
            1 => Just(json!("nobody")),
            6 => requirement(defined, not),
        ],
    ) -> Value {
        let mut allow = allow;
        // A variable that claims are compared with has to be in every path.
        if !paths.iter().all(|path| path.contains("{x")) {
            allow = without_variables(&allow);
        }
        let mut rule = json!({"paths": paths, "allow": allow});
        for (key, list) in [("hosts", hosts), ("methods", methods)] {
            if !list.is_empty() {
                rule[key] = json!(list);
            }
        }
        rule
    }
}

prop_compose! {
    fn path()(
        mut segments in vec(select(vec!["a", "b", "7", "{x}", "*"]), 0..4),
        rest in select(vec!["", "", "**", "{x=**}"]),
    ) -> String {
        segments.push(rest);
        let mut named = false;
        segments.retain(|segment| {
            let again = segment.starts_with('{') && std::mem::replace(&mut named, true);
            !(segment.is_empty() || again)
        });
        format!("/{}", segments.join("/"))
    }
}

/// What a rule asks for: some members, nested or not.
fn requirement(defined: bool, not: bool) -> impl Strategy<Value = Value> {
    let some = |list: &'static [&'static str]| subsequence(list, 1..=2);
    let value = prop_oneof![
        2 => Just(json!("{x}")),
        2 => Just(json!({"header": "x-tenant"})),
        3 => select(vec![json!("a"), json!("7"), json!(7), json!(true), json!(1.5)]),
    ];
    let claim = (select(vec!["sub", "tenant", "n.v"]), vec(value, 1..3));
    let grants = if defined { PERMISSIONS } else { ROLES };
    let keys = if defined { ["permissions", "all_permissions"] } else { ["roles", "all_roles"] };
    let member = prop_oneof![
        some(ROLES).prop_map(|names| json!({"roles": names})),
        some(ROLES).prop_map(|names| json!({"all_roles": names})),
        (select(keys.to_vec()), some(grants)).prop_map(|(key, names)| json!({key: names})),
        some(SCOPES).prop_map(|names| json!({"scopes": names})),
        claim.prop_map(|(name, values)| json!({"claims": {name: values}})),
    ];
    member.prop_recursive(3, 12, 3, move |inner| {
        let list = vec(inner.clone(), 1..4);
        let negated =
            if not { inner.clone() } else { Just(json!({"any": [{"scopes": ["read"]}]})).boxed() };
        prop_oneof![
            3 => (select(vec!["any", "all"]), list).prop_map(|(key, list)| json!({key: list})),
            1 => negated.prop_map(move |one| if not { json!({"not": one}) } else { one }),
            // Members side by side.
            2 => (inner.clone(), inner).prop_map(|(mut one, other)| {
                one.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
                one
            }),
        ]
    })
}

/// A requirement with a literal where it compares with the path.
fn without_variables(allow: &Value) -> Value {
    serde_json::from_str(&allow.to_string().replace("{x}", "b")).unwrap()
}

/// Rules without those that would tie with an earlier one; named in their order.
fn without_ties(rules: Vec<Value>) -> Vec<Value> {
    let mut taken = BTreeSet::new();
    let mut kept: Vec<Value> = Vec::new();
    for mut rule in rules {
        let list = |key: &str| -> Vec<String> {
            let names = rule[key].as_array().into_iter().flatten().filter_map(Value::as_str);
            let names: Vec<_> =
                names.map(|it| it.replace("{x}", "*").replace("{x=**}", "**")).collect();
            if names.is_empty() { vec!["any".to_owned()] } else { names }
        };
        let (hosts, methods, paths) = (list("hosts"), list("methods"), list("paths"));
        let methods = methods.iter();
        let rows = methods.flat_map(|method| paths.iter().map(move |path| (method, path)));
        let rows = rows.flat_map(|row| hosts.iter().map(move |host| format!("{host} {row:?}")));
        let rows: Vec<String> = rows.collect();
        let distinct: BTreeSet<_> = rows.iter().cloned().collect();
        if distinct.len() == rows.len() && taken.is_disjoint(&distinct) {
            taken.extend(distinct);
            rule["name"] = json!(format!("r{}", kept.len()));
            kept.push(rule);
        }
    }
    if kept.is_empty() {
        kept.push(json!({"name": "r0", "path": "/a", "allow": "public"}));
    }
    kept
}

prop_compose! {
    /// Claims that establish somebody, or no token.
    pub(super) fn claims()(
        nobody in proptest::bool::weighted(0.2),
        roles in subsequence(vec!["a", "b", "c", "d", "anonymous", "ghost"], 0..3),
        single in any::<bool>(),
        scopes in subsequence(SCOPES, 0..=2),
        listed in any::<bool>(),
        subject in proptest::option::of(select(vec!["a", "b", "7", "a/b", "A"])),
        tenant in proptest::option::of(claim_value()),
        nested in proptest::option::of(claim_value()),
    ) -> Option<Value> {
        let mut claims = json!({"iss": "idp", "exp": 2_000});
        claims["roles"] = match roles[..] {
            [role] if single => json!(role),
            _ => json!(roles),
        };
        if listed { claims["scp"] = json!(scopes) } else { claims["scope"] = json!(scopes.join(" ")) }
        let others = [("sub", subject.map(|it| json!(it))), ("tenant", tenant)];
        for (name, value) in others.into_iter().chain([("n", nested.map(|value| json!({"v": value})))]) {
            if let Some(value) = value {
                claims[name] = value;
            }
        }
        (!nobody).then_some(claims)
    }
}

fn claim_value() -> impl Strategy<Value = Value> {
    let one = select(vec![
        json!("a"),
        json!("b"),
        json!("7"),
        json!("a/b"),
        json!("true"),
        json!(""),
        json!(7),
        json!(1.5),
        json!(7.0),
        json!(true),
        json!(null),
        json!({"a": "a"}),
        json!(["a"]),
    ]);
    prop_oneof![3 => one.clone(), 1 => vec(one, 0..4).prop_map(Value::from)]
}
