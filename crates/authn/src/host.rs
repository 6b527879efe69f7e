//! What only the place we run in can know.

use crate::algorithm::Hash;

/// The place the gate runs in: Envoy's wasm VM, the command line, a test.
pub trait Host {
    /// The serialized `envoy.config.core.v3.Metadata` of this request: its dynamic metadata, which
    /// filters in front of us set and a client cannot. Empty when there is none.
    ///
    /// # Errors
    /// [`HostFailure`] when the host could not say; the request is then answered with 503.
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure>;

    /// Checks a signature natively: RSA PKCS#1 v1.5 or ECDSA, the key as `SubjectPublicKeyInfo` in DER, an
    /// ECDSA signature as DER. A host that cannot do this at all says so.
    ///
    /// # Errors
    /// [`HostFailure`] when the host gave no answer that can be read, which says nothing of the signature; the request
    /// is then answered with 503.
    fn verify(
        &self,
        hash: Hash,
        spki: &[u8],
        signature: &[u8],
        text: &[u8],
    ) -> Result<Verdict, HostFailure> {
        let _ = (hash, spki, signature, text);
        Ok(Verdict::Unable)
    }
}

/// What a host says of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the key's signature of the text.
    Valid,
    /// It is not.
    Invalid,
    /// The host does not check signatures of this kind; software has to.
    Unable,
}

/// The host did not do what was asked, and why. Never the client's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HostFailure(pub String);
