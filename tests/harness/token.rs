//! Tokens: an issuer with its own key, good tokens, and tokens that are wrong on purpose.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use p256::elliptic_curve::Generate;
use serde_json::{Value, json};

/// The issuer that the sample policy and `envoy/envoy.yaml` trust.
pub const ISSUER: &str = "https://idp.example.com/";

/// The audience that they ask for.
pub const AUDIENCE: &str = "api";

/// Who signs tokens: an ES256 key pair, made anew for each run.
pub struct Issuer {
    key: SigningKey,
    key_id: String,
}

impl Issuer {
    /// Makes a key pair. Two such issuers share the key id, so that a forged token names the trusted key.
    pub fn new() -> Result<Self> {
        Self::with_key_id("test-key")
    }

    /// Makes a key pair that goes by this key id.
    pub fn with_key_id(key_id: &str) -> Result<Self> {
        let key = SigningKey::try_generate().context("the system gave no random bytes")?;
        Ok(Self { key, key_id: key_id.into() })
    }

    /// The public key as a key set (RFC 7517).
    #[must_use]
    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk()] })
    }

    /// The public key.
    #[must_use]
    pub fn jwk(&self) -> Value {
        // SEC 1, uncompressed: a tag byte, then x and y of 32 bytes each.
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        json!({
            "kty": "EC",
            "crv": "P-256",
            "alg": "ES256",
            "use": "sig",
            "kid": self.key_id,
            "x": URL_SAFE_NO_PAD.encode(x),
            "y": URL_SAFE_NO_PAD.encode(y),
        })
    }

    /// A signed token with exactly these claims.
    #[must_use]
    pub fn token(&self, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": self.key_id });
        self.jws(header.to_string().as_bytes(), claims.to_string().as_bytes(), true)
    }

    /// Any header and payload, well formed or not; unsigned ones end in a dot.
    #[must_use]
    pub fn jws(&self, header: &[u8], payload: &[u8], sign: bool) -> String {
        let signed =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        if !sign {
            return format!("{signed}.");
        }
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Issuer").finish_non_exhaustive()
    }
}

/// Claims that the sample policy accepts for five minutes.
#[must_use]
pub fn claims(subject: &str, roles: &[&str]) -> Value {
    json!({ "iss": ISSUER, "aud": AUDIENCE, "exp": now() + 300, "sub": subject, "roles": roles })
}

/// Seconds since the epoch.
#[must_use]
pub fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}
