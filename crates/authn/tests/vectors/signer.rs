//! Keys that sign: the RSA key of RFC 7515 appendix A.2, and others made of fixed bytes.

use std::sync::LazyLock;

use authn::{Algorithm, Hash};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Hmac;
use p256::ecdsa::signature::Signer as _;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use rsa::signature::{RandomizedSigner as _, SignatureEncoding as _};
use rsa::{BoxedUint, PrivateKey as RsaKey, pkcs1v15, pss};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

/// A key with its private half.
pub(crate) enum Signer {
    Rsa,
    P256(u8),
    P384(u8),
    P521(u8),
    Ed25519(u8),
    Secret(Vec<u8>),
}

impl Signer {
    /// One that can sign by this algorithm.
    pub(crate) fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs(_) | Algorithm::Ps(_) => Self::Rsa,
            Algorithm::Es(Hash::Sha256) => Self::P256(7),
            Algorithm::Es(Hash::Sha384) => Self::P384(7),
            Algorithm::Es(Hash::Sha512) => Self::P521(7),
            Algorithm::EdDsa => Self::Ed25519(7),
            Algorithm::Hs(_) => Self::Secret(vec![7; 64]),
        }
    }

    /// The JWK that verifies what this key signs, with these members added.
    pub(crate) fn jwk(&self, added: Value) -> Value {
        let mut jwk = match self {
            Self::Rsa => json!({"kty": "RSA", "n": RSA_N, "e": "AQAB"}),
            Self::P256(seed) => {
                let point = p256(*seed).verifying_key().as_affine().to_sec1_point(false);
                ec("P-256", point.x().unwrap(), point.y().unwrap())
            }
            Self::P384(seed) => {
                let point = p384(*seed).verifying_key().as_affine().to_sec1_point(false);
                ec("P-384", point.x().unwrap(), point.y().unwrap())
            }
            Self::P521(seed) => {
                let point = p521(*seed).verifying_key().as_affine().to_sec1_point(false);
                ec("P-521", point.x().unwrap(), point.y().unwrap())
            }
            Self::Ed25519(seed) => {
                let x = encoded(ed25519(*seed).verifying_key().as_bytes());
                json!({"kty": "OKP", "crv": "Ed25519", "x": x})
            }
            Self::Secret(secret) => json!({"kty": "oct", "k": encoded(secret)}),
        };
        let Value::Object(added) = added else { panic!("not an object: {added}") };
        jwk.as_object_mut().unwrap().extend(added);
        jwk
    }

    /// Its signature of the text.
    pub(crate) fn sign(&self, algorithm: Algorithm, text: &[u8]) -> Vec<u8> {
        match (self, algorithm) {
            (Self::Rsa, Algorithm::Rs(hash)) => {
                let key = RSA.clone();
                let signature = match hash {
                    Hash::Sha256 => pkcs1v15::SigningKey::<Sha256>::new(key).sign(text),
                    Hash::Sha384 => pkcs1v15::SigningKey::<Sha384>::new(key).sign(text),
                    Hash::Sha512 => pkcs1v15::SigningKey::<Sha512>::new(key).sign(text),
                };
                signature.to_vec()
            }
            (Self::Rsa, Algorithm::Ps(hash)) => {
                let key = RSA.clone();
                let salt = &mut FixedSalt;
                let signature = match hash {
                    Hash::Sha256 => pss::SigningKey::<Sha256>::new(key).sign_with_rng(salt, text),
                    Hash::Sha384 => pss::SigningKey::<Sha384>::new(key).sign_with_rng(salt, text),
                    Hash::Sha512 => pss::SigningKey::<Sha512>::new(key).sign_with_rng(salt, text),
                };
                signature.to_vec()
            }
            (Self::P256(seed), _) => {
                let signature: p256::ecdsa::Signature = p256(*seed).sign(text);
                signature.to_bytes().to_vec()
            }
            (Self::P384(seed), _) => {
                let signature: p384::ecdsa::Signature = p384(*seed).sign(text);
                signature.to_bytes().to_vec()
            }
            (Self::P521(seed), _) => {
                let signature: p521::ecdsa::Signature = p521(*seed).sign(text);
                signature.to_bytes().to_vec()
            }
            (Self::Ed25519(seed), _) => ed25519(*seed).sign(text).to_vec(),
            (Self::Secret(secret), Algorithm::Hs(Hash::Sha384)) => {
                mac::<Hmac<Sha384>>(secret, text)
            }
            (Self::Secret(secret), Algorithm::Hs(Hash::Sha512)) => {
                mac::<Hmac<Sha512>>(secret, text)
            }
            (Self::Secret(secret), _) => mac::<Hmac<Sha256>>(secret, text),
            (Self::Rsa, _) => panic!("RSA does not sign by {algorithm}"),
        }
    }

    /// A token of this header and payload, signed.
    pub(crate) fn token(
        &self,
        algorithm: Algorithm,
        header: impl AsRef<[u8]>,
        payload: impl AsRef<[u8]>,
    ) -> String {
        let signed = format!("{}.{}", encoded(header), encoded(payload));
        let signature = encoded(self.sign(algorithm, signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn ec(crv: &str, x: &[u8], y: &[u8]) -> Value {
    json!({"kty": "EC", "crv": crv, "x": encoded(x), "y": encoded(y)})
}

fn mac<M: hmac::Mac + hmac::KeyInit>(secret: &[u8], text: &[u8]) -> Vec<u8> {
    M::new_from_slice(secret).unwrap().chain_update(text).finalize().into_bytes().to_vec()
}

fn p256(seed: u8) -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn p384(seed: u8) -> p384::ecdsa::SigningKey {
    p384::ecdsa::SigningKey::from_slice(&[seed; 48]).unwrap()
}

fn p521(seed: u8) -> p521::ecdsa::SigningKey {
    let mut scalar = [seed; 66];
    scalar[0] = 0;
    p521::ecdsa::SigningKey::from_slice(&scalar).unwrap()
}

pub(crate) fn ed25519(seed: u8) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&[seed; 32])
}

/// A salt that is always the same: nothing here is secret, and a failure can be repeated.
struct FixedSalt;

impl rsa::rand_core::TryRng for FixedSalt {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0x0707_0707)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0x0707_0707_0707_0707)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(7);
        Ok(())
    }
}

impl rsa::rand_core::TryCryptoRng for FixedSalt {}

static RSA: LazyLock<RsaKey> = LazyLock::new(|| {
    let number = |text| BoxedUint::from_be_slice_vartime(&decoded(text));
    let primes = vec![number(RSA_P), number(RSA_Q)];
    RsaKey::from_components(number(RSA_N), number("AQAB"), number(RSA_D), primes).unwrap()
});

/// RFC 7515 appendix A.2.
pub(crate) const RSA_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const RSA_D: &str = "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ";
const RSA_P: &str = "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc";
const RSA_Q: &str = "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc";
