//! What the path options mean for the variables that claims are compared with, and for gRPC methods.

use super::*;

/// Options, path, the subject, and whether that may.
const OWN: &[(&str, &str, &str, bool)] = &[
    // The spelling is the request's.
    (r#"{"case": "insensitive"}"#, "/OWN/Vera", "Vera", true),
    (r#"{"case": "insensitive"}"#, "/own/Vera", "vera", false),
    (r#"{"case": "insensitive"}"#, "/FILES/A/b", "A/b", true),
    (r#"{"case": "insensitive"}"#, "/files/A/b", "a/b", false),
    (r#"{"encoded_slash": "allow"}"#, "/own/a%2Fb", "a/b", true),
    (r#"{"encoded_slash": "allow"}"#, "/own/a%2Fb", "a", false),
    // One segment is not two, although they are written alike when joined.
    (r#"{"encoded_slash": "allow"}"#, "/files/a/b", "a/b", true),
    (r#"{"encoded_slash": "allow"}"#, "/files/a%2Fb", "a/b", false),
    (r#"{"encoded_slash": "allow"}"#, "/files/c/a%2Fb", "c/a/b", false),
    (r#"{"semicolon": "allow"}"#, "/own/vera;x=1", "vera;x=1", true),
    (r#"{"semicolon": "allow"}"#, "/own/vera;x=1", "vera", false),
    (r#"{"semicolon": "strip"}"#, "/own/vera;x=1", "vera", true),
    (r#"{"semicolon": "strip"}"#, "/own/vera;x=1", "vera;x=1", false),
    (r#"{"trailing_slash": "strict"}"#, "/own/vera", "vera", true),
    (r#"{"trailing_slash": "strict"}"#, "/own/vera/", "vera", false),
    (r#"{"trailing_slash": "strict"}"#, "/own/", "", false),
    (r#"{"trailing_slash": "strict"}"#, "/files/a/", "a/", true),
    (r#"{"trailing_slash": "strict"}"#, "/files/a/", "a", false),
    ("{}", "/files/a/", "a", true),
];

#[test]
fn variables_are_compared_as_the_options_say() {
    for (options, path, subject, expected) in OWN {
        let options: Value = serde_json::from_str(options).unwrap();
        let gate = gate(json!({
            "paths": options,
            "rules": [
                {"path": "/own/{id}", "allow": {"claims": {"sub": "{id}"}}},
                {"path": "/files/{name=**}", "allow": {"claims": {"sub": "{name}"}}},
            ],
        }));
        let token = bearer(&json!({"iss": "idp", "sub": subject, "exp": 2_000}));
        let (reply, _) = ask(&gate, &request("GET", path, &token));
        assert_eq!(reply.is_none(), *expected, "{path} for {subject:?} with {options}: {reply:?}");
    }
}

#[test]
fn grpc_methods_are_paths_like_others() {
    let rules = json!([{"name": "get", "grpc": "pkg.Svc/Get", "allow": "public"}]);
    for (case, path, expected) in [
        ("sensitive", "/pkg.Svc/Get", true),
        ("sensitive", "/pkg.svc/get", false),
        ("insensitive", "/pkg.svc/GET", true),
        ("insensitive", "/pkg.svc/gets", false),
    ] {
        let gate = gate(json!({"paths": {"case": case}, "rules": rules}));
        let (reply, _) = ask(&gate, &request("POST", path, ""));
        assert_eq!(reply.is_none(), expected, "{path}, {case}");
    }
}
