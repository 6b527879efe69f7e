//! From credentials to a principal.

mod vouched;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::claims::Claims;
use crate::credentials::{Credentials, Presented, TokenSources};
use crate::host::Host;
use crate::issuer::{Issuer, Signature, issuer_claim};
use crate::names::Vocabulary;
use crate::principal::Principal;
use crate::rejection::{InvalidToken, Unauthenticated};
use crate::remote_keys::RemoteKeys;
use crate::revoked::Revoked;
use crate::scopes;
use crate::time::UnixTime;
use crate::token_cache::{CacheLimits, TokenCache, Verified};

/// Establishes who is asking, for the issuers and token rules of one configuration.
#[derive(Debug)]
pub struct Authenticator {
    issuers: Vec<Issuer>,
    /// Whether jwt_authn vouches for tokens of some issuer.
    is_vouched: bool,
    rules: TokenRules,
    vocabulary: Vocabulary,
    /// The claims that are looked at once a principal is established.
    kept: BTreeSet<String>,
    /// Only tokens whose signature was verified here; what they say was checked, but for the time.
    cache: RefCell<TokenCache>,
    counts: Cell<CacheCounts>,
}

/// How often tokens were asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheCounts {
    /// Those that were remembered.
    pub hits: u64,
    /// Those that were not, or whose keys do not count any more.
    pub misses: u64,
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
    /// How much is remembered of verified tokens.
    pub cache: CacheLimits,
    /// What does not count any more.
    pub revoked: Revoked,
}

impl Authenticator {
    /// An authenticator for these issuers. With several, each has its own `iss` (the caller sees to it). Of a
    /// principal's roles and scopes, those of the vocabulary are numbered.
    #[must_use]
    pub fn new(issuers: Vec<Issuer>, rules: TokenRules, vocabulary: Vocabulary) -> Self {
        let cache = RefCell::new(TokenCache::new(rules.cache));
        let by_jwt_authn = |issuer: &Issuer| matches!(issuer.signature, Signature::JwtAuthn { .. });
        let is_vouched = issuers.iter().any(by_jwt_authn);
        let scopes = scopes::CLAIMS.iter().filter(|_| !vocabulary.scopes.is_empty());
        let kept = scopes.copied().chain(rules.revoked.claims()).map(str::to_owned);
        let kept = kept.chain(vocabulary.claims.iter().cloned()).collect();
        Self { issuers, is_vouched, rules, vocabulary, kept, cache, counts: Cell::default() }
    }

    /// Where tokens are looked for.
    #[must_use]
    pub fn sources(&self) -> &TokenSources {
        &self.rules.sources
    }

    /// The issuers.
    #[must_use]
    pub fn issuers(&self) -> &[Issuer] {
        &self.issuers
    }

    /// The roles and scopes that are looked at.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The issuers that publish their keys, by name.
    pub fn remote_keys(&self) -> impl Iterator<Item = (&str, &RemoteKeys)> {
        self.issuers.iter().filter_map(|issuer| match &issuer.signature {
            Signature::RemoteJwks(remote) => Some((issuer.name.as_str(), &**remote)),
            _ => None,
        })
    }

    /// How often tokens were remembered and not, since this was last asked.
    pub fn take_cache_counts(&self) -> CacheCounts {
        self.counts.take()
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
        credentials: &Credentials<'_>,
        host: &impl Host,
        now: UnixTime,
    ) -> Result<Rc<Principal>, Unauthenticated> {
        let principal = if self.is_vouched {
            self.vouched(credentials, host, now)
        } else {
            self.token(credentials).and_then(|token| self.presented(token, host, now))
        }?;
        // Last and on its own, also for what is remembered from one request to the next.
        self.rules.revoked.check(principal.claims())?;
        Ok(principal)
    }

