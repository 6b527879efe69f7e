//! Hosts: one that checks no signature, and one that checks what Envoy checks.

use p256::pkcs8::SubjectPublicKeyInfoRef;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey,
    VerificationAlgorithm,
};
use rsa::pkcs1::ALGORITHM_OID as RSA;

use crate::algorithm::Hash;
use crate::host::{Host, HostFailure, Verdict};

/// Everything is done in software.
pub(super) struct Software;

/// As Envoy: from `SubjectPublicKeyInfo` and DER, with a library that like Envoy's stems from BoringSSL and
/// shares no code with ours. It has no P-521.
pub(super) struct Native;

impl Host for Software {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        Ok(Vec::new())
    }
}

impl Host for Native {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        Ok(Vec::new())
    }

    fn verify(
        &self,
        hash: Hash,
        spki: &[u8],
        signature: &[u8],
        text: &[u8],
    ) -> Result<Verdict, HostFailure> {
        let spki = SubjectPublicKeyInfoRef::try_from(spki).unwrap();
        let key = spki.subject_public_key.as_bytes().unwrap();
        let algorithm: &dyn VerificationAlgorithm = match (spki.algorithm.oid == RSA, hash) {
            (true, Hash::Sha256) => &RSA_PKCS1_2048_8192_SHA256,
            (true, Hash::Sha384) => &RSA_PKCS1_2048_8192_SHA384,
            (true, Hash::Sha512) => &RSA_PKCS1_2048_8192_SHA512,
            (false, Hash::Sha256) => &ECDSA_P256_SHA256_ASN1,
            (false, Hash::Sha384) => &ECDSA_P384_SHA384_ASN1,
            (false, Hash::Sha512) => return Ok(Verdict::Unable),
        };
        Ok(match UnparsedPublicKey::new(algorithm, key).verify(text, signature) {
            Ok(()) => Verdict::Valid,
            Err(_) => Verdict::Invalid,
        })
    }
}
