//! A key, and checking a signature with it.
//!
//! The host checks what it can at native speed (RSA PKCS#1 v1.5, ECDSA); the rest, and everything on a host
//! that cannot, is checked in software. Both give the same answers (a test runs the same vectors through both).

use std::fmt;

use ed25519_dalek::VerifyingKey as Ed25519Key;
use hmac::Hmac;
use p256::pkcs8::EncodePublicKey as _;
use rsa::signature::Verifier as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, PublicKey as RsaKey, pkcs1v15, pss};
use sha2::{Sha256, Sha384, Sha512};

use crate::algorithm::{Algorithm, Hash};
use crate::host::{Host, Verdict};
use crate::jwk::UnusableKey;

/// A key that verifies signatures of some algorithms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) kid: Option<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    material: Material,
    /// `SubjectPublicKeyInfo` in DER, as the host takes it; empty for what only software checks.
    spki: Vec<u8>,
}

/// The key itself.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Material {
    Rsa(Box<RsaKey>),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(Box<p521::ecdsa::VerifyingKey>),
    Ed25519(Box<Ed25519Key>),
    Hmac(Vec<u8>),
}

/// What is wrong with the numbers of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidMaterial(pub(crate) &'static str);

impl InvalidMaterial {
    pub(crate) fn into_key(self) -> UnusableKey {
        UnusableKey::Invalid(self.0.to_owned())
    }
}

impl Material {
    /// An RSA key of 2,048 to 8,192 bits (RFC 7518 section 3.3 asks for 2,048 at least).
    pub(crate) fn rsa(n: &[u8], e: &[u8]) -> Result<Self, InvalidMaterial> {
        let number = BoxedUint::from_be_slice_vartime;
        if n.len() > 1024 {
            return Err(InvalidMaterial("has more than 8192 bits"));
        }
        if e.len() > 8 {
            return Err(InvalidMaterial("`n` and `e` are not an RSA key"));
        }
        let key = RsaKey::new(number(n), number(e))
            .map_err(|_| InvalidMaterial("`n` and `e` are not an RSA key"))?;
        if key.n().bit_width_vartime() < 2048 {
            return Err(InvalidMaterial("has less than 2048 bits"));
        }
        Ok(Self::Rsa(Box::new(key)))
    }

    /// A point on the curve that goes with the hash; each coordinate has the curve's length
    /// (RFC 7518 section 6.2.1.2).
    pub(crate) fn ec(hash: Hash, x: &[u8], y: &[u8]) -> Result<Self, InvalidMaterial> {
        let length = match hash {
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 66,
        };
        if x.len() != length || y.len() != length {
            return Err(InvalidMaterial("`x` and `y` are not as long as the curve's field"));
        }
        // SEC 1 section 2.3.3: an uncompressed point.
        let point = [&[4], x, y].concat();
        let off = |_| InvalidMaterial("`x` and `y` are not a point on the curve");
        Ok(match hash {
            Hash::Sha256 => {
                Self::P256(p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).map_err(off)?)
            }
            Hash::Sha384 => {
                Self::P384(p384::ecdsa::VerifyingKey::from_sec1_bytes(&point).map_err(off)?)
            }
            Hash::Sha512 => {
                let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(&point).map_err(off)?;
                Self::P521(Box::new(key))
            }
        })
    }

    /// An Ed25519 key; one of small order would verify anything.
    pub(crate) fn ed25519(x: &[u8]) -> Result<Self, InvalidMaterial> {
        let x = x.try_into().map_err(|_| InvalidMaterial("`x` does not have 32 bytes"))?;
        match Ed25519Key::from_bytes(x) {
            Ok(key) if !key.is_weak() => Ok(Self::Ed25519(Box::new(key))),
            _ => Err(InvalidMaterial("`x` is not a point on the curve")),
        }
    }
}

impl Key {
    /// A key that verifies these algorithms, each of which its material can.
    pub(crate) fn new(
        kid: Option<String>,
        algorithms: Vec<Algorithm>,
        material: Material,
    ) -> Result<Self, InvalidMaterial> {
        let document = match &material {
            Material::Rsa(key) => key.to_public_key_der(),
            Material::P256(key) => p256::PublicKey::from(key).to_public_key_der(),
            Material::P384(key) => p384::PublicKey::from(key).to_public_key_der(),
            Material::P521(key) => p521::PublicKey::from(&**key).to_public_key_der(),
            Material::Ed25519(_) | Material::Hmac(_) => {
                return Ok(Self { kid, algorithms, material, spki: Vec::new() });
            }
        };
        let spki = document.map_err(|_| InvalidMaterial("cannot be written as DER"))?.into_vec();
        Ok(Self { kid, algorithms, material, spki })
    }

