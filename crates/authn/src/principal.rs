//! A subject established from checked claims.

use crate::claims::Claims;
use crate::memory;
use crate::names::Numbers;
use crate::scopes;
use crate::validity::Validity;

/// Who is asking, once every check on the token has passed. Only an
/// [`Authenticator`](crate::Authenticator) makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub(crate) issuer: String,
    pub(crate) subject: Option<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) role_numbers: Numbers,
    pub(crate) scope_numbers: Numbers,
    pub(crate) validity: Validity,
    /// Those that somebody looks at.
    pub(crate) claims: Claims,
}

impl Principal {
    /// Name of the issuer that vouches for it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The token's `sub`, where it has one.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Its roles, byte for byte as the token or `role_map` has them.
    #[must_use]
    pub fn roles(&self) -> &[String] {
        &self.roles
    }

    /// Those of its roles that the policy speaks of, by their numbers in the [`Vocabulary`](crate::Vocabulary).
    #[must_use]
    pub fn role_numbers(&self) -> &Numbers {
        &self.role_numbers
    }

    /// Those of its scopes that the policy speaks of.
    #[must_use]
    pub fn scope_numbers(&self) -> &Numbers {
        &self.scope_numbers
    }

    /// Its scopes, as the token has them, where the vocabulary has any.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        scopes::of(&self.claims)
    }

    /// Bytes it takes in memory behind itself, not less.
    pub(crate) fn size(&self) -> usize {
        let texts = self.roles.iter().chain(&self.subject).chain([&self.issuer]);
        let numbers = self.role_numbers.size().saturating_add(self.scope_numbers.size());
        let own = memory::list(&self.roles).saturating_add(self.claims.size());
        texts.map(memory::text).fold(own.saturating_add(numbers), usize::saturating_add)
    }

    /// The claims it was established from: those that the [`Vocabulary`](crate::Vocabulary) has.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
    }
}
