//! A second opinion on a signed token: by another library (`ring`), and by another reading of its form.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde_json::Value;

/// The claims of a token that one of these keys signed by the algorithm that its header names; `None` where none did.
pub(crate) fn signed_claims(token: &str, jwks: &[Value]) -> Option<Value> {
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        return None;
    };
    let (header, claims) = (object(header)?, object(payload)?);
    let text = &token[..token.len() - signature.len() - 1];
    let signature = decoded(signature)?;
    let by_one = jwks.iter().any(|jwk| {
        header["alg"] == jwk["alg"] && is_signed(jwk, text.as_bytes(), &signature).is_some()
    });
    (by_one && header.get("crit").is_none()).then_some(claims)
}

fn object(part: &str) -> Option<Value> {
    serde_json::from_slice(&decoded(part)?).ok().filter(Value::is_object)
}

/// Bytes in their one spelling: what decodes to them but is written otherwise is none.
fn decoded(part: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    (URL_SAFE_NO_PAD.encode(&bytes) == part).then_some(bytes)
}

fn is_signed(jwk: &Value, text: &[u8], signature: &[u8]) -> Option<()> {
    let member = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str()?).ok();
    match jwk["alg"].as_str()? {
        "HS256" => {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &member("k")?);
            ring::hmac::verify(&key, text, signature).ok()
        }
        "EdDSA" => UnparsedPublicKey::new(&ED25519, member("x")?).verify(text, signature).ok(),
        "ES256" => {
            let point = [vec![4], member("x")?, member("y")?].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(text, signature).ok()
        }
        "RS256" => RsaPublicKeyComponents { n: member("n")?, e: member("e")? }
            .verify(&RSA_PKCS1_2048_8192_SHA256, text, signature)
            .ok(),
        _ => None,
    }
}
