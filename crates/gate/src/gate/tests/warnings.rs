//! What an operator is told at start.

use super::*;

const DECODE_ONLY: &str = "decode-only issuers[0].signature: issuer `m` is `decode_only`: signatures are not checked \
                           here, so anybody can write a token unless a filter in front refuses what it cannot verify";
const ETERNAL: &str =
    "no-expiry token.required_claims: does not name `exp`: a token that has none counts for ever";
const ANYBODYS: &str = "any-issuer issuers[0]: issuer `m` has neither `issuer` nor `audiences`: every token counts that one of its keys \
                        signed, whoever issued it and whomever it is for";

/// The warnings, each with its name in front.
fn named(gate: &Gate) -> Vec<String> {
    gate.warnings().iter().map(|warning| format!("{} {warning}", warning.name)).collect()
}

#[test]
fn what_is_allowed_but_dangerous_is_warned_about() {
    let secret = json!({"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"});
    let jwks = json!({"jwks": {"keys": [secret]}});
    let remote = json!({"remote_jwks": {"cluster": "idp", "uri": "https://idp/jwks.json"}});
    let jwt_authn = json!({"jwt_authn": {"metadata": "p"}});
    let decode_only = json!({"decode_only": true});
    let (exp, sub) = (json!(["sub", "exp"]), json!(["sub"]));
    for (signature, more, required, expected) in [
        (&jwks, json!({"issuer": "idp"}), &exp, &[][..]),
        (&jwks, json!({"audiences": ["api"]}), &exp, &[]),
        (&jwks, json!({}), &exp, &[ANYBODYS]),
        (&jwks, json!({"issuer": "idp"}), &sub, &[ETERNAL]),
        (&remote, json!({}), &exp, &[ANYBODYS]),
        (&remote, json!({}), &sub, &[ANYBODYS, ETERNAL]),
        (&jwt_authn, json!({}), &exp, &[]),
        (&jwt_authn, json!({}), &sub, &[ETERNAL]),
        (&decode_only, json!({}), &exp, &[DECODE_ONLY]),
    ] {
        let mut issuer = json!({"name": "m", "signature": signature});
        issuer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let gate = gate(json!({"issuers": [issuer], "token": {"required_claims": required}}));
        assert_eq!(named(&gate), expected, "{issuer} {required}");
    }
    // Where nobody is asked for a token, none lives for ever.
    let public = json!({
        "token": {"required_claims": ["sub"]}, "rules": [{"path": "/a", "allow": "public"}],
    });
    assert!(Gate::from_configuration(public.to_string().as_bytes()).unwrap().warnings().is_empty());
}

/// What is warned about where these roles are defined, if any are, and a rule asks this.
fn warned_of(roles: &Value, allow: &Value) -> Vec<String> {
    let mut config = json!({"rules": [{"path": "/a", "allow": allow}]});
    config["issuers"] = json!([{"name": "m", "signature": {"jwt_authn": {"metadata": "p"}}}]);
    if !roles.is_null() {
        config["roles"] = roles.clone();
    }
    named(&gate(config))
}

#[test]
fn a_slip_that_a_wildcard_hides_is_warned_about() {
    let roles = |wildcard: &str| {
        json!({
            "clerk": {"permissions": ["orders:read", "orders:create", "orders:ship"]},
            "manager": {"inherits": ["clerk"], "permissions": [wildcard]},
        })
    };
    let slip = "misspelt-permission rules[0].allow.any[0].permissions[1]: no role is given \"orders:raed\" by its name, only by `*`; \
                did you mean `orders:read`?";
    for wildcard in ["*", "orders:*"] {
        for (permission, expected) in [
            ("orders:raed", &[slip][..]),
            ("orders:read", &[]),
            // As envoy/policy-examples/keycloak.yaml has it, on purpose.
            ("orders:refund", &[]),
        ] {
            let allow = json!({"any": [{"permissions": ["orders:ship", permission]}]});
            assert_eq!(warned_of(&roles(wildcard), &allow), expected, "{wildcard} {permission}");
        }
    }
    let all: Vec<String> = (0..99).map(|number| format!("orders:shi{number:02}")).collect();
    assert_eq!(warned_of(&roles("*"), &json!({"permissions": all})).len(), 20);
}

#[test]
fn a_rule_for_the_anonymous_that_lets_none_in_is_warned_about() {
    let allow = json!({"roles": ["admin", "anonymous"]});
    assert_eq!(
        warned_of(&Value::Null, &allow),
        [
            "undefined-anonymous rules[0].allow.roles[1]: without `roles` that define it, \"anonymous\" is a role as any other: nobody \
          without a token has it"
        ]
    );
    assert_eq!(warned_of(&json!({"admin": {}, "anonymous": {}}), &allow), [""; 0]);
    assert_eq!(warned_of(&Value::Null, &json!({"roles": ["admin"]})), [""; 0]);
}