    /// Whether what verifies with it can also sign with it.
    pub(crate) fn is_secret(&self) -> bool {
        matches!(self.material, Material::Hmac(_))
    }

    /// Whether this is the key's signature of the text, by this algorithm, which must be one of the key's.
    pub(crate) fn verifies(
        &self,
        algorithm: Algorithm,
        text: &[u8],
        signature: &[u8],
        host: &impl Host,
    ) -> bool {
        let native = match (algorithm, &self.material) {
            (Algorithm::Rs(hash), Material::Rsa(_)) => {
                host.verify(hash, &self.spki, signature, text)
            }
            (Algorithm::Es(hash), _) => match self.der(signature) {
                Some(der) => host.verify(hash, &self.spki, &der, text),
                None => Verdict::Invalid,
            },
            _ => Verdict::Unable,
        };
        match native {
            Verdict::Valid => true,
            Verdict::Invalid => false,
            Verdict::Unable => self.verifies_in_software(algorithm, text, signature).is_some(),
        }
    }

    /// An ECDSA signature of JOSE, `r || s` (RFC 7518 section 3.4), as the host takes it.
    fn der(&self, signature: &[u8]) -> Option<Vec<u8>> {
        Some(match &self.material {
            Material::P256(_) => {
                p256::ecdsa::Signature::from_slice(signature).ok()?.to_der().as_bytes().to_vec()
            }
            Material::P384(_) => {
                p384::ecdsa::Signature::from_slice(signature).ok()?.to_der().as_bytes().to_vec()
            }
            Material::P521(_) => {
                p521::ecdsa::Signature::from_slice(signature).ok()?.to_der().as_bytes().to_vec()
            }
            _ => return None,
        })
    }

    fn verifies_in_software(
        &self,
        algorithm: Algorithm,
        text: &[u8],
        signature: &[u8],
    ) -> Option<()> {
        match (&self.material, algorithm) {
            (Material::Rsa(key), Algorithm::Rs(hash)) => {
                let signature = &pkcs1v15::Signature::try_from(signature).ok()?;
                let key = (**key).clone();
                match hash {
                    Hash::Sha256 => {
                        pkcs1v15::VerifyingKey::<Sha256>::new(key).verify(text, signature)
                    }
                    Hash::Sha384 => {
                        pkcs1v15::VerifyingKey::<Sha384>::new(key).verify(text, signature)
                    }
                    Hash::Sha512 => {
                        pkcs1v15::VerifyingKey::<Sha512>::new(key).verify(text, signature)
                    }
                }
                .ok()
            }
            (Material::Rsa(key), Algorithm::Ps(hash)) => {
                let signature = &pss::Signature::try_from(signature).ok()?;
                let key = (**key).clone();
                match hash {
                    Hash::Sha256 => pss::VerifyingKey::<Sha256>::new(key).verify(text, signature),
                    Hash::Sha384 => pss::VerifyingKey::<Sha384>::new(key).verify(text, signature),
                    Hash::Sha512 => pss::VerifyingKey::<Sha512>::new(key).verify(text, signature),
                }
                .ok()
            }
            (Material::P256(key), Algorithm::Es(_)) => {
                key.verify(text, &p256::ecdsa::Signature::from_slice(signature).ok()?).ok()
            }
            (Material::P384(key), Algorithm::Es(_)) => {
                key.verify(text, &p384::ecdsa::Signature::from_slice(signature).ok()?).ok()
            }
            (Material::P521(key), Algorithm::Es(_)) => {
                key.verify(text, &p521::ecdsa::Signature::from_slice(signature).ok()?).ok()
            }
            (Material::Ed25519(key), Algorithm::EdDsa) => {
                let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
                key.verify_strict(text, &signature).ok()
            }
            (Material::Hmac(secret), Algorithm::Hs(hash)) => match hash {
                Hash::Sha256 => hmac::<Hmac<Sha256>>(secret, text, signature),
                Hash::Sha384 => hmac::<Hmac<Sha384>>(secret, text, signature),
                Hash::Sha512 => hmac::<Hmac<Sha512>>(secret, text, signature),
            },
            _ => None,
        }
    }
}

/// Compares in constant time, and only whole MACs (RFC 7518 section 3.2).
fn hmac<M: hmac::Mac + hmac::KeyInit>(secret: &[u8], text: &[u8], mac: &[u8]) -> Option<()> {
    M::new_from_slice(secret).ok()?.chain_update(text).verify_slice(mac).ok()
}

impl fmt::Debug for Material {
    /// The kind only: one of them is a secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Rsa(_) => "Rsa",
            Self::P256(_) => "P256",
            Self::P384(_) => "P384",
            Self::P521(_) => "P521",
            Self::Ed25519(_) => "Ed25519",
            Self::Hmac(_) => "Hmac(redacted)",
        })
    }
}
