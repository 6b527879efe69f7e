//! `allow`, `grpc` and `roles`.

use super::*;

#[test]
fn requirements() {
    check(REQUIREMENTS, |allow| format!(r#"{{"rules": [{{"path": "/a", "allow": {allow}}}]}}"#));
    for allow in [
        r#"{"roles": ["a b", "CN=x,OU=y"], "all_roles": ["c"]}"#,
        r#"{"permissions": ["a:b"], "all_permissions": ["a:b:c"], "scopes": ["read", "a/b:c"]}"#,
        r#"{"claims": {"sub": "{id}", "a.b": ["x", 1, -1, 1.5, true], "t": {"header": "x-tenant"}}}"#,
        r#"{"claims": {"[\"https://x.y/t\", \"a.b\"]": "x"}}"#,
        r#"{"any": [{"roles": ["a"]}, {"not": {"all": [{"roles": ["b"]}]}}]}"#,
    ] {
        let rule = format!(r#"{{"rules": [{{"path": "/a", "allow": {allow}}}]}}"#);
        assert_eq!(problems(&rule), [""; 0], "{allow}");
    }
}

const REQUIREMENTS: &[(&str, &str)] = &[
    (
        r#"{"permissions": ["orders"]}"#,
        "rules[0].allow.permissions[0]: \"orders\" is not a permission; expected `resource:action`",
    ),
    (
        r#"{"all_permissions": ["a:b", "orders:*"]}"#,
        "rules[0].allow.all_permissions[1]: \"orders:*\" is not a permission; \
         expected `resource:action`; `*` is for `roles` only",
    ),
    (
        r#"{"scopes": ["a b"]}"#,
        "rules[0].allow.scopes[0]: \"a b\" is not a scope; \
         expected 1 to 256 printable ASCII characters without blanks, `\"` and `\\`",
    ),
    (
        r#"{"scopes": []}"#,
        "rules[0].allow.scopes: the list is empty; leave the key out or name something",
    ),
    (r#"{"claims": {}}"#, "rules[0].allow.claims: is empty; leave the key out or name something"),
    (
        r#"{"claims": {"sub": null}}"#,
        "rules[0].allow.claims.sub: expected a string, a number, true or false, or `{ header: x-name }`, found null",
    ),
    (
        r#"{"claims": {"n": 9007199254740992}}"#,
        "rules[0].allow.claims.n: the number is too large to be told from its neighbours, which doubles cannot; \
         compare a claim that is a string",
    ),
    (
        r#"{"claims": {"n": [-1, -9007199254740992]}}"#,
        "rules[0].allow.claims.n[1]: the number is too large to be told from its neighbours, which doubles cannot; \
         compare a claim that is a string",
    ),
    (
        r#"{"claims": {"n": 1e300}}"#,
        "rules[0].allow.claims.n: the number is too large to be told from its neighbours, which doubles cannot; \
         compare a claim that is a string",
    ),
    (r#"{"claims": {"sub": []}}"#, "rules[0].allow.claims.sub: the list is empty; name a value"),
    (
        r#"{"claims": {"sub": ["a", ["b"]]}}"#,
        "rules[0].allow.claims.sub[1]: expected a string, a number, true or false, or `{ header: x-name }`, found a list",
    ),
    (
        r#"{"claims": {"sub": "user-{id}"}}"#,
        "rules[0].allow.claims.sub: \"user-{id}\" has braces, which are for a path variable alone, as in \"{id}\"",
    ),
    (
        r#"{"claims": {"sub": "{}"}}"#,
        "rules[0].allow.claims.sub: \"{}\" has braces, which are for a path variable alone, as in \"{id}\"",
    ),
    (
        r#"{"claims": {"t": {"header": "X-Tenant"}}}"#,
        "rules[0].allow.claims.t.header: \"X-Tenant\" is not a header to compare with; \
         expected lower-case letters such as `x-tenant`",
    ),
    (
        r#"{"claims": {"t": {"header": "authorization"}}}"#,
        "rules[0].allow.claims.t.header: \"authorization\" is not a header to compare with; \
         expected lower-case letters such as `x-tenant`",
    ),
    (
        r#"{"claims": {"t": {"header": "x", "heder": "x"}}}"#,
        "rules[0].allow.claims.t: unknown key \"heder\"; did you mean `header`? expected one of `header`",
    ),
    (r#"{"any": [{}]}"#, "rules[0].allow.any[0]: asks for nothing; name something"),
    (r#"{"not": []}"#, "rules[0].allow.not: expected an object, found a list"),
];

#[test]
fn a_challenge_can_name_all_scopes_that_are_asked_for() {
    let found = |scopes: &[String]| {
        let rule = json!({"path": "/a", "allow": {"any": [{"scopes": scopes}]}});
        problems(&json!({"rules": [rule]}).to_string())
    };
    let mut scopes = vec!["s".repeat(256); 3];
    scopes.push("s".repeat(253));
    assert_eq!(found(&vec!["s".to_owned(); 32]), [""; 0]);
    assert_eq!(found(&scopes), [""; 0]);
    assert_eq!(
        found(&vec!["s".to_owned(); 33]),
        ["rules[0].allow.any[0].scopes: expected at most 32 scopes, found 33"]
    );
    scopes[3].push('s');
    assert_eq!(
        found(&scopes),
        [
            "rules[0].allow.any[0].scopes: expected scopes of at most 1024 bytes together, found 1025"
        ]
    );
}

#[test]
fn grpc_methods() {
    check(GRPC, |grpc| format!(r#"{{"rules": [{{"grpc": {grpc}, "allow": "public"}}]}}"#));
    for grpc in [r#""a.b.C/D""#, r#""C/*""#, r#"["_a.B1/C_d", "a.B/*"]"#] {
        let rule = format!(r#"{{"rules": [{{"grpc": {grpc}, "allow": "public"}}]}}"#);
        assert_eq!(problems(&rule), [""; 0], "{grpc}");
    }
}

const GRPC: &[(&str, &str)] = &[
    (
        r#""/a.B/C""#,
        "rules[0].grpc: \"/a.B/C\" is not a gRPC method; expected `package.Service/Method` or `package.Service/*`",
    ),
    (
        r#"["a.B/C", "a.B"]"#,
        "rules[0].grpc[1]: \"a.B\" is not a gRPC method; expected `package.Service/Method` or `package.Service/*`",
    ),
    (
        r#""a.B/C/D""#,
        "rules[0].grpc: \"a.B/C/D\" is not a gRPC method; expected `package.Service/Method` or `package.Service/*`",
    ),
    (
        r#""a.*/C""#,
        "rules[0].grpc: \"a.*/C\" is not a gRPC method; expected `package.Service/Method` or `package.Service/*`",
    ),
    (
        r#""a..B/C""#,
        "rules[0].grpc: \"a..B/C\" is not a gRPC method; expected `package.Service/Method` or `package.Service/*`",
    ),
    (
        r#""a.B/**""#,
        "rules[0].grpc: \"a.B/**\" is not a gRPC method; expected `package.Service/Method` or `package.Service/*`",
    ),
    ("[]", "rules[0].grpc: the list is empty; leave the key out or name something"),
    ("5", "rules[0].grpc: expected a string, found the number 5"),
];

#[test]
fn role_definitions() {
    let rules = r#""rules": [{"path": "/a", "allow": "public"}]"#;
    check(ROLES, |roles| format!(r#"{{"roles": {roles}, {rules}}}"#));
}

const ROLES: &[(&str, &str)] = &[
    ("{}", "roles: is empty; leave the key out or name something"),
    ("[]", "roles: expected an object, found a list"),
    (
        r#"{"a": {"inherit": []}}"#,
        "roles.a: unknown key \"inherit\"; did you mean `inherits`? expected one of `inherits`, `permissions`",
    ),
    (
        r#"{"a": {"permissions": ["*:read"]}}"#,
        "roles.a.permissions[0]: \"*:read\" is not a permission; \
         expected `resource:action`, `resource:*` or `*`",
    ),
    (
        r#"{"a": {"permissions": []}}"#,
        "roles.a.permissions: the list is empty; leave the key out or name something",
    ),
];
