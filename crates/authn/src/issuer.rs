//! Who may vouch for a subject.

use crate::claims::Claims;
use crate::rejection::InvalidToken;
use crate::roles::Roles;

/// An issuer whose tokens are accepted, and on what conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Its name in configuration and logs.
    pub name: String,
    /// `iss`, compared exactly. Not checked when `None`, which only a single issuer may be.
    pub issuer: Option<String>,
    /// One of these must be in `aud`. Not checked when empty.
    pub audiences: Vec<String>,
    /// How it is known that the issuer signed the token.
    pub signature: Signature,
    /// Where roles are read, and what they are called here.
    pub roles: Roles,
}

/// How it is known that a token is its issuer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// Envoy's jwt_authn verified it and stored the payload in dynamic metadata under this key.
    JwtAuthn {
        /// `payload_in_metadata` of the jwt_authn provider.
        metadata: String,
    },
    /// Not known here: whatever stands in front must have verified it.
    DecodeOnly,
}

impl Issuer {
    /// Whether tokens with these claims are this issuer's, as far as `iss` says.
    pub(crate) fn issued(&self, claims: &Claims) -> Result<bool, InvalidToken> {
        let Some(expected) = &self.issuer else {
            return Ok(true);
        };
        Ok(issuer_claim(claims)? == expected)
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

/// The text of `iss`, where it must be there.
pub(crate) fn issuer_claim(claims: &Claims) -> Result<&str, InvalidToken> {
    claims.text("iss")?.ok_or_else(|| InvalidToken::ClaimMissing("iss".to_owned()))
}
