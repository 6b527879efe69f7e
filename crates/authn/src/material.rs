//! The material of a key, and checking a signature with it in software.

use std::fmt;

use ed25519_dalek::VerifyingKey as Ed25519Key;
use hmac::{Hmac, KeyInit, Mac};
use p256::pkcs8::{AssociatedOid, EncodePublicKey as _};
use rsa::signature::Verifier as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, PublicKey as RsaKey};
use sha2::digest::FixedOutputReset;
use sha2::digest::block_api::EagerHash;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::algorithm::{Algorithm, Hash};

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

impl Material {
    /// An RSA key of 2,048 to 4,096 bits. RFC 7518 section 3.3 asks for 2,048 at least; above 4,096, each token of
    /// garbage would cost milliseconds.
    pub(crate) fn rsa(n: &[u8], e: &[u8]) -> Result<Self, InvalidMaterial> {
        let (n, e) = (significant(n), significant(e));
        if n.len() > 512 {
            return Err(InvalidMaterial("has more than 4096 bits"));
        }
        let not_rsa = InvalidMaterial("`n` and `e` are not an RSA key");
        if e.len() > 8 {
            return Err(not_rsa);
        }
        let number = BoxedUint::from_be_slice_vartime;
        let key = RsaKey::new(number(n), number(e)).map_err(|_| not_rsa)?;
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

    /// `SubjectPublicKeyInfo` in DER; empty for what no host takes.
    pub(crate) fn spki(&self) -> Result<Vec<u8>, InvalidMaterial> {
        let document = match self {
            Self::Rsa(key) => key.to_public_key_der(),
            Self::P256(key) => p256::PublicKey::from(key).to_public_key_der(),
            Self::P384(key) => p384::PublicKey::from(key).to_public_key_der(),
            Self::P521(key) => p521::PublicKey::from(&**key).to_public_key_der(),
            Self::Ed25519(_) | Self::Hmac(_) => return Ok(Vec::new()),
        };
        Ok(document.map_err(|_| InvalidMaterial("cannot be written as DER"))?.into_vec())
    }

    /// An ECDSA signature of JOSE, `r || s` (RFC 7518 section 3.4), in DER.
    pub(crate) fn der(&self, signature: &[u8]) -> Option<Vec<u8>> {
        Some(match self {
            Self::P256(_) => {
                p256::ecdsa::Signature::from_slice(signature).ok()?.to_der().as_bytes().to_vec()
            }
            Self::P384(_) => {
                p384::ecdsa::Signature::from_slice(signature).ok()?.to_der().as_bytes().to_vec()
            }
            Self::P521(_) => {
                p521::ecdsa::Signature::from_slice(signature).ok()?.to_der().as_bytes().to_vec()
            }
            _ => return None,
        })
    }

    /// Whether this is the key's signature of the text, by this algorithm.
    pub(crate) fn verifies(&self, algorithm: Algorithm, text: &[u8], signature: &[u8]) -> bool {
        self.check(algorithm, text, signature).is_some()
    }

    fn check(&self, algorithm: Algorithm, text: &[u8], signature: &[u8]) -> Option<()> {
        match (self, algorithm) {
            (Self::P256(key), Algorithm::Es(_)) => {
                key.verify(text, &p256::ecdsa::Signature::from_slice(signature).ok()?).ok()
            }
            (Self::P384(key), Algorithm::Es(_)) => {
                key.verify(text, &p384::ecdsa::Signature::from_slice(signature).ok()?).ok()
            }
            (Self::P521(key), Algorithm::Es(_)) => {
                key.verify(text, &p521::ecdsa::Signature::from_slice(signature).ok()?).ok()
            }
            (Self::Ed25519(key), Algorithm::EdDsa) => {
                let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
                key.verify_strict(text, &signature).ok()
            }
            (_, Algorithm::Rs(hash) | Algorithm::Ps(hash) | Algorithm::Hs(hash)) => match hash {
                Hash::Sha256 => self.check_by::<Sha256>(algorithm, text, signature),
                Hash::Sha384 => self.check_by::<Sha384>(algorithm, text, signature),
                Hash::Sha512 => self.check_by::<Sha512>(algorithm, text, signature),
            },
            _ => None,
        }
    }

    /// As [`check`](Self::check), for the algorithms that go with any hash.
    fn check_by<D>(&self, algorithm: Algorithm, text: &[u8], signature: &[u8]) -> Option<()>
    where
        D: Digest + AssociatedOid + FixedOutputReset + EagerHash,
        Hmac<D>: Mac + KeyInit,
    {
        match (self, algorithm) {
            (Self::Rsa(key), Algorithm::Rs(_)) => {
                key.verify(Pkcs1v15Sign::new::<D>(), &D::digest(text), signature).ok()
            }
            (Self::Rsa(key), Algorithm::Ps(_)) => {
                key.verify(Pss::<D>::new(), &D::digest(text), signature).ok()
            }
            // Compares in constant time, and only whole MACs (RFC 7518 section 3.2).
            (Self::Hmac(secret), Algorithm::Hs(_)) => {
                let mac = Hmac::<D>::new_from_slice(secret).ok()?;
                mac.chain_update(text).verify_slice(signature).ok()
            }
            _ => None,
        }
    }
}

/// A number without leading zeros: RFC 7518 section 2 has none, but some write the sign.
fn significant(mut number: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = number {
        number = rest;
    }
    number
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
