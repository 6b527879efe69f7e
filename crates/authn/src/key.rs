//! A key, and checking a signature with it.
//!
//! The host checks what it can at native speed (RSA PKCS#1 v1.5, ECDSA); the rest, and everything on a host
//! that cannot, is checked in software. Both give the same answers (a test runs the same vectors through both).

use crate::algorithm::Algorithm;
use crate::host::{Host, HostFailure, Verdict};
use crate::material::{InvalidMaterial, Material};

/// A key that verifies signatures of some algorithms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) kid: Option<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    material: Material,
    /// `SubjectPublicKeyInfo` in DER, as the host takes it; empty for what only software checks.
    spki: Vec<u8>,
}

impl Key {
    /// A key that verifies these algorithms, each of which its material can.
    pub(crate) fn new(
        kid: Option<String>,
        algorithms: Vec<Algorithm>,
        material: Material,
    ) -> Result<Self, InvalidMaterial> {
        let spki = material.spki()?;
        Ok(Self { kid, algorithms, material, spki })
    }

    /// Whether what verifies with it can also sign with it.
    pub(crate) fn is_secret(&self) -> bool {
        matches!(self.material, Material::Hmac(_))
    }

    /// Whether the other is this very key, by whatever name and for whatever algorithms.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.material == other.material
    }

    /// Whether this is the key's signature of the text, by this algorithm, which must be one of the key's.
    pub(crate) fn verifies(
        &self,
        algorithm: Algorithm,
        text: &[u8],
        signature: &[u8],
        host: &impl Host,
    ) -> Result<bool, HostFailure> {
        let verdict = match (algorithm, &self.material) {
            (Algorithm::Rs(hash), Material::Rsa(_)) => {
                host.verify(hash, &self.spki, signature, text)?
            }
            (Algorithm::Es(hash), material) => match material.der(signature) {
                Some(der) => host.verify(hash, &self.spki, &der, text)?,
                None => Verdict::Invalid,
            },
            _ => Verdict::Unable,
        };
        Ok(match verdict {
            Verdict::Valid => true,
            Verdict::Invalid => false,
            Verdict::Unable => self.material.verifies(algorithm, text, signature),
        })
    }
}
