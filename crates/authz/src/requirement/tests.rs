use std::rc::Rc;

use authn::{
    Authenticator, CacheLimits, ClaimPath, Credentials, Host, HostFailure, Issuer, Principal,
    Revoked, Signature, TokenRules, TokenSources, UnixTime, Vocabulary,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::claim_test::Expected;
use crate::permission::{Permission, PermissionPattern};
use crate::policy::{Policy, Words};
use crate::roles::{RoleDefinition, Roles};
use crate::rule::{Access, Rule};
use crate::{HostPattern, MethodPattern, PathOptions, PathPattern};

mod parts;

struct Nothing;

impl Host for Nothing {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        Ok(Vec::new())
    }
}

/// The principal of these claims, as the one way to get one makes it.
fn principal(claims: &Value, vocabulary: Vocabulary) -> Rc<Principal> {
    let issuer = Issuer {
        name: "main".to_owned(),
        issuer: None,
        audiences: Vec::new(),
        signature: Signature::DecodeOnly,
        algorithms: Vec::new(),
        types: Vec::new(),
        roles: authn::Roles {
            sources: vec![authn::RoleSource::claim(ClaimPath::parse("roles").unwrap())],
            ..authn::Roles::default()
        },
    };
    let rules = TokenRules {
        sources: TokenSources::default(),
        leeway_seconds: 0,
        max_bytes: 10_000,
        required_claims: Vec::new(),
        cache: CacheLimits { max_entries: 0, max_bytes: 0 },
        revoked: Revoked::default(),
    };
    let authenticator = Authenticator::new(vec![issuer], rules, vocabulary);
    let encode = |part: &str| URL_SAFE_NO_PAD.encode(part);
    let header = encode(r#"{"alg":"ES256"}"#);
    let token = format!("Bearer {header}.{}.c2ln", encode(&claims.to_string()));
    let mut credentials = Credentials::new(authenticator.sources());
    credentials.note_header(b"authorization", token.as_bytes());
    authenticator.authenticate(&credentials, &Nothing, UnixTime::from_seconds(0)).unwrap()
}

fn words() -> Words {
    let role = |name: &str, inherits: &[&str], permissions: &[&str]| RoleDefinition {
        name: name.to_owned(),
        inherits: inherits.iter().map(|name| (*name).to_owned()).collect(),
        permissions: permissions.iter().map(|one| PermissionPattern::parse(one).unwrap()).collect(),
    };
    let roles = Roles::defined(vec![
        role("viewer", &[], &["orders:read"]),
        role("editor", &["viewer"], &["orders:write"]),
        role("banned", &[], &[]),
        role("anonymous", &[], &["catalog:read"]),
    ]);
    Words { roles: roles.unwrap(), headers: vec!["x-tenant".to_owned()], ..Words::default() }
}

fn roles(words: &mut Words, names: &[&str]) -> Vec<Grant> {
    names.iter().map(|name| words.roles.role(name).unwrap()).collect()
}

fn permissions(words: &mut Words, names: &[&str]) -> Vec<Grant> {
    let mut grant = |name: &&str| words.roles.permission(&Permission::parse(name).unwrap());
    names.iter().map(|name| grant(name).unwrap()).collect()
}

fn scopes(words: &mut Words, names: &[&str]) -> Requirement {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Requirement::Scopes(Scopes::new(names, &mut words.scopes))
}

fn claim(path: &str, expected: Vec<Expected>) -> Requirement {
    let name = path.to_owned();
    Requirement::Claim(ClaimTest { name, path: ClaimPath::parse(path).unwrap(), expected })
}

fn rule(requirement: Requirement) -> Rule {
    Rule {
        name: "r".to_owned(),
        hosts: vec![HostPattern::Any],
        methods: vec![MethodPattern::Any],
        paths: vec![PathPattern::parse("/users/{id}/{file=**}", PathOptions::default()).unwrap()],
        variables: vec!["file".to_owned(), "id".to_owned()],
        access: Access::Require(requirement),
        message: None,
        hidden: false,
        enforced: true,
    }
}

/// What is said of a request for `/users/{id}/{file=**}` by somebody with these claims, if anybody.
fn said(
    requirement: Requirement,
    words: Words,
    claims: Option<&Value>,
    path: &str,
    tenant: Option<&str>,
) -> String {
    let (policy, vocabulary) = Policy::new(vec![rule(requirement)], words).unwrap();
    let principal = claims.map(|claims| principal(claims, vocabulary));
    let target = Target::parse(b"GET", b"h", path.as_bytes(), PathOptions::default()).unwrap();
    let headers = [tenant.map(str::as_bytes)];
    let facts = Facts { principal: principal.as_deref(), target: &target, headers: &headers };
    let result = policy.governing(&target).unwrap().permits(facts);
    result.map_or_else(|unmet| unmet.to_string(), |()| "yes".to_owned())
}

#[test]
fn roles_permissions_and_scopes() {
    let mut words = words();
    let w = &mut words;
    let rows = [
        (Requirement::Roles(roles(w, &["viewer", "banned"])), json!({"roles": ["editor"]}), "yes"),
        (
            Requirement::Roles(roles(w, &["editor", "banned"])),
            json!({"roles": ["viewer", "Editor", "nobody"]}),
            r#"has none of the roles ["editor", "banned"]"#,
        ),
        (Requirement::AllRoles(roles(w, &["viewer", "editor"])), json!({"roles": "editor"}), "yes"),
        (
            Requirement::AllRoles(roles(w, &["viewer", "banned"])),
            json!({"roles": "editor"}),
            r#"lacks the role "banned""#,
        ),
        (
            Requirement::Permissions(permissions(w, &["orders:read", "orders:write"])),
            json!({"roles": "viewer"}),
            "yes",
        ),
        (
            Requirement::Permissions(permissions(w, &["orders:write"])),
            json!({"roles": "viewer"}),
            r#"has none of the permissions ["orders:write"]"#,
        ),
        (
            Requirement::AllPermissions(permissions(w, &["orders:read", "orders:write"])),
            json!({"roles": ["editor"]}),
            "yes",
        ),
        (
            Requirement::AllPermissions(permissions(w, &["orders:read", "orders:write"])),
            json!({"roles": ["viewer"]}),
            r#"lacks the permission "orders:write""#,
        ),
        (scopes(w, &["a", "b"]), json!({"scope": "b c a"}), "yes"),
        (scopes(w, &["a", "b"]), json!({"scope": "a", "scp": ["b"]}), "yes"),
        (scopes(w, &["a", "b"]), json!({"scope": "a"}), r#"lacks one of the scopes ["a", "b"]"#),
        // Everybody has the anonymous role, with a token or without.
        (Requirement::Roles(roles(w, &["anonymous"])), json!({}), "yes"),
        (Requirement::Permissions(permissions(w, &["catalog:read"])), json!({}), "yes"),
    ];
    for (requirement, claims, expected) in rows {
        let found = said(requirement.clone(), words.clone(), Some(&claims), "/users/1", None);
        assert_eq!(found, expected, "{requirement:?} {claims}");
    }
}

#[test]
fn claims() {
    let text = |text: &str| Expected::Text(text.to_owned());
    let number = |number: Value| Expected::Number(number.as_number().unwrap().clone());
    let (file, id, header) = (Expected::Variable(0), Expected::Variable(1), Expected::Header(0));
    for (expected, passing, failing) in [
        (
            vec![text("a"), text("b")],
            json!(["a", "b", ["x", "b"]]),
            json!(["A", " a", "", 1, true, null, [["a"]], {"a": "a"}, []]),
        ),
        (vec![number(json!(5))], json!([5, 5.0, [1, 5]]), json!(["5", 6, true, 5.5, null])),
        (vec![number(json!(1.5))], json!([1.5]), json!([1, "1.5", 2])),
        (vec![number(json!(-1))], json!([-1]), json!([1, 18_446_744_073_709_551_615_u64])),
        (
            vec![number(json!(9_007_199_254_740_993_u64))],
            json!([9_007_199_254_740_993_u64]),
            json!([9_007_199_254_740_992_u64]),
        ),
        (vec![Expected::Bool(true)], json!([true, [false, true]]), json!([false, "true", 1, null])),
        (
            vec![id.clone()],
            json!(["42", 42, ["x", "42"], [42]]),
            json!(["042", "42 ", 42.5, 43, true, null, "a/b"]),
        ),
        (vec![file], json!(["a/b c", ["a/b c"]]), json!(["a", "b c", "/a/b c", "a/b%20c"])),
        (vec![header.clone()], json!(["acme", ["acme"]]), json!(["Acme", "", null])),
        (vec![id, header], json!(["42", "acme"]), json!(["x"])),
    ] {
        let requirement = claim("own.value", expected);
        let said = |value: &Value| {
            let claims = json!({"own": {"value": value}, "value": "a"});
            said(requirement.clone(), words(), Some(&claims), "/users/42/a/b%20c", Some("acme"))
        };
        for value in passing.as_array().unwrap() {
            assert_eq!(said(value), "yes", "{requirement:?} {value}");
        }
        for value in failing.as_array().unwrap() {
            assert!(said(value).starts_with("claim `own.value` "), "{requirement:?} {value}");
        }
    }
}

#[test]
fn a_variable_is_the_text_that_the_path_means() {
    for (path, claim_value, met) in [
        ("/users/caf%C3%A9", json!("café"), true),
        ("/users/%61", json!("a"), true),
        ("/users/a%2Bb", json!("a+b"), true),
        ("/users/0", json!(0), true),
        ("/users/-0", json!(0), false),
        ("/users/1e1", json!(10), false),
        ("/users/10", json!(10.0), true),
        ("/users/18446744073709551615", json!(18_446_744_073_709_551_615_u64), true),
    ] {
        let requirement = claim("sub2", vec![Expected::Variable(1)]);
        let claims = json!({ "sub2": claim_value });
        let found = said(requirement, words(), Some(&claims), path, None);
        assert_eq!(found == "yes", met, "{path} {claims}: {found}");
    }
}

#[test]
fn a_header_that_is_not_there_once_is_nobodys() {
    for tenant in [None, Some("")] {
        let requirement = claim("tenant", vec![Expected::Header(0)]);
        let claims = json!({"tenant": "acme"});
        let found = said(requirement, words(), Some(&claims), "/users/1", tenant);
        assert_ne!(found, "yes", "{tenant:?}");
    }
}

#[test]
fn requirements_are_joined() {
    let mut words = words();
    let viewer = Requirement::Roles(roles(&mut words, &["viewer"]));
    let banned = Requirement::Roles(roles(&mut words, &["banned"]));
    let own = claim("id", vec![Expected::Variable(1)]);
    let any = Requirement::Any(vec![viewer.clone(), own.clone()]);
    let all = Requirement::All(vec![viewer.clone(), own.clone()]);
    let not = Requirement::All(vec![viewer, Requirement::Not(Box::new(banned))]);
    let no_viewer = r#"has none of the roles ["viewer"]"#;
    let not_own = "claim `id` is missing, or another than the rule asks for";
    let neither = format!("none of: {no_viewer}; {not_own}");
    for (requirement, claims, expected) in [
        (&any, json!({"roles": "viewer"}), "yes"),
        (&any, json!({"id": 1}), "yes"),
        (&any, json!({}), neither.as_str()),
        (&all, json!({"roles": "viewer", "id": 1}), "yes"),
        (&all, json!({"roles": "viewer"}), not_own),
        (&all, json!({"id": 1}), no_viewer),
        (&not, json!({"roles": ["viewer"]}), "yes"),
        (&not, json!({"roles": ["viewer", "banned"]}), "meets what `not` names"),
    ] {
        let found = said(requirement.clone(), words.clone(), Some(&claims), "/users/1", None);
        assert_eq!(found, expected, "{claims}");
    }
}

#[test]
fn without_a_principal_only_the_anonymous_role_counts() {
    let mut words = words();
    let w = &mut words;
    let rows = [
        (Requirement::Roles(roles(w, &["anonymous", "viewer"])), true),
        (Requirement::Permissions(permissions(w, &["catalog:read"])), true),
        (Requirement::Roles(roles(w, &["viewer"])), false),
        (Requirement::Permissions(permissions(w, &["orders:read"])), false),
        (Requirement::Not(Box::new(Requirement::Roles(roles(w, &["banned"])))), false),
        (Requirement::Not(Box::new(claim("banned", vec![Expected::Bool(true)]))), false),
        (claim("sub", vec![Expected::Variable(1)]), false),
        (scopes(w, &["a"]), false),
        (Requirement::All(Vec::new()), true),
    ];
    for (requirement, met) in rows {
        let found = said(requirement.clone(), words.clone(), None, "/users/1", None);
        let expected = if met { "yes" } else { "the rule needs a principal" };
        assert_eq!(found, expected, "{requirement:?}");
    }
}

/// What a negated claim is compared with, what the request brings, and whether that is let through.
#[test]
fn a_negation_is_met_only_where_it_is_known_to_be() {
    let (file, id, tenant) = (Expected::Variable(0), Expected::Variable(1), Expected::Header(0));
    let banned = || Expected::Bool(true);
    for (expected, claim_value, path, header, met) in [
        (id.clone(), json!("42"), "/users/43", None, true),
        (id.clone(), json!("42"), "/users/42", None, false),
        (id.clone(), json!("42"), "/users/042", None, false),
        (id.clone(), json!("42"), "/users/+42", None, false),
        (id.clone(), json!("42"), "/users/42%20", None, false),
        (id.clone(), json!(42), "/users/%EF%BC%94%EF%BC%92", None, false),
        (id.clone(), json!("alice"), "/users/ALICE", None, false),
        (id.clone(), json!("alice"), "/users/bob", None, true),
        (id.clone(), json!(["alice", "bob"]), "/users/BOB", None, false),
        (id.clone(), json!({"no": "text"}), "/users/bob", None, false),
        (id, json!(null), "/users/bob", None, true),
        (file.clone(), json!("a/b"), "/users/1/a/b", None, false),
        (file, json!("a/b"), "/users/1/a/c", None, true),
        (tenant.clone(), json!("acme"), "/users/1", Some("globex"), true),
        (tenant.clone(), json!("acme"), "/users/1", Some("Acme"), false),
        // Not there, or several times.
        (tenant, json!("acme"), "/users/1", None, false),
        (banned(), json!(false), "/users/1", None, true),
        (banned(), json!("true"), "/users/1", None, false),
        (banned(), json!(1), "/users/1", None, false),
    ] {
        for twice in [false, true] {
            let mut requirement = Requirement::Not(Box::new(claim("own", vec![expected.clone()])));
            if twice {
                // The negation of what is not known is not known either.
                let inner = Requirement::Any(vec![Requirement::Not(Box::new(requirement))]);
                requirement = Requirement::All(vec![Requirement::Not(Box::new(inner))]);
            }
            let claims = json!({ "own": claim_value });
            let found = said(requirement, words(), Some(&claims), path, header);
            assert_eq!(found == "yes", met, "{expected:?} {claims} {path} {header:?}: {found}");
        }
    }
    let missing = Requirement::Not(Box::new(claim("own", vec![banned()])));
    assert_eq!(said(missing, words(), Some(&json!({})), "/users/1", None), "yes");
}
