//! One JSON Web Key (RFC 7517, RFC 7518 section 6, RFC 8037 section 2), to a key that verifies.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::algorithm::{Algorithm, Hash};
use crate::key::Key;
use crate::material::{InvalidMaterial, Material};

/// Why a JWK is not a key that verifies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnusableKey {
    /// It is of a kind, a curve, an algorithm or a use that is not ours: RFC 7517 section 5 says to skip it.
    #[error("{0}")]
    NotOurs(String),
    /// It says to be ours, but is malformed or too weak.
    #[error("{0}")]
    Invalid(String),
}

impl From<InvalidMaterial> for UnusableKey {
    fn from(InvalidMaterial(problem): InvalidMaterial) -> Self {
        Self::Invalid(problem.to_owned())
    }
}

/// Reads one JWK.
///
/// # Errors
/// [`UnusableKey`], which names members but never a value of theirs.
pub(crate) fn key(jwk: &Map<String, Value>) -> Result<Key, UnusableKey> {
    // Before all else: also one that is not ours is better not left lying about.
    if let Some(member) = private_member(jwk) {
        return Err(invalid(&format!("has `{member}`: it is a private key")));
    }
    if text(jwk, "use")?.is_some_and(|usage| usage != "sig") {
        return Err(not_ours("`use` is not `sig`"));
    }
    if !may_verify(jwk)? {
        return Err(not_ours("`key_ops` does not name `verify`"));
    }
    let declared = match text(jwk, "alg")? {
        None => None,
        Some(alg) => {
            let unknown = || not_ours("`alg` is not a signature algorithm that is supported");
            Some(Algorithm::named(alg).ok_or_else(unknown)?)
        }
    };
    let kty = text(jwk, "kty")?.ok_or_else(|| invalid("`kty` is missing"))?;
    let (material, possible) = match kty {
        "RSA" => rsa(jwk)?,
        "EC" => ec(jwk)?,
        "OKP" => okp(jwk)?,
        "oct" => oct(jwk)?,
        _ => return Err(not_ours("`kty` is not `RSA`, `EC`, `OKP` or `oct`")),
    };
    let algorithms = match declared {
        None => possible,
        Some(algorithm) if possible.contains(&algorithm) => vec![algorithm],
        Some(algorithm) => {
            return Err(invalid(&format!("`alg` is `{algorithm}`, which this key cannot verify")));
        }
    };
    let kid = text(jwk, "kid")?.map(str::to_owned);
    Ok(Key::new(kid, algorithms, material)?)
}

fn rsa(jwk: &Map<String, Value>) -> Result<(Material, Vec<Algorithm>), UnusableKey> {
    let material = Material::rsa(&bytes(jwk, "n")?, &bytes(jwk, "e")?)?;
    let algorithms = HASHES.into_iter().flat_map(|hash| [Algorithm::Rs(hash), Algorithm::Ps(hash)]);
    Ok((material, algorithms.collect()))
}

fn ec(jwk: &Map<String, Value>) -> Result<(Material, Vec<Algorithm>), UnusableKey> {
    let hash = match text(jwk, "crv")? {
        Some("P-256") => Hash::Sha256,
        Some("P-384") => Hash::Sha384,
        Some("P-521") => Hash::Sha512,
        _ => return Err(not_ours("`crv` is not `P-256`, `P-384` or `P-521`")),
    };
    let material = Material::ec(hash, &bytes(jwk, "x")?, &bytes(jwk, "y")?)?;
    Ok((material, vec![Algorithm::Es(hash)]))
}

fn okp(jwk: &Map<String, Value>) -> Result<(Material, Vec<Algorithm>), UnusableKey> {
    if text(jwk, "crv")? != Some("Ed25519") {
        return Err(not_ours("`crv` is not `Ed25519`"));
    }
    let material = Material::ed25519(&bytes(jwk, "x")?)?;
    Ok((material, vec![Algorithm::EdDsa]))
}

/// RFC 7518 section 3.2: a secret is at least as long as the hash.
fn oct(jwk: &Map<String, Value>) -> Result<(Material, Vec<Algorithm>), UnusableKey> {
    let secret = bytes(jwk, "k")?;
    let long_enough = |hash: &Hash| secret.len() >= hash.length();
    let algorithms: Vec<_> = HASHES.into_iter().filter(long_enough).map(Algorithm::Hs).collect();
    if algorithms.is_empty() {
        return Err(invalid("`k` has less than 32 bytes"));
    }
    Ok((Material::Hmac(secret), algorithms))
}

/// A private key in a configuration or a published set is a leak, and not needed to verify. Its members are those of RFC
/// 7518 section 6.3.2 for RSA, of which each will do; other kinds have `d`.
fn private_member(jwk: &Map<String, Value>) -> Option<&'static str> {
    let members: &[_] = match jwk.get("kty")?.as_str()? {
        "RSA" => &["d", "p", "q", "dp", "dq", "qi", "oth"],
        "EC" | "OKP" => &["d"],
        _ => return None,
    };
    members.iter().copied().find(|member| jwk.contains_key(*member))
}

fn may_verify(jwk: &Map<String, Value>) -> Result<bool, UnusableKey> {
    match jwk.get("key_ops") {
        None => Ok(true),
        Some(Value::Array(operations)) => Ok(operations.iter().any(|one| one == "verify")),
        Some(_) => Err(invalid("`key_ops` is not a list")),
    }
}

fn text<'k>(jwk: &'k Map<String, Value>, member: &str) -> Result<Option<&'k str>, UnusableKey> {
    match jwk.get(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(invalid(&format!("`{member}` is not a string"))),
    }
}

fn bytes(jwk: &Map<String, Value>, member: &str) -> Result<Vec<u8>, UnusableKey> {
    let text = text(jwk, member)?.ok_or_else(|| invalid(&format!("`{member}` is missing")))?;
    let not_base64 = |_| invalid(&format!("`{member}` is not base64url without padding"));
    URL_SAFE_NO_PAD.decode(text).map_err(not_base64)
}

fn not_ours(problem: &str) -> UnusableKey {
    UnusableKey::NotOurs(problem.to_owned())
}

fn invalid(problem: &str) -> UnusableKey {
    UnusableKey::Invalid(problem.to_owned())
}

const HASHES: [Hash; 3] = [Hash::Sha256, Hash::Sha384, Hash::Sha512];
