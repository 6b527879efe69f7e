//! Each part of the configuration: what is wrong with it, in exactly which words.

use serde_json::json;

use super::*;

mod allow;
mod forward;
mod paths;
mod replies;
mod revoked;
mod roles;
mod token_from;

fn problems(configuration: &str) -> Vec<String> {
    #[cfg(feature = "schema")]
    agreement(configuration);
    let found = read(configuration.as_bytes())
        .and_then(deserr::deserialize::<Config, _, Problems>)
        .err()
        .unwrap_or_default();
    ConfigError::from(found).problems().iter().map(ToString::to_string).collect()
}

fn check(table: &[(&str, &str)], configuration: impl Fn(&str) -> String) {
    for (part, expected) in table {
        assert_eq!(problems(&configuration(part)), [*expected], "{part}");
    }
}

#[test]
fn the_text() {
    check(TEXT, str::to_owned);
}

#[test]
fn the_top_level() {
    let rules = r#""rules": [{"path": "/a", "allow": "public"}]"#;
    check(TOP_LEVEL, |member| format!("{{{member}, {rules}}}"));
}

#[test]
fn the_rules() {
    check(RULE, |rule| format!(r#"{{"rules": [{rule}]}}"#));
}

#[test]
fn the_issuers() {
    let rules = r#""rules": [{"path": "/a", "allow": "public"}]"#;
    check(ISSUER, |issuer| format!(r#"{{"issuers": [{issuer}], {rules}}}"#));
}

/// Wherever below `signature` a secret is written by mistake.
#[test]
fn a_misplaced_secret_is_not_repeated() {
    let inside = |secret: &str| {
        let members = ["cluster", "uri", "refresh_seconds"].map(
            |key| json!({"remote_jwks": {"cluster": "idp", "uri": "https://idp/", key: secret}}),
        );
        let ways = ["jwks", "remote_jwks", "jwt_authn", "decode_only", secret]
            .map(|way| json!({way: secret}));
        let deeper = [
            json!(secret),
            json!([secret]),
            json!({"jwks": {"keys": secret}}),
            json!({"jwks": {"keys": [secret]}}),
            json!({"jwks": {"keys": [{"kty": "oct", "k": secret}]}}),
            json!({"jwks": {"keys": [{"kty": secret, "k": secret, "alg": secret, "use": secret}]}}),
            json!({"jwt_authn": {"metadata": "p", secret: secret}}),
            json!({"jwt_authn": {"metadata": secret}}),
            json!({"remote_jwks": {"cluster": "idp", "uri": "https://idp/", secret: "x"}}),
            json!({"remote_jwks": {"cluster": "idp", "uri": format!("https://me:{secret}@idp/")}}),
        ];
        [&members[..], &ways, &deeper].concat()
    };
    for secret in ["s3cr3t", "s3cr3t\n", "s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t"] {
        for signature in inside(secret) {
            let config = json!({
                "issuers": [{"name": "m", "signature": signature}],
                "rules": [{"path": "/a", "allow": "public"}],
            });
            let said = problems(&config.to_string()).join("\n");
            assert!(!said.contains("s3cr3t"), "{said}");
        }
    }
}

#[test]
fn a_key_with_nothing_behind_it_is_not_a_key_left_out() {
    for (place, configuration) in [
        ("issuers", r#"{"issuers": null, "rules": [{"path": "/a", "allow": "public"}]}"#),
        ("token", r#"{"token": null, "rules": [{"path": "/a", "allow": "public"}]}"#),
        ("replies", r#"{"replies": null, "rules": [{"path": "/a", "allow": "public"}]}"#),
        (
            "token.from",
            r#"{"token": {"from": null}, "rules": [{"path": "/a", "allow": "public"}]}"#,
        ),
        ("paths", r#"{"paths": null, "rules": [{"path": "/a", "allow": "public"}]}"#),
        ("audit", r#"{"audit": null, "rules": [{"path": "/a", "allow": "public"}]}"#),
        (
            "audit.decisions",
            r#"{"audit": {"decisions": null}, "rules": [{"path": "/a", "allow": "public"}]}"#,
        ),
    ] {
        assert!(problems(configuration)[0].starts_with(&format!("{place}: expected ")), "{place}");
    }
    for key in ["name", "hosts", "methods", "path", "paths", "allow", "message", "status", "mode"] {
        let rule = format!(r#"{{"rules": [{{"path": "/a", "allow": "public", "{key}": null}}]}}"#)
            .replace(&format!(r#""{key}": "/a", "#), "")
            .replace(&format!(r#""{key}": "public", "#), "");
        let expected = format!("rules[0].{key}: expected ");
        assert!(problems(&rule)[0].starts_with(&expected), "{rule}: {:?}", problems(&rule));
    }
    for key in ["issuer", "audiences", "algorithms", "typ", "roles", "provider", "role_map"] {
        let issuer =
            format!(r#"{{"name": "m", "signature": {{"decode_only": true}}, "{key}": null}}"#);
        let config =
            format!(r#"{{"issuers": [{issuer}], "rules": [{{"path": "/a", "allow": "public"}}]}}"#);
        let expected = format!("issuers[0].{key}: expected ");
        assert!(problems(&config)[0].starts_with(&expected), "{config}: {:?}", problems(&config));
    }
}

const TEXT: &[(&str, &str)] = &[
    ("", "configuration: is empty; expected an object with at least `rules`"),
    (" \n", "configuration: is empty; expected an object with at least `rules`"),
    ("[]", "configuration: expected an object, found a list"),
    ("{}", "configuration: `rules` is missing"),
    (r#"{"rules": []}"#, "rules: the list is empty; leave the key out or name something"),
    (
        "{",
        "configuration: is neither JSON nor a google.protobuf.Struct: \
         EOF while parsing an object at line 1 column 1",
    ),
    (
        "rules: []",
        "configuration: is neither JSON nor a google.protobuf.Struct: \
         expected value at line 1 column 1",
    ),
    (
        r#"{"rules":1,"rules":2}"#,
        "configuration: is neither JSON nor a google.protobuf.Struct: \
         duplicate member \"rules\" at line 1 column 18",
    ),
    (
        "\n{\"a\"",
        "configuration: is neither JSON nor a google.protobuf.Struct: \
         EOF while parsing an object at line 2 column 4",
    ),
    (
        "\n\u{1}",
        "configuration: is not a google.protobuf.Struct: \
         failed to decode Protobuf message: Struct.fields: buffer underflow",
    ),
];

const TOP_LEVEL: &[(&str, &str)] = &[
    (
        r#""isuers": []"#,
        "configuration: unknown key \"isuers\"; did you mean `issuers`? \
         expected one of `issuers`, `token`, `roles`, `rules`, `replies`, `forward`, `paths`, `revoked`, `audit`, `mode`, `cors_preflight`",
    ),
    (
        r#""zzzzzz": []"#,
        "configuration: unknown key \"zzzzzz\"; \
         expected one of `issuers`, `token`, `roles`, `rules`, `replies`, `forward`, `paths`, `revoked`, `audit`, `mode`, `cors_preflight`",
    ),
    (r#""issuers": []"#, "issuers: the list is empty; leave the key out or name something"),
    (
        r#""token": {"leeway_seconds": -1}"#,
        "token.leeway_seconds: expected a whole number from 0 on, found the number -1",
    ),
    (
        r#""token": {"leeway_seconds": 60.5}"#,
        "token.leeway_seconds: expected a whole number from 0 on, found the number 60.5",
    ),
    (
        r#""token": {"leeway_seconds": 86400}"#,
        "token.leeway_seconds: expected at most 3600, found 86400",
    ),
    (
        r#""token": {"cache": {"max_entries": 1000001}}"#,
        "token.cache.max_entries: expected at most 1000000, found 1000001",
    ),
    (
        r#""token": {"cache": {"max_bytes": 67108865}}"#,
        "token.cache.max_bytes: expected at most 67108864, found 67108865",
    ),
    (r#""token": {"max_bytes": 0}"#, "token.max_bytes: expected 1 to 61440 bytes, found 0"),
    (
        r#""token": {"required_claims": []}"#,
        "token.required_claims: the list is empty; leave the key out or name something",
    ),
    (
        r#""audit": {"decisions": "some"}"#,
        "audit.decisions: unknown value \"some\"; did you mean `none`? \
         expected one of `none`, `denied`, `all`",
    ),
];

const RULE: &[(&str, &str)] = &[
    (r#""/a""#, "rules[0]: expected an object, found the string \"/a\""),
    (
        r#"{"pathz": "/a", "path": "/a", "allow": "public"}"#,
        "rules[0]: unknown key \"pathz\"; did you mean `path`? \
         expected one of `name`, `hosts`, `methods`, `path`, `paths`, `grpc`, `allow`, `message`, `status`, `mode`",
    ),
    (r#"{"path": "/a"}"#, "rules[0]: `allow` is missing"),
    (r#"{"path": 5, "allow": "public"}"#, "rules[0].path: expected a string, found the number 5"),
    (
        r#"{"paths": ["/a", 5], "allow": "public"}"#,
        "rules[0].paths[1]: expected a string, found the number 5",
    ),
    (
        r#"{"path": "/a", "methods": ["get"], "allow": "public"}"#,
        "rules[0].methods[0]: \"get\" is not a method; expected upper-case letters such as `GET`",
    ),
    (
        r#"{"path": "/a", "methods": [], "allow": "public"}"#,
        "rules[0].methods: the list is empty; leave the key out or name something",
    ),
    (
        r#"{"path": "/a", "methods": "GET", "allow": "public"}"#,
        "rules[0].methods: expected a list, found the string \"GET\"",
    ),
    (
        r#"{"path": "/a", "hosts": ["a b"], "allow": "public"}"#,
        "rules[0].hosts[0]: \"a b\" is not a host; \
         expected a host name such as `api.example.com` or `*.example.com`",
    ),
    (
        r#"{"path": "/a", "allow": "publc"}"#,
        "rules[0].allow: unknown value \"publc\"; did you mean `public`? \
         expected one of `public`, `authenticated`, `nobody`, \
         or an object such as `{ roles: [admin] }`",
    ),
    (
        r#"{"path": "/a", "allow": true}"#,
        "rules[0].allow: expected `public`, `authenticated`, `nobody` or an object, found `true`",
    ),
    (r#"{"path": "/a", "allow": {}}"#, "rules[0].allow: asks for nothing; name something"),
    (
        r#"{"path": "/a", "allow": {"roles": []}}"#,
        "rules[0].allow.roles: the list is empty; leave the key out or name something",
    ),
    (
        r#"{"path": "/a", "allow": {"roles": "admin"}}"#,
        "rules[0].allow.roles: expected a list, found the string \"admin\"",
    ),
    (
        r#"{"path": "/a", "allow": {"roles": [""]}}"#,
        "rules[0].allow.roles[0]: expected a name of 1 to 128 bytes, found 0",
    ),
    (
        r#"{"path": "/a", "allow": {"role": ["a"], "roles": ["a"]}}"#,
        "rules[0].allow: unknown key \"role\"; did you mean `roles`? expected one of `roles`, \
         `all_roles`, `permissions`, `all_permissions`, `scopes`, `claims`, `any`, `all`, `not`",
    ),
    (
        r#"{"path": "/a", "allow": "public", "message": ""}"#,
        "rules[0].message: expected a message of 1 to 1024 bytes, found 0",
    ),
    (
        r#"{"path": "/a", "allow": "nobody", "status": 403}"#,
        "rules[0].status: expected 404, which hides what the rule governs, found 403",
    ),
    (
        r#"{"path": "/a", "allow": "nobody", "status": "404"}"#,
        "rules[0].status: expected a whole number from 0 on, found the string \"404\"",
    ),
    (
        r#"{"path": "/a", "allow": "public", "mode": "off"}"#,
        "rules[0].mode: unknown value \"off\"; expected one of `enforce`, `shadow`",
    ),
    (
        r#"{"path": "/a", "allow": "public", "name": "a\nb"}"#,
        "rules[0].name: expected a name, found control characters",
    ),
];

const ISSUER: &[(&str, &str)] = &[
    (r#"{"signature": {"decode_only": true}}"#, "issuers[0]: `name` is missing"),
    (r#"{"name": "main"}"#, "issuers[0]: `signature` is missing"),
    (
        r#"{"name": "Main", "signature": {"decode_only": true}}"#,
        "issuers[0].name: \"Main\" is not an issuer's name; \
         expected 1 to 64 of `a` to `z`, `0` to `9`, `_` and `-`",
    ),
    (
        r#"{"name": "main", "signature": {}}"#,
        "issuers[0].signature: expected exactly one of `jwks`, `remote_jwks`, `jwt_authn`, `decode_only`",
    ),
    (
        r#"{"name": "main", "signature": {"decode_only": true, "jwt_authn": {"metadata": "x"}}}"#,
        "issuers[0].signature: expected exactly one of `jwks`, `remote_jwks`, `jwt_authn`, `decode_only`",
    ),
    (
        r#"{"name": "main", "signature": {"decode_only": false}}"#,
        "issuers[0].signature.decode_only: expected `true`, found `false`",
    ),
    (
        r#"{"name": "main", "signature": "decode_only"}"#,
        "issuers[0].signature: expected an object, found a string",
    ),
    (
        r#"{"name": "main", "signature": {"jwt_auth": {}}}"#,
        "issuers[0].signature: unknown key \"jwt_auth\"; did you mean `jwt_authn`? \
         expected one of `jwks`, `remote_jwks`, `jwt_authn`, `decode_only`",
    ),
    (
        r#"{"name": "main", "signature": {"jwt_authn": {}}}"#,
        "issuers[0].signature.jwt_authn: `metadata` is missing",
    ),
    (
        r#"{"name": "main", "signature": {"jwks": {"keys": []}}}"#,
        "issuers[0].signature.jwks: none of its 0 keys can be used",
    ),
    (
        r#"{"name": "main", "signature": {"jwks": {"keys": "x"}}}"#,
        "issuers[0].signature.jwks: expected an object with a list `keys`",
    ),
    (
        r#"{"name": "main", "signature": {"jwks": {"keys": [{"kty": "oct", "use": "enc"}]}}}"#,
        "issuers[0].signature.jwks: none of its 1 keys can be used; keys[0] is not used: `use` is not `sig`",
    ),
    (
        r#"{"name": "main", "signature": {"jwks": {"keys": [{"kty": "oct", "k": "c2hvcnQ"}]}}}"#,
        "issuers[0].signature.jwks.keys[0]: `k` has less than 32 bytes",
    ),
    (
        r#"{"name": "main", "signature": {"jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}}}"#,
        "issuers[0].signature.jwks.keys[0]: `x` and `y` are not as long as the curve's field",
    ),
    (
        r#"{"name": "main", "signature": {"remote_jwks": {"cluster": "idp"}}}"#,
        "issuers[0].signature.remote_jwks: `uri` is missing",
    ),
    (
        r#"{"name": "main", "signature": {"decode_only": true}, "algorithms": ["rs256"]}"#,
        "issuers[0].algorithms[0]: unknown algorithm \"rs256\"; did you mean `RS256`? \
         expected one of `HS256`, `HS384`, `HS512`, `RS256`, `RS384`, `RS512`, `ES256`, `ES384`, \
         `ES512`, `PS256`, `PS384`, `PS512`, `EdDSA`",
    ),
    (
        r#"{"name": "main", "signature": {"decode_only": true}, "audiences": []}"#,
        "issuers[0].audiences: the list is empty; leave the key out or name something",
    ),
    (
        r#"{"name": "main", "signature": {"decode_only": true}, "roles": ["a..b"]}"#,
        "issuers[0].roles[0]: a claim path is one or more names, none of them empty",
    ),
    (
        r#"{"name": "main", "signature": {"decode_only": true}, "roles": [{"claim": "s", "split": ""}]}"#,
        "issuers[0].roles[0].split: the separator is empty",
    ),
    (
        r#"{"name": "main", "signature": {"decode_only": true}, "roles": [5]}"#,
        "issuers[0].roles[0]: expected a claim path (a string or a list), found the number 5",
    ),
];
