//! A key for one run.

use anyhow::{Result, anyhow};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value, json};
use sha2::Sha256;

/// A secret for HS256, as long as a block of its hash.
pub(super) struct Key([u8; 64]);

impl Key {
    /// Makes a key.
    pub(super) fn new() -> Result<Self> {
        let mut secret = [0; 64];
        getrandom::fill(&mut secret)
            .map_err(|error| anyhow!("the system gave no random bytes: {error}"))?;
        Ok(Self(secret))
    }

    /// As a JWK (RFC 7518 section 6.4).
    pub(super) fn jwk(&self) -> Value {
        json!({ "kty": "oct", "alg": ALGORITHM, "kid": KEY_ID, "k": URL_SAFE_NO_PAD.encode(self.0) })
    }

    /// A token with this `typ` and these claims (RFC 7515 section 3.1).
    pub(super) fn sign(&self, typ: &str, claims: &Map<String, Value>) -> String {
        let header = json!({ "alg": ALGORITHM, "kid": KEY_ID, "typ": typ });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&Value::Object(claims.clone())));
        let mac = Hmac::<Sha256>::new((&self.0).into()).chain_update(&signed).finalize();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.into_bytes()))
    }
}

const ALGORITHM: &str = "HS256";

/// All keys have one name: a forged token names the key that is trusted.
const KEY_ID: &str = "stand-in";