    /// The token of the credentials.
    fn token<'t>(&self, credentials: &Credentials<'t>) -> Result<Presented<'t>, Unauthenticated> {
        let token = credentials.token()?;
        let (found, limit) = (token.bytes.len(), self.rules.max_bytes);
        if found > limit {
            token.checked()?;
            return Err(InvalidToken::TooLong { found, limit }.into());
        }
        Ok(token)
    }

    /// The principal of a token that nobody in front vouches for.
    fn presented(
        &self,
        presented: Presented<'_>,
        host: &impl Host,
        now: UnixTime,
    ) -> Result<Rc<Principal>, Unauthenticated> {
        // Asked first: what is remembered has the form of a token.
        let remembered = self.remembered(presented.bytes, now);
        self.note_look_up(remembered.is_some());
        match remembered {
            Some(principal) => {
                principal.validity.check(now, self.rules.leeway_seconds)?;
                Ok(principal)
            }
            None => self.first_seen(presented, host, now),
        }
    }

    /// The same of a token that is not remembered. Not inlined: what is done with every request stays close together, and
    /// in a processor's cache.
    #[inline(never)]
    fn first_seen(
        &self,
        presented: Presented<'_>,
        host: &impl Host,
        now: UnixTime,
    ) -> Result<Rc<Principal>, Unauthenticated> {
        let jwt = presented.jwt()?;
        let (index, issuer) = self.issuer_of(&jwt.claims)?;
        let keys = issuer.authenticate(&jwt, host, now)?;
        let principal = Rc::new(self.principal(issuer, jwt.claims, now)?);
        if let Some(keys) = keys {
            let verified = Verified { issuer: index, keys, principal: Rc::clone(&principal) };
            self.remember(presented.bytes, verified);
        }
        Ok(principal)
    }

    /// The issuer that a token names by its `iss`, and its index.
    fn issuer_of(&self, claims: &Claims) -> Result<(usize, &Issuer), InvalidToken> {
        for (index, issuer) in self.issuers.iter().enumerate() {
            if issuer.issued(claims)? {
                return Ok((index, issuer));
            }
        }
        Err(unknown_issuer(claims))
    }

    /// The principal that this very token established before, with the keys that still count.
    fn remembered(&self, token: &[u8], now: UnixTime) -> Option<Rc<Principal>> {
        let mut cache = self.cache.try_borrow_mut().ok()?;
        let verified = cache.get(token)?;
        let keys = self.issuers.get(verified.issuer)?.signature.keys(now)?;
        Rc::ptr_eq(&keys, &verified.keys).then(|| Rc::clone(&verified.principal))
    }

    fn note_look_up(&self, hit: bool) {
        let CacheCounts { hits, misses } = self.counts.get();
        self.counts.set(CacheCounts {
            hits: hits.saturating_add(u64::from(hit)),
            misses: misses.saturating_add(u64::from(!hit)),
        });
    }

    fn remember(&self, token: &[u8], verified: Verified) {
        if let Ok(mut cache) = self.cache.try_borrow_mut() {
            cache.insert(token, verified);
        }
    }

    fn principal(
        &self,
        issuer: &Issuer,
        claims: Claims,
        now: UnixTime,
    ) -> Result<Principal, InvalidToken> {
        claims.require(&self.rules.required_claims)?;
        let validity = claims.validity()?;
        validity.check(now, self.rules.leeway_seconds)?;
        issuer.check_audience(&claims)?;
        // Of their types even where nothing asks for them (RFC 7519 sections 4.1.6 and 4.1.7): a token that is
        // malformed there is malformed to everybody else.
        claims.issued_at()?;
        claims.text("jti")?;
        let subject = claims.text("sub")?.map(str::to_owned);
        let roles = issuer.roles.of(&claims);
        let mut role_numbers = self.vocabulary.roles.among(roles.iter().map(String::as_str));
        role_numbers.extend(&self.vocabulary.everybody);
        Ok(Principal {
            issuer: issuer.name.clone(),
            subject,
            role_numbers,
            scope_numbers: self.vocabulary.scopes.among(scopes::of(&claims)),
            roles,
            validity,
            claims: claims.only(&self.kept),
        })
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
