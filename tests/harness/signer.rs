//! Key pairs of every algorithm, made anew for each run.

use anyhow::{Context, Result, anyhow};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::signature::{SignatureEncoding, Signer as _};
use p256::elliptic_curve::Generate;
use rsa::traits::PublicKeyParts as _;
use rsa::{PrivateKey, pkcs1v15, pss};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

use crate::leaks;

/// A key pair, and the algorithm it signs with.
pub struct Signer {
    algorithm: &'static str,
    key: Key,
}

enum Key {
    Rsa(Box<PrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
    Secret([u8; 64]),
}

impl Signer {
    /// The names of the algorithms, as in RFC 7518 and RFC 8037.
    pub const ALGORITHMS: [&'static str; 13] = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
        "HS256", "HS384", "HS512",
    ];

    /// Makes a key pair for each algorithm; the RSA ones share one, which takes a while to make.
    pub fn all() -> Result<Vec<Self>> {
        let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
        let rsa = PrivateKey::new(&mut rng, 2048).context("cannot make an RSA key")?;
        let random = || {
            let mut bytes = [0; 64];
            getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random bytes: {error}"))?;
            anyhow::Ok(bytes)
        };
        let none = "the system gave no random bytes";
        let key = |algorithm: &str| {
            anyhow::Ok(match algorithm {
                "ES256" => Key::P256(p256::ecdsa::SigningKey::try_generate().context(none)?),
                "ES384" => Key::P384(p384::ecdsa::SigningKey::try_generate().context(none)?),
                "ES512" => Key::P521(p521::ecdsa::SigningKey::try_generate().context(none)?),
                "EdDSA" => {
                    let seed = random()?.first_chunk::<32>().copied().unwrap_or_default();
                    Key::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))
                }
                "HS256" | "HS384" | "HS512" => Key::Secret(random()?),
                _ => Key::Rsa(Box::new(rsa.clone())),
            })
        };
        Self::ALGORITHMS
            .into_iter()
            .map(|algorithm| Ok(Self { algorithm, key: key(algorithm)? }))
            .collect()
    }

    /// What it signs with; also its key id.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// The public half as a JWK (RFC 7517); of a secret, the secret.
    #[must_use]
    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        // SEC 1, uncompressed: a tag byte, then x and y of equal length.
        let ec = |curve: &str, point: &[u8]| {
            let (x, y) = point[1..].split_at(point.len() / 2);
            json!({ "kty": "EC", "crv": curve, "x": text(x), "y": text(y) })
        };
        let mut jwk = match &self.key {
            Key::Rsa(key) => json!({
                "kty": "RSA", "n": text(&key.n_bytes()), "e": text(&key.e_bytes()),
            }),
            Key::P256(key) => ec("P-256", key.verifying_key().to_sec1_point(false).as_bytes()),
            Key::P384(key) => ec("P-384", key.verifying_key().to_sec1_point(false).as_bytes()),
            Key::P521(key) => ec("P-521", key.verifying_key().to_sec1_point(false).as_bytes()),
            Key::Ed25519(key) => json!({
                "kty": "OKP", "crv": "Ed25519", "x": text(key.verifying_key().as_bytes()),
            }),
            Key::Secret(secret) => {
                let k = text(secret);
                leaks::note_secret(&k);
                json!({ "kty": "oct", "k": k })
            }
        };
        jwk["kid"] = json!(self.algorithm);
        jwk["alg"] = json!(self.algorithm);
        jwk
    }

    /// A signed token with exactly these claims, the key named in its header.
    #[must_use]
    pub fn token(&self, claims: &Value) -> String {
        self.jws(&json!({ "alg": self.algorithm, "kid": self.algorithm }), claims)
    }

    /// A token with this header, signed with the algorithm of the key whatever the header says.
    #[must_use]
    pub fn jws(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(self.sign(signed.as_bytes())));
        leaks::note_token(&token);
        token
    }

    fn sign(&self, text: &[u8]) -> Vec<u8> {
        match (&self.key, self.algorithm) {
            (Key::Rsa(key), "RS256") => {
                pkcs1v15::SigningKey::<Sha256>::new((**key).clone()).sign(text).to_vec()
            }
            (Key::Rsa(key), "RS384") => {
                pkcs1v15::SigningKey::<Sha384>::new((**key).clone()).sign(text).to_vec()
            }
            (Key::Rsa(key), "RS512") => {
                pkcs1v15::SigningKey::<Sha512>::new((**key).clone()).sign(text).to_vec()
            }
            (Key::Rsa(key), "PS256") => pss_sign::<Sha256>(key, text),
            (Key::Rsa(key), "PS384") => pss_sign::<Sha384>(key, text),
            (Key::Rsa(key), _) => pss_sign::<Sha512>(key, text),
            (Key::P256(key), _) => {
                let signature: p256::ecdsa::Signature = key.sign(text);
                signature.to_bytes().to_vec()
            }
            (Key::P384(key), _) => {
                let signature: p384::ecdsa::Signature = key.sign(text);
                signature.to_bytes().to_vec()
            }
            (Key::P521(key), _) => {
                let signature: p521::ecdsa::Signature = key.sign(text);
                signature.to_bytes().to_vec()
            }
            (Key::Ed25519(key), _) => key.sign(text).to_bytes().to_vec(),
            (Key::Secret(secret), "HS256") => mac::<Hmac<Sha256>>(secret, text),
            (Key::Secret(secret), "HS384") => mac::<Hmac<Sha384>>(secret, text),
            (Key::Secret(secret), _) => mac::<Hmac<Sha512>>(secret, text),
        }
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Signer").field(&self.algorithm).finish()
    }
}

fn mac<M: Mac + KeyInit>(secret: &[u8], text: &[u8]) -> Vec<u8> {
    M::new_from_slice(secret)
        .map(|mac| mac.chain_update(text).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

fn pss_sign<D: sha2::Digest + rsa::signature::digest::FixedOutputReset>(
    key: &PrivateKey,
    text: &[u8],
) -> Vec<u8> {
    use rsa::signature::RandomizedSigner as _;
    let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
    pss::SigningKey::<D>::new(key.clone()).sign_with_rng(&mut rng, text).to_vec()
}
