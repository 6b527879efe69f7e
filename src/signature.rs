//! Envoy's foreign function `verify_signature`: BoringSSL from inside the VM.
//!
//! A "yes" and a "no" count, as Envoy says them; any other answer says nothing of the signature, and is the host's
//! failure.

use gate::{Hash, HostFailure, Verdict};
use prost::Message as _;

use crate::host;

/// `envoy.source.extensions.common.wasm.VerifySignatureArguments`.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
struct Arguments {
    #[prost(string, tag = "1")]
    hash_function: String,
    #[prost(bytes = "vec", tag = "2")]
    public_key: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    signature: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    text: Vec<u8>,
}

/// `envoy.source.extensions.common.wasm.VerifySignatureResult`.
#[derive(Clone, PartialEq, prost::Message)]
struct Answer {
    #[prost(bool, tag = "1")]
    result: bool,
    #[prost(string, tag = "2")]
    error: String,
}

/// Asks Envoy whether this is the key's signature of the text.
pub(crate) fn verify(
    hash: Hash,
    spki: &[u8],
    signature: &[u8],
    text: &[u8],
) -> Result<Verdict, HostFailure> {
    let arguments = Arguments {
        hash_function: name(hash).to_owned(),
        public_key: spki.to_vec(),
        signature: signature.to_vec(),
        text: text.to_vec(),
    };
    let answer = host::call_foreign_function("verify_signature", &arguments.encode_to_vec())?;
    match Answer::decode(answer.as_slice()) {
        Ok(Answer { result: true, error }) if error.is_empty() => Ok(Verdict::Valid),
        // Why not is in the error, also where the signature was of a wrong length or otherwise unreadable. A "no"
        // without a reason would be an empty message, which is what no answer looks like too.
        Ok(Answer { result: false, error }) if !error.is_empty() => Ok(Verdict::Invalid),
        _ => Err(HostFailure("verify_signature gave no answer that can be read".to_owned())),
    }
}

fn name(hash: Hash) -> &'static str {
    match hash {
        Hash::Sha256 => "sha256",
        Hash::Sha384 => "sha384",
        Hash::Sha512 => "sha512",
    }
}
