//! From credentials to a principal.

use crate::claims::Claims;
use crate::credentials::{Credentials, TokenSources};
use crate::host::Host;
use crate::issuer::{Issuer, Signature, issuer_claim};
use crate::jwt;
use crate::metadata::VerifiedPayloads;
use crate::principal::Principal;
use crate::rejection::{InvalidToken, Unauthenticated};
use crate::revoked::Revoked;
use crate::time::UnixTime;

/// Establishes who is asking, for the issuers and token rules of one configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticator {
    issuers: Vec<Issuer>,
    rules: TokenRules,
}

/// What every token must keep to, whoever issued it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRules {
    /// Where it is looked for.
    pub sources: TokenSources,
    /// Seconds by which clocks may differ.
    pub leeway_seconds: u32,
    /// Bytes a token may have.
    pub max_bytes: usize,
    /// Top-level claims that must be present.
    pub required_claims: Vec<String>,
    /// What does not count any more.
    pub revoked: Revoked,
}

impl Authenticator {
    /// An authenticator for these issuers. With several, each has its own `iss` (the caller sees to it).
    #[must_use]
    pub fn new(issuers: Vec<Issuer>, rules: TokenRules) -> Self {
        Self { issuers, rules }
    }

    /// Where tokens are looked for.
    #[must_use]
    pub fn sources(&self) -> &TokenSources {
        &self.rules.sources
    }

    /// The issuers whose tokens are taken without a check of the signature.
    pub fn unverified_issuers(&self) -> impl Iterator<Item = &Issuer> {
        self.issuers.iter().filter(|issuer| issuer.signature == Signature::DecodeOnly)
    }

    /// Establishes who is asking at the time `now`.
    ///
    /// A payload that jwt_authn verified comes first: what it verified cannot be set by a client, and
    /// Envoy may have removed the token itself. Where a token came along, it must be that very one and keep to
    /// the strict form: jwt_authn takes tokens from other places, unknown `crit` and members named twice, and
    /// the upstream reads the request too. Without such a payload, the token of the credentials counts.
    ///
    /// # Errors
    /// [`Unauthenticated`]: no token, a token that establishes nobody, or a host that failed.
    pub fn authenticate(
        &self,
        credentials: Credentials<'_>,
        host: &impl Host,
        now: UnixTime,
    ) -> Result<Principal, Unauthenticated> {
        let token = self.token(credentials);
        let (issuer, claims) = match (self.verified_payload(host)?, token) {
            (Some((_, verified)), Ok(claims)) if !verified.same(&claims) => {
                return Err(InvalidToken::AnotherToken.into());
            }
            (Some(verified), Ok(_) | Err(Unauthenticated::NoToken)) => verified,
            (None, Ok(claims)) => self.presented(claims)?,
            (_, Err(refused)) => return Err(refused),
        };
        let principal = self.principal(issuer, claims, now)?;
        // Last and on its own, whatever of the above will be remembered from one request to the next.
        self.rules.revoked.check(principal.claims())?;
        Ok(principal)
    }

    /// The payload that jwt_authn verified on this request, with the issuer it is configured for.
    fn verified_payload(
        &self,
        host: &impl Host,
    ) -> Result<Option<(&Issuer, Claims)>, Unauthenticated> {
        let mut keys = self.issuers.iter().filter_map(|issuer| match &issuer.signature {
            Signature::JwtAuthn { metadata } => Some((issuer, metadata)),
            Signature::DecodeOnly => None,
        });
        let Some(first) = keys.next() else {
            return Ok(None);
        };
        let payloads = VerifiedPayloads::parse(&host.dynamic_metadata()?)?;
        let mut found: Option<(&Issuer, Claims)> = None;
        let mut foreign: Option<Claims> = None;
        for (issuer, key) in std::iter::once(first).chain(keys) {
            let Some(claims) = payloads.claims(key)? else {
                continue;
            };
            if !issuer.issued(&claims)? {
                foreign = Some(claims);
            } else if let Some((other, _)) = &found {
                let names = (other.name.clone(), issuer.name.clone());
                return Err(InvalidToken::SeveralPrincipals(names.0, names.1).into());
            } else {
                found = Some((issuer, claims));
            }
        }
        match (found, foreign) {
            (None, Some(claims)) => Err(unknown_issuer(&claims).into()),
            (found, _) => Ok(found),
        }
    }

    /// The claims of the token in the credentials, if it has the form of one.
    fn token(&self, credentials: Credentials<'_>) -> Result<Claims, Unauthenticated> {
        let token = credentials.token()?;
        if token.len() > self.rules.max_bytes {
            let (found, limit) = (token.len(), self.rules.max_bytes);
            return Err(InvalidToken::TooLong { found, limit }.into());
        }
        Ok(jwt::decode(token)?)
    }

    /// The issuer of a token that nobody verified, where one of ours takes it so.
    fn presented(&self, claims: Claims) -> Result<(&Issuer, Claims), InvalidToken> {
        for issuer in self.unverified_issuers() {
            if issuer.issued(&claims)? {
                return Ok((issuer, claims));
            }
        }
        // Where jwt_authn is to verify tokens of this issuer, it did not; else nobody knows the issuer.
        for issuer in &self.issuers {
            if issuer.issued(&claims)? {
                return Err(InvalidToken::NotVerified);
            }
        }
        Err(unknown_issuer(&claims))
    }

    fn principal(
        &self,
        issuer: &Issuer,
        claims: Claims,
        now: UnixTime,
    ) -> Result<Principal, InvalidToken> {
        claims.require(&self.rules.required_claims)?;
        claims.check_time(now, self.rules.leeway_seconds)?;
        issuer.check_audience(&claims)?;
        let subject = claims.text("sub")?.map(str::to_owned);
        let roles = issuer.roles.of(&claims);
        Ok(Principal { issuer: issuer.name.clone(), subject, roles, claims })
    }
}

fn unknown_issuer(claims: &Claims) -> InvalidToken {
    match issuer_claim(claims) {
        Ok(issuer) => InvalidToken::UnknownIssuer(issuer.to_owned()),
        Err(invalid) => invalid,
    }
}

#[cfg(test)]
mod tests;
