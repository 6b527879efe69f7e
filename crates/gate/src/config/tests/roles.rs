//! `provider` and `role_map` of an issuer.

use super::{check, problems};

fn with(members: &str) -> String {
    let issuer = format!(r#"{{"name": "main", "signature": {{"decode_only": true}}, {members}}}"#);
    format!(r#"{{"issuers": [{issuer}], "rules": [{{"path": "/a", "allow": "public"}}]}}"#)
}

#[test]
fn what_is_taken() {
    for members in [
        r#""provider": "keycloak""#,
        r#""provider": "auth0""#,
        r#""provider": "cognito""#,
        r#""provider": "entra""#,
        r#""provider": "okta", "roles": ["groups", "roles"]"#,
        r#""role_map": {"CN=app-admins,OU=Groups,DC=example,DC=com": "admin", "a": "admin", "b": "a"}"#,
    ] {
        assert_eq!(problems(&with(members)), Vec::<String>::new(), "{members}");
    }
    let long = format!(r#""role_map": {{"{}": "admin"}}"#, "g".repeat(1_024));
    assert_eq!(problems(&with(&long)), Vec::<String>::new());
}

#[test]
fn what_is_refused() {
    check(REFUSED, with);
    let long = format!(r#""role_map": {{"{}": "admin"}}"#, "g".repeat(1_025));
    assert!(problems(&with(&long))[0].contains(": expected a text of 1 to 1024 bytes, found "));
    assert_eq!(
        problems(&with(r#""role_map": {"a": 5, "b": "", "c": "d"}"#)),
        [
            "issuers[0].role_map.a: expected a string, found the number 5",
            "issuers[0].role_map.b: expected a name of 1 to 128 bytes, found 0",
        ]
    );
}

const REFUSED: &[(&str, &str)] = &[
    (
        r#""provider": "keycloack""#,
        "issuers[0].provider: unknown value \"keycloack\"; did you mean `keycloak`? \
         expected one of `keycloak`, `auth0`, `cognito`, `entra`, `okta`",
    ),
    (
        r#""provider": "Okta""#,
        "issuers[0].provider: unknown value \"Okta\"; did you mean `okta`? \
         expected one of `keycloak`, `auth0`, `cognito`, `entra`, `okta`",
    ),
    (r#""provider": ["okta"]"#, "issuers[0].provider: expected a string, found a list"),
    (r#""role_map": {}"#, "issuers[0].role_map: is empty; leave the key out or name something"),
    (r#""role_map": ["a"]"#, "issuers[0].role_map: expected an object, found a list"),
    (
        r#""role_map": {"": "admin"}"#,
        "issuers[0].role_map: expected a text of 1 to 1024 bytes, found 0",
    ),
    (r#""role_map": {"a": ["b"]}"#, "issuers[0].role_map.a: expected a string, found a list"),
];
