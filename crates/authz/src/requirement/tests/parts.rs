//! What may be said of a requirement from outside: of its parts, and of all who have some roles.

use proptest::prelude::*;

use super::*;
use crate::outlook::{Asker, Outlook, Said};
use crate::part::Part;

/// A requirement, before the policy's words are known.
#[derive(Debug, Clone)]
enum Asked {
    Roles(&'static str),
    AllRoles(&'static str),
    Permission(&'static str),
    Scope(&'static str),
    Claim(&'static str),
    Any(Vec<Asked>),
    All(Vec<Asked>),
    Not(Box<Asked>),
}

impl Asked {
    fn build(&self, w: &mut Words) -> Requirement {
        let each =
            |several: &[Self], w: &mut Words| several.iter().map(|one| one.build(w)).collect();
        match self {
            Self::Roles(names) => {
                Requirement::Roles(roles(w, &names.split(' ').collect::<Vec<_>>()))
            }
            Self::AllRoles(names) => {
                Requirement::AllRoles(roles(w, &names.split(' ').collect::<Vec<_>>()))
            }
            Self::Permission(name) => Requirement::Permissions(permissions(w, &[name])),
            Self::Scope(name) => scopes(w, &[name]),
            Self::Claim(value) => claim("dept", vec![Expected::Text((*value).to_owned())]),
            Self::Any(several) => Requirement::Any(each(several, w)),
            Self::All(several) => Requirement::All(each(several, w)),
            Self::Not(one) => Requirement::Not(Box::new(one.build(w))),
        }
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let leaf = prop_oneof![
        prop::sample::select(vec!["viewer", "editor banned", "anonymous"]).prop_map(Asked::Roles),
        prop::sample::select(vec!["viewer banned", "editor"]).prop_map(Asked::AllRoles),
        prop::sample::select(vec!["orders:write", "catalog:read"]).prop_map(Asked::Permission),
        prop::sample::select(vec!["read", "write"]).prop_map(Asked::Scope),
        prop::sample::select(vec!["x", "y"]).prop_map(Asked::Claim),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let several = || prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            several().prop_map(Asked::Any),
            several().prop_map(Asked::All),
            inner.clone().prop_map(|one| Asked::Not(Box::new(one))),
        ]
    })
}

/// Calls this with the facts of a request by somebody with these claims, and what governs it.
fn with_facts<T>(
    asked: &Asked,
    claims: Option<&Value>,
    then: impl FnOnce(&crate::policy::Governing<'_>, Facts<'_>, &Vocabulary) -> T,
) -> T {
    let mut words = words();
    let requirement = asked.build(&mut words);
    let (policy, vocabulary) = Policy::new(vec![rule(requirement)], words).unwrap();
    let principal = claims.map(|claims| principal(claims, vocabulary.clone()));
    let target = Target::parse(b"GET", b"h", b"/users/vera", PathOptions::default()).unwrap();
    let facts = Facts { principal: principal.as_deref(), target: &target, headers: &[None] };
    then(&policy.governing(&target).unwrap(), facts, &vocabulary)
}

/// What may be said to those with these roles, or without a token.
fn outlook(rule: &Rule, roles: Option<&[&str]>, vocabulary: &Vocabulary) -> Outlook {
    let mut numbers = vocabulary.roles.among(roles.into_iter().flatten().copied());
    numbers.extend(&vocabulary.everybody);
    let said = &|_: Said<'_>| Outlook::Depends;
    rule.outlook(Asker { roles: &numbers, principal: roles.is_some(), said })
}

/// One part a line, indented by its depth.
fn drawn(part: &Part<'_>, indent: &str, lines: &mut Vec<String>) {
    let said = part.outcome.as_ref().map_or_else(ToString::to_string, |()| "met".to_owned());
    lines.push(format!("{indent}{said}"));
    part.parts.iter().for_each(|one| drawn(one, &format!("{indent}  "), lines));
}

#[test]
fn every_part_is_told_of_also_what_a_decision_does_not_look_at() {
    let asked = Asked::All(vec![
        Asked::Roles("editor banned"),
        Asked::Any(vec![Asked::Scope("read"), Asked::Scope("write")]),
        Asked::Not(Box::new(Asked::Claim("x"))),
    ]);
    let claims = json!({"roles": "viewer", "scope": "read", "dept": "x"});
    let lines = with_facts(&asked, Some(&claims), |governing, facts, _| {
        let mut lines = Vec::new();
        drawn(&governing.parts(facts).unwrap(), "", &mut lines);
        lines
    });
    assert_eq!(
        lines,
        [
            r#"has none of the roles ["editor", "banned"]"#,
            r#"  has none of the roles ["editor", "banned"]"#,
            "  met",
            "    met",
            r#"    lacks one of the scopes ["write"]"#,
            "  meets what `not` names",
            "    met",
        ]
    );
}

proptest! {
    #[test]
    fn the_whole_and_its_parts_agree(
        asked in asked(),
        roles in prop::collection::vec(prop::sample::select(vec!["viewer", "editor", "banned"]), 0..3),
        scope in prop::sample::select(vec!["", "read", "read write"]),
        dept in prop::sample::select(vec![json!("x"), json!("y"), json!(5), Value::Null]),
        token in any::<bool>(),
    ) {
        let claims = json!({"roles": roles, "scope": scope, "dept": dept});
        with_facts(&asked, token.then_some(&claims), |governing, facts, vocabulary| {
            let part = governing.parts(facts).unwrap();
            let met = governing.permits(facts).is_ok();
            prop_assert_eq!(part.outcome.is_ok(), met);
            let is_met = |one: &Part<'_>| one.outcome.is_ok();
            match part.requirement {
                Requirement::All(_) => prop_assert_eq!(part.parts.iter().all(is_met), met),
                Requirement::Any(_) => prop_assert_eq!(part.parts.iter().any(is_met), met),
                // What is not known is met neither way.
                Requirement::Not(_) => prop_assert!(!(part.parts.iter().all(is_met) && met)),
                _ => prop_assert!(part.parts.is_empty()),
            }
            // Whatever else a token says, those with these roles may, or may not.
            match outlook(governing.rule, token.then_some(&roles), vocabulary) {
                Outlook::Yes => prop_assert!(met),
                Outlook::No => prop_assert!(!met),
                Outlook::Depends => prop_assert!(token),
            }
            Ok(())
        })?;
    }
}

#[test]
fn an_outlook_is_what_roles_tell() {
    let (no, yes, depends) = (Outlook::No, Outlook::Yes, Outlook::Depends);
    let not = |one| Asked::Not(Box::new(one));
    // Without a token, with no role, as a viewer, as an editor.
    for (asked, expected) in [
        (Asked::Roles("viewer"), [no, no, yes, yes]),
        (Asked::Roles("anonymous"), [yes, yes, yes, yes]),
        (Asked::AllRoles("viewer editor"), [no, no, no, yes]),
        (Asked::Permission("catalog:read"), [yes, yes, yes, yes]),
        (Asked::Claim("x"), [no, depends, depends, depends]),
        (not(Asked::Claim("x")), [no, depends, depends, depends]),
        (not(Asked::Roles("viewer")), [no, yes, no, no]),
        (
            Asked::Any(vec![Asked::Roles("editor"), Asked::Scope("read")]),
            [no, depends, depends, yes],
        ),
        (Asked::All(vec![Asked::Roles("editor"), Asked::Scope("read")]), [no, no, no, depends]),
    ] {
        let found = with_facts(&asked, None, |governing, _, vocabulary| {
            [None, Some(&[][..]), Some(&["viewer"]), Some(&["editor"])]
                .map(|roles| outlook(governing.rule, roles, vocabulary))
        });
        assert_eq!(found, expected, "{asked:?}");
    }
}
