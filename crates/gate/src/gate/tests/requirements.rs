//! What rules ask of who is asking.

use super::*;

fn policy() -> Gate {
    gate(json!({
        "roles": {
            "viewer": {"permissions": ["orders:read"]},
            "editor": {"inherits": ["viewer"], "permissions": ["orders:write"]},
            "admin": {"inherits": ["editor"], "permissions": ["*"]},
            "suspended": {},
            "anonymous": {"permissions": ["catalog:read"]},
        },
        "rules": [
            {"name": "own", "path": "/users/{id}/**",
             "allow": {"any": [{"roles": ["admin"]}, {"claims": {"sub": "{id}"}}]}},
            {"name": "number", "path": "/accounts/{account}", "allow": {"claims": {"account": "{account}"}}},
            {"name": "tenant", "path": "/tenant", "allow": {"claims": {"tenant": {"header": "x-tenant"}}}},
            {"name": "read", "methods": ["GET"], "path": "/orders/**", "allow": {"permissions": ["orders:read"]}},
            {"name": "write", "methods": ["PUT"], "path": "/orders/**",
             "allow": {"permissions": ["orders:write"], "not": {"roles": ["suspended"]}}},
            {"name": "scoped", "path": "/scoped", "allow": {"scopes": ["a", "b"]}},
            {"name": "catalog", "path": "/catalog", "allow": {"permissions": ["catalog:read"]}},
            {"name": "rpc", "grpc": "shop.Orders/*", "allow": {"roles": ["viewer"]}},
        ],
    }))
}

/// The status of the answer, 200 where the request goes on; and the code of a denial.
fn status(
    gate: &Gate,
    method: &str,
    path: &str,
    claims: &Value,
    more: &[(&str, &str)],
) -> (u16, String) {
    let mut claims = claims.clone();
    let mut token = String::new();
    if claims.is_object() {
        claims["iss"] = json!("idp");
        claims["exp"] = json!(9_999);
        token = bearer(&claims);
    }
    let mut headers = request(method, path, &token);
    headers.extend(more);
    let (reply, audit) = ask(gate, &headers);
    let code = audit.map_or_else(String::new, |line| line["code"].as_str().unwrap().to_owned());
    (reply.map_or(200, |reply| reply.status), code)
}

#[test]
fn who_may_what() {
    const UNMET: (u16, &str) = (403, "insufficient_permission");
    const OK: (u16, &str) = (200, "");
    let gate = policy();
    let nobody = Value::Null;
    for (method, path, claims, expected) in [
        ("GET", "/users/42", json!({"sub": "42"}), OK),
        ("PUT", "/users/42/photo?x=/users/43", json!({"sub": "42"}), OK),
        ("GET", "/users/%34%32", json!({"sub": "42"}), OK),
        ("GET", "/users/43", json!({"sub": "42"}), UNMET),
        ("GET", "/users/43", json!({"sub": "42", "roles": ["admin"]}), OK),
        ("GET", "/users/43", json!({"roles": ["editor"]}), UNMET),
        ("GET", "/users/42", nobody.clone(), (401, "missing_token")),
        ("GET", "/accounts/7", json!({"account": 7}), OK),
        ("GET", "/accounts/7", json!({"account": [6, 7]}), OK),
        // JSON has one kind of number.
        ("GET", "/accounts/7", json!({"account": 7.0}), OK),
        ("GET", "/accounts/07", json!({"account": 7}), UNMET),
        ("GET", "/accounts/7", json!({"account": 7.5}), UNMET),
        ("GET", "/orders/1", json!({"roles": "viewer"}), OK),
        ("GET", "/orders/1", json!({"roles": "admin"}), OK),
        ("GET", "/orders/1", json!({"roles": "Viewer"}), UNMET),
        ("PUT", "/orders/1", json!({"roles": ["viewer"]}), UNMET),
        ("PUT", "/orders/1", json!({"roles": ["editor"]}), OK),
        ("PUT", "/orders/1", json!({"roles": ["editor", "suspended"]}), UNMET),
        ("GET", "/scoped", json!({"scope": "b a"}), OK),
        ("GET", "/scoped", json!({"scope": "a"}), UNMET),
        ("GET", "/catalog", nobody.clone(), OK),
        ("GET", "/catalog", json!({}), OK),
        ("POST", "/shop.Orders/List", json!({"roles": ["viewer"]}), OK),
        ("POST", "/shop.Orders/List", nobody, (401, "missing_token")),
        ("GET", "/shop.Orders/List", json!({"roles": ["viewer"]}), (403, "no_rule")),
        ("POST", "/shop.Orders/List/x", json!({"roles": ["viewer"]}), (403, "no_rule")),
    ] {
        let found = status(&gate, method, path, &claims, &[]);
        assert_eq!((found.0, found.1.as_str()), expected, "{method} {path} {claims}");
    }
}

#[test]
fn a_bad_token_is_never_anonymous() {
    let gate = policy();
    let (reply, _) = ask(&gate, &request("GET", "/catalog", "Bearer x"));
    assert_eq!(reply.unwrap().status, 401);
}

#[test]
fn a_tenant_is_the_one_header_there_is() {
    let gate = policy();
    let claims = json!({"tenant": "acme"});
    for (headers, expected) in [
        (&[("x-tenant", "acme")][..], 200),
        (&[], 403),
        (&[("x-tenant", "")], 403),
        (&[("x-tenant", "Acme")], 403),
        (&[("x-tenant", "acme"), ("x-tenant", "acme")], 403),
        (&[("x-tenant", "evil"), ("x-tenant", "acme")], 403),
        (&[("x-tenant", "acme,acme")], 403),
        // What CGI, WSGI and PHP take for it.
        (&[("x-tenant", "acme"), ("x_tenant", "evil")], 403),
        (&[("x.tenant", "evil"), ("x-tenant", "acme")], 403),
        (&[("x-tenant", "acme"), ("X-Tenant", "acme")], 403),
        (&[("x_tenant", "acme")], 403),
        (&[("x-tenant", "acme"), ("x-tenants", "evil"), ("xtenant", "evil")], 200),
    ] {
        assert_eq!(status(&gate, "GET", "/tenant", &claims, headers).0, expected, "{headers:?}");
    }
    let empty = json!({"tenant": ""});
    assert_eq!(status(&gate, "GET", "/tenant", &empty, &[("x-tenant", "")]).0, 403);
}

#[test]
fn the_challenge_names_the_scopes_that_are_asked_for() {
    let gate = gate(json!({"rules": [
        {"path": "/both", "allow": {"scopes": ["a", "b"]}},
        {"path": "/either", "allow": {"any": [{"roles": ["admin"]}, {"scopes": ["c"]}]}},
        {"path": "/role", "allow": {"roles": ["admin"], "scopes": ["a"]}},
    ]}));
    let token = bearer(&json!({"iss": "idp", "exp": 9_999}));
    for (path, scope) in
        [("/both", r#", scope="a b""#), ("/either", r#", scope="c""#), ("/role", "")]
    {
        let (reply, _) = ask(&gate, &request("GET", path, &token));
        let headers = reply.unwrap().headers;
        let challenge = headers.iter().find(|(name, _)| *name == "www-authenticate").unwrap();
        let expected = format!(r#"Bearer realm="claimgate", error="insufficient_scope"{scope}"#);
        assert_eq!(challenge.1, expected, "{path}");
    }
}
