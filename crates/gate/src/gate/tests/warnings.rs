//! What an operator is told at start.

use super::*;

const DECODE_ONLY: &str = "issuer `m` is `decode_only`: signatures are not checked here, so anybody can write a token \
                           unless a filter in front refuses what it cannot verify";
const ETERNAL: &str =
    "`token.required_claims` does not name `exp`: a token that has none counts for ever";
const ANYBODYS: &str = "issuer `m` has neither `issuer` nor `audiences`: every token counts that one of its keys \
                        signed, whoever issued it and whomever it is for";

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
        assert_eq!(gate.warnings(), expected, "{issuer} {required}");
    }
    // Where nobody is asked for a token, none lives for ever.
    let public = json!({
        "token": {"required_claims": ["sub"]}, "rules": [{"path": "/a", "allow": "public"}],
    });
    assert!(Gate::from_configuration(public.to_string().as_bytes()).unwrap().warnings().is_empty());
}
