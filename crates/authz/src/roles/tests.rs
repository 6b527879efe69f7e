use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn role(name: &str, inherits: &[&str], permissions: &[&str]) -> RoleDefinition {
    RoleDefinition {
        name: name.to_owned(),
        inherits: inherits.iter().map(|name| (*name).to_owned()).collect(),
        permissions: permissions
            .iter()
            .map(|text| PermissionPattern::parse(text).unwrap())
            .collect(),
    }
}

/// The roles of which one is enough.
fn by(roles: &Roles, grant: Option<Grant>) -> Vec<String> {
    let grant = grant.unwrap();
    let enough = |name: &&str| grant.by.contains(roles.names.number(name).unwrap());
    roles.names().unwrap().filter(enough).map(str::to_owned).collect()
}

#[test]
fn roles_and_permissions_are_inherited() {
    let mut roles = Roles::defined(vec![
        role("admin", &["editor"], &["*"]),
        role("editor", &["viewer", "author"], &["orders:write"]),
        role("author", &[], &["texts:*"]),
        role("viewer", &[], &["orders:read"]),
    ])
    .unwrap();
    for (name, expected) in [
        ("viewer", &["admin", "editor", "viewer"][..]),
        ("author", &["admin", "editor", "author"]),
        ("editor", &["admin", "editor"]),
        ("admin", &["admin"]),
    ] {
        let grant = roles.role(name);
        assert_eq!(by(&roles, grant), expected, "{name}");
    }
    for (name, expected) in [
        ("orders:read", &["admin", "editor", "viewer"][..]),
        ("orders:write", &["admin", "editor"]),
        ("texts:delete", &["admin", "editor", "author"]),
        ("orders:delete", &["admin"]),
    ] {
        for _ in 0..2 {
            let grant = roles.permission(&Permission::parse(name).unwrap());
            assert_eq!(by(&roles, grant), expected, "{name}");
        }
    }
    assert_eq!(roles.role("Viewer"), None);
    let named = ["orders:read", "texts:delete"]
        .map(|name| roles.names_permission(&Permission::parse(name).unwrap()));
    assert_eq!(named, [true, false]);
}

#[test]
fn a_permission_that_no_role_has_is_none() {
    let mut roles = Roles::defined(vec![role("viewer", &[], &["orders:read"])]).unwrap();
    let permission = Permission::parse("orders:write").unwrap();
    assert_eq!(roles.permission(&permission), None);
    assert_eq!(Roles::undefined().permission(&permission), None);
}

#[test]
fn without_definitions_any_name_is_a_role() {
    let mut roles = Roles::undefined();
    let [one, two] = ["a", "b"].map(|name| roles.role(name).unwrap());
    assert!(!one.by.intersects(&two.by));
    assert_eq!(roles.role("a"), Some(one));
    assert_eq!(roles.into_names().1, Numbers::default());
}

#[test]
fn what_is_wrong_is_named() {
    let unknown = |role, inherited| InvalidRoles::UnknownRole { role, inherited };
    let cycle =
        |names: &[&str]| InvalidRoles::Cycle(names.iter().map(|name| (*name).to_owned()).collect());
    for (definitions, expected) in [
        (
            vec![role("a", &["b", "c"], &[]), role("b", &["d"], &[])],
            vec![unknown(0, 1), unknown(1, 0)],
        ),
        (vec![role("a", &["a"], &[])], vec![cycle(&["a"])]),
        (
            vec![
                role("start", &["a"], &[]),
                role("a", &["fine", "b"], &[]),
                role("b", &["c"], &[]),
                role("c", &["a"], &[]),
                role("fine", &[], &[]),
            ],
            vec![cycle(&["a", "b", "c"])],
        ),
    ] {
        assert_eq!(Roles::defined(definitions).unwrap_err(), expected);
    }
}

#[test]
fn chains_may_be_long() {
    let name = |number: usize| format!("r{number}");
    let roles = |last: &[&str]| {
        let link = |number| role(&name(number), &[&name(number + 1)], &[]);
        let mut chain: Vec<_> = (0..2_000).map(link).collect();
        chain.push(role(&name(2_000), last, &["a:b"]));
        Roles::defined(chain)
    };
    let mut chain = roles(&[]).unwrap();
    let grant = chain.permission(&Permission::parse("a:b").unwrap()).unwrap();
    assert!((0..=2_000).all(|number| grant.by.contains(number)));
    match roles(&["r0"]).unwrap_err().as_slice() {
        [InvalidRoles::Cycle(names)] => assert_eq!(names.len(), 2_001),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_anonymous_role_is_everybodys() {
    let roles = Roles::defined(vec![role("a", &[], &[]), role(ANONYMOUS, &[], &[])]).unwrap();
    let (names, everybody) = roles.into_names();
    assert!(everybody.contains(names.number(ANONYMOUS).unwrap()));
    assert!(!everybody.contains(names.number("a").unwrap()));
}

proptest! {
    /// The order of a depth-first search against the definition: whoever reaches a role by `inherits` has it.
    #[test]
    fn who_has_a_role_reaches_it(edges in proptest::collection::vec((0_usize..12, 0_usize..12), 0..30)) {
        let name = |number: usize| format!("r{number}");
        // Downwards only, so that there is no cycle.
        let inherits = |role: usize| -> Vec<String> {
            let own = edges.iter().filter(|(from, to)| *from == role && to > from);
            own.map(|(_, to)| name(*to)).collect()
        };
        let definitions = (0..12).map(|number| RoleDefinition {
            name: name(number),
            inherits: inherits(number),
            permissions: Vec::new(),
        });
        let mut roles = Roles::defined(definitions.collect()).unwrap();
        for target in 0..12 {
            let grant = roles.role(&name(target)).unwrap();
            for start in 0..12 {
                let mut reached = BTreeSet::from([name(start)]);
                for role in start..12 {
                    if reached.contains(&name(role)) {
                        reached.extend(inherits(role));
                    }
                }
                prop_assert_eq!(grant.by.contains(start), reached.contains(&name(target)));
            }
        }
    }
}
