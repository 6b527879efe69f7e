//! Signature algorithms of RFC 7518 section 3.1 and RFC 8037 section 3.1.

use std::fmt;

/// An algorithm that a key may verify signatures of. `none` is not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5.
    Rs(Hash),
    /// RSASSA-PSS, the salt as long as the hash.
    Ps(Hash),
    /// ECDSA: SHA-256 on P-256, SHA-384 on P-384, SHA-512 on P-521.
    Es(Hash),
    /// HMAC.
    Hs(Hash),
    /// Ed25519.
    EdDsa,
}

/// A hash function of the SHA-2 family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// Every algorithm, in the order of their names in RFC 7518.
    pub const ALL: [Self; 13] = [
        Self::Hs(Hash::Sha256),
        Self::Hs(Hash::Sha384),
        Self::Hs(Hash::Sha512),
        Self::Rs(Hash::Sha256),
        Self::Rs(Hash::Sha384),
        Self::Rs(Hash::Sha512),
        Self::Es(Hash::Sha256),
        Self::Es(Hash::Sha384),
        Self::Es(Hash::Sha512),
        Self::Ps(Hash::Sha256),
        Self::Ps(Hash::Sha384),
        Self::Ps(Hash::Sha512),
        Self::EdDsa,
    ];

    /// Its name in `alg`, which is case-sensitive (RFC 7515 section 4.1.1).
    #[must_use]
    pub fn name(self) -> &'static str {
        use Hash::{Sha256, Sha384, Sha512};
        match self {
            Self::Rs(Sha256) => "RS256",
            Self::Rs(Sha384) => "RS384",
            Self::Rs(Sha512) => "RS512",
            Self::Ps(Sha256) => "PS256",
            Self::Ps(Sha384) => "PS384",
            Self::Ps(Sha512) => "PS512",
            Self::Es(Sha256) => "ES256",
            Self::Es(Sha384) => "ES384",
            Self::Es(Sha512) => "ES512",
            Self::Hs(Sha256) => "HS256",
            Self::Hs(Sha384) => "HS384",
            Self::Hs(Sha512) => "HS512",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of this name. `EdDSA` has two: with the keys that are taken here it is Ed25519, which RFC 9864 section 2.2
    /// calls by its own name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if name == "Ed25519" {
            return Some(Self::EdDsa);
        }
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Hash {
    /// Bytes of its output.
    pub(crate) fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::named(algorithm.name()), Some(algorithm));
        }
        assert_eq!(Algorithm::named("Ed25519"), Some(Algorithm::EdDsa));
        for name in ["ed25519", "none", "None", "rs256", "RS256 ", "", "HS1", "ES256K", "Ed448"] {
            assert_eq!(Algorithm::named(name), None, "{name}");
        }
    }
}
