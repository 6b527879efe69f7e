//! Who may vouch for a subject.

use std::rc::Rc;

use crate::algorithm::Algorithm;
use crate::claims::Claims;
use crate::host::Host;
use crate::jwt::{Header, Jwt};
use crate::key_set::KeySet;
use crate::rejection::{InvalidToken, Unauthenticated};
use crate::remote_keys::RemoteKeys;
use crate::roles::Roles;
use crate::time::UnixTime;

/// An issuer whose tokens are accepted, and on what conditions.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// Its name in configuration and logs.
    pub name: String,
    /// `iss`, compared exactly. Not checked when `None`, which only a single issuer may be.
    pub issuer: Option<String>,
    /// One of these must be in `aud`. Not checked when empty.
    pub audiences: Vec<String>,
    /// How it is known that the issuer signed the token.
    pub signature: Signature,
    /// Algorithms that are accepted, out of those that a key verifies. All of those when empty.
    pub algorithms: Vec<Algorithm>,
    /// Values of the header's `typ` that are accepted, in lower case and without `application/`. Not
    /// checked when empty.
    pub types: Vec<String>,
    /// Where roles are read, and what they are called here.
    pub roles: Roles,
}

/// How it is known that a token is its issuer's.
#[derive(Debug, Clone)]
pub enum Signature {
    /// Verified here, with these keys.
    Jwks(Rc<KeySet>),
    /// Verified here, with the keys that the issuer publishes.
    RemoteJwks(Box<RemoteKeys>),
    /// Envoy's jwt_authn verified it and stored the payload in dynamic metadata under this key.
    JwtAuthn {
        /// `payload_in_metadata` of the jwt_authn provider.
        metadata: String,
    },
    /// Not known here: whatever stands in front must have verified it.
    DecodeOnly,
}

impl Signature {
    /// The keys that tokens are verified with now. `None` where none are known, or none are needed here.
    pub(crate) fn keys(&self, now: UnixTime) -> Option<Rc<KeySet>> {
        match self {
            Self::Jwks(keys) => Some(Rc::clone(keys)),
            Self::RemoteJwks(remote) => remote.keys(now),
            Self::JwtAuthn { .. } | Self::DecodeOnly => None,
        }
    }
}

impl Issuer {
    /// Whether tokens with these claims are this issuer's, as far as `iss` says.
    pub(crate) fn issued(&self, claims: &Claims) -> Result<bool, InvalidToken> {
        let Some(expected) = &self.issuer else {
            return Ok(true);
        };
        Ok(issuer_claim(claims)? == expected)
    }

    /// That the token is this issuer's, as configured; with the keys it was verified with, if any.
    pub(crate) fn authenticate(
        &self,
        jwt: &Jwt<'_>,
        host: &impl Host,
        now: UnixTime,
    ) -> Result<Option<Rc<KeySet>>, Unauthenticated> {
        let keys = match &self.signature {
            Signature::Jwks(keys) => {
                self.verify(keys, jwt, host)?;
                Some(Rc::clone(keys))
            }
            Signature::RemoteJwks(remote) => Some(self.verify_remotely(remote, jwt, host, now)?),
            Signature::DecodeOnly => None,
            // Envoy's jwt_authn was to verify it, and did not.
            Signature::JwtAuthn { .. } => return Err(InvalidToken::NotVerified.into()),
        };
        self.check_type(&jwt.header)?;
        Ok(keys)
    }

    /// As [`verify`](Self::verify), with published keys: the one that a token needs may have been published
    /// since the set was fetched.
    fn verify_remotely(
        &self,
        remote: &RemoteKeys,
        jwt: &Jwt<'_>,
        host: &impl Host,
        now: UnixTime,
    ) -> Result<Rc<KeySet>, Unauthenticated> {
        let wait_seconds = remote.source().timeout_seconds;
        let keys = remote.keys(now).ok_or_else(|| Unauthenticated::KeysUnknown {
            issuer: self.name.clone(),
            wait_seconds,
        })?;
        match self.verify(&keys, jwt, host) {
            Ok(()) => Ok(keys),
            Err(Unauthenticated::InvalidToken(
                invalid @ (InvalidToken::NoKey { .. } | InvalidToken::Forged(_)),
            )) if !keys.names(jwt.header.kid.as_deref()) && remote.may_come(now) => {
                Err(Unauthenticated::KeyUnknown { invalid, wait_seconds })
            }
            Err(refused) => Err(refused),
        }
    }

    /// That the token is signed with a key of this issuer. The key decides what it verifies (RFC 8725
    /// section 3.1); the header's `alg` only has to agree.
    pub(crate) fn verify(
        &self,
        keys: &KeySet,
        jwt: &Jwt<'_>,
        host: &impl Host,
    ) -> Result<(), Unauthenticated> {
        let Header { alg, kid, .. } = &jwt.header;
        let accepted =
            |named: &Algorithm| self.algorithms.is_empty() || self.algorithms.contains(named);
        let algorithm = Algorithm::named(alg).filter(accepted).ok_or_else(|| {
            InvalidToken::Algorithm { issuer: self.name.clone(), alg: alg.clone() }
        })?;
        let key = keys.key(kid.as_deref(), algorithm).ok_or_else(|| InvalidToken::NoKey {
            issuer: self.name.clone(),
            alg: alg.clone(),
            kid: kid.clone().unwrap_or_default(),
        })?;
        if key.verifies(algorithm, jwt.signed.as_bytes(), &jwt.signature, host)? {
            Ok(())
        } else {
            Err(InvalidToken::Forged(self.name.clone()).into())
        }
    }

    /// That `typ` is one of `types`, where there are any. RFC 7515 section 4.1.9: media types are compared
    /// without regard to case, and `application/` may be left out.
    fn check_type(&self, header: &Header) -> Result<(), InvalidToken> {
        let typ = header.typ.as_deref().map(media_type);
        if self.types.is_empty() || typ.is_some_and(|typ| self.types.contains(&typ)) {
            Ok(())
        } else {
            Err(InvalidToken::Type(self.name.clone()))
        }
    }

    /// That `aud` names one of `audiences`, where there are any.
    pub(crate) fn check_audience(&self, claims: &Claims) -> Result<(), InvalidToken> {
        if self.audiences.is_empty() || claims.has_audience(&self.audiences)? {
            Ok(())
        } else {
            Err(InvalidToken::Audience(self.name.clone()))
        }
    }
}

/// A value of `typ` in the form that [`Issuer::types`] has.
#[must_use]
pub fn media_type(typ: &str) -> String {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").map_or_else(|| typ.clone(), str::to_owned)
}

/// The text of `iss`, where it must be there.
pub(crate) fn issuer_claim(claims: &Claims) -> Result<&str, InvalidToken> {
    claims.text("iss")?.ok_or_else(|| InvalidToken::ClaimMissing("iss".to_owned()))
}
