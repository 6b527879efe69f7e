//! Where Envoy's jwt_authn vouches for requests.

use std::rc::Rc;

use super::{Authenticator, unknown_issuer};
use crate::claims::Claims;
use crate::credentials::Credentials;
use crate::host::Host;
use crate::issuer::{Issuer, Signature};
use crate::metadata::VerifiedPayloads;
use crate::principal::Principal;
use crate::rejection::{InvalidToken, Unauthenticated};
use crate::time::UnixTime;

impl Authenticator {
    /// Who is asking, where jwt_authn may vouch for a request.
    #[inline(never)]
    pub(super) fn vouched(
        &self,
        credentials: &Credentials<'_>,
        host: &impl Host,
        now: UnixTime,
    ) -> Result<Rc<Principal>, Unauthenticated> {
        match (self.verified_payload(host)?, self.token(credentials)) {
            (Some((_, verified)), Ok(token)) if !verified.same(&token.jwt()?.claims) => {
                Err(InvalidToken::AnotherToken.into())
            }
            (Some((issuer, claims)), Ok(_) | Err(Unauthenticated::NoToken)) => {
                Ok(Rc::new(self.principal(issuer, claims, now)?))
            }
            (None, Ok(token)) => self.presented(token, host, now),
            (_, Err(refused)) => Err(refused),
        }
    }

    /// The payload that jwt_authn verified on this request, with the issuer it is configured for.
    fn verified_payload(
        &self,
        host: &impl Host,
    ) -> Result<Option<(&Issuer, Claims)>, Unauthenticated> {
        let keys = self.issuers.iter().filter_map(|issuer| match &issuer.signature {
            Signature::JwtAuthn { metadata } => Some((issuer, metadata)),
            _ => None,
        });
        let payloads = VerifiedPayloads::parse(&host.dynamic_metadata()?)?;
        let mut found: Option<(&Issuer, Claims)> = None;
        let mut foreign: Option<Claims> = None;
        for (issuer, key) in keys {
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
}
