//! What a token is to say.

use std::fmt;

use serde_json::{Map, Value};

/// A token that is not written yet.
#[derive(Clone, Default, PartialEq)]
pub struct Draft {
    /// Its claims. Where they are not among these, `exp` is added, and what the issuer asks for as `iss` and `aud`.
    pub claims: Map<String, Value>,
    /// The issuer that signs it, by its name in the configuration; left out: the one whose `iss` it has, else the
    /// first.
    pub issuer: Option<String>,
    /// Seconds from now until it expires, where it has no `exp`; left out: five minutes.
    pub expires_in: Option<i64>,
    /// Whether somebody else signs it, whom nobody trusts.
    pub forged: bool,
}

impl fmt::Debug for Draft {
    /// The names of the claims: what they say may be somebody's.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let claims = self.claims.keys().collect::<Vec<_>>();
        let mut fields = formatter.debug_struct("Draft");
        fields.field("claims", &claims).field("issuer", &self.issuer);
        fields.field("expires_in", &self.expires_in).field("forged", &self.forged).finish()
    }
}
