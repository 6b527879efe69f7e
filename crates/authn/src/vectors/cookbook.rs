//! The JOSE working group's cookbook: RFC 7520, RFC 8037 and RFC 7797. Each file has the key that signed.

use serde_json::Value;

use super::{folder, key_set, text, verify};
use crate::credentials::Credentials;

#[test]
fn compact_tokens() {
    let unsupported =
        |parameter| format!("the token's header has {parameter}, which is not supported");
    let forged = "the signature is not that of a key of issuer `main`".to_owned();
    for (file, alg, expected) in [
        ("jws_4_1.rsa_v15_signature", "RS256", Ok(())),
        ("jws_4_2.rsa-pss_signature", "PS384", Ok(())),
        ("jws_4_3.ecdsa_signature", "ES512", Ok(())),
        ("jws_4_4.hmac-sha2_integrity_protection", "HS256", Ok(())),
        // RFC 8037 appendix A.4.
        ("curve25519_jws", "EdDSA", Ok(())),
        // Detached: the signature is of a payload that is not in the token.
        ("jws_4_5.signature_with_detached_content", "HS256", Err(forged)),
        ("rfc7797_hmac-sha2_b64_false", "HS256", Err(unsupported("`crit`"))),
    ] {
        let Some(vector) = folder::read(&format!("cookbook/{file}.json")) else { return };
        assert_eq!(text(&vector["input"], "alg"), alg, "{file}");
        let key = public(&vector["input"]["key"]);
        assert_eq!(verify(&key, text(&vector["output"], "compact")), expected, "{file}");
    }
}

/// RFC 7515 section 7.2: not a form that a bearer token has (RFC 7519 section 3).
#[test]
fn json_serialization_is_refused() {
    for file in [
        "jws_4_1.rsa_v15_signature",
        "jws_4_6.protecting_specific_header_fields",
        "jws_4_7.protecting_content_only",
        "jws_4_8.multiple_signatures",
        "rfc7797_4.2.hmac-sha2_b64_false",
    ] {
        let Some(vector) = folder::read(&format!("cookbook/{file}.json")) else { return };
        let key = &vector["input"]["key"];
        let key = public(if key.is_array() { &key[0] } else { key });
        for form in ["json", "json_flat"] {
            let Some(token) = vector["output"].get(form) else { continue };
            assert!(verify(&key, &token.to_string()).is_err(), "{file} {form}");
            let value = format!("Bearer {token}");
            let credentials = Credentials::authorization(&[value.as_bytes()]);
            let token = credentials.token().and_then(|presented| Ok(presented.checked()?));
            let refused = token.unwrap_err();
            let reason = "authorization is not `Bearer` and one token";
            assert_eq!(refused.to_string(), reason, "{file} {form}");
        }
    }
}

/// RFC 7520 sections 3.1 and 3.3, and that the keys above are refused with their private half.
#[test]
fn public_keys_only() {
    for file in ["jwk_3_1.ec_public_key", "jwk_3_3.rsa_public_key"] {
        let Some(key) = folder::read(&format!("cookbook/{file}.json")) else { return };
        assert!(key_set(&key).is_ok(), "{file}");
    }
    for file in ["jws_4_1.rsa_v15_signature", "jws_4_3.ecdsa_signature", "curve25519_jws"] {
        let Some(vector) = folder::read(&format!("cookbook/{file}.json")) else { return };
        let refused = key_set(&vector["input"]["key"]).unwrap_err();
        let reason = "none of its 1 keys can be used: has `d`: it is a private key";
        assert_eq!(refused, reason, "{file}");
    }
}

/// The key without what only its owner has.
fn public(key: &Value) -> Value {
    let mut key = key.clone();
    let members = key.as_object_mut().unwrap();
    for private in ["d", "p", "q", "dp", "dq", "qi"] {
        members.remove(private);
    }
    key
}
