//! What only the place we run in can know.

/// The place the gate runs in: Envoy's wasm VM, the command line, a test.
pub trait Host {
    /// The serialized `envoy.config.core.v3.Metadata` of this request: its dynamic metadata, which
    /// filters in front of us set and a client cannot. Empty when there is none.
    ///
    /// # Errors
    /// [`HostFailure`] when the host could not say; the request is then answered with 503.
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure>;
}

/// The host did not do what was asked, and why. Never the client's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HostFailure(pub String);
