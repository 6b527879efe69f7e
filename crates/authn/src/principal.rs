//! A subject established from checked claims.

use std::fmt;

use crate::claims::Claims;

/// Who is asking, once every check on the token has passed. Only an
/// [`Authenticator`](crate::Authenticator) makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct Principal {
    pub(crate) issuer: String,
    pub(crate) subject: Option<String>,
    pub(crate) roles: Vec<String>,
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

    /// Whether it has this role; names are compared byte for byte.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own == role)
    }

    /// Bytes it takes in memory, estimated.
    pub(crate) fn size(&self) -> usize {
        let texts = self.roles.iter().map(|role| role.len().saturating_add(24)).sum::<usize>();
        let subject = self.subject.as_ref().map_or(0, String::len);
        let own = size_of::<Self>().saturating_add(self.issuer.len()).saturating_add(subject);
        own.saturating_add(texts).saturating_add(self.claims.size())
    }

    /// The claims it was established from.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
    }
}

impl fmt::Debug for Principal {
    /// Issuer, subject and roles; of the claims only the names.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Principal")
            .field("issuer", &self.issuer)
            .field("subject", &self.subject)
            .field("roles", &self.roles)
            .field("claims", &self.claims)
            .finish()
    }
}
