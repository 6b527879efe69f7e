//! The program as identity provider, in the place of a policy's issuers.
//!
//! Claims that somebody describes have to come to the gate as a token, for there is one way to a decision, and the
//! check of the signature is a part of it. So each issuer of the configuration is given a key that is made for this
//! run, and everything else stays as it is written: `iss`, audiences, `typ`, where roles are read.

mod draft;
mod key;
mod source;

use std::fmt;

use anyhow::{Result, bail};
use gate::UnixTime;
use serde_json::{Map, Value, json};

pub use draft::Draft;
use key::Key;
pub(crate) use source::Source;

/// The issuers of one configuration, played by the program.
pub struct StandIn {
    issuers: Vec<Issuer>,
    /// Signs what is forged; nobody trusts it.
    forger: Key,
    source: Source,
}

/// What one issuer's tokens have to be like.
struct Issuer {
    name: String,
    iss: Value,
    aud: Value,
    typ: Value,
    key: Key,
}

impl StandIn {
    /// Takes the place of every issuer of a configuration that a gate has taken: whatever `signature` was, it is now a
    /// key of ours, inline.
    ///
    /// # Errors
    /// When the system gives no random bytes for a key.
    pub fn take_over(config: &mut Value) -> Result<Self> {
        let source = Source::first_of(config);
        let rows = config.get_mut("issuers").and_then(Value::as_array_mut);
        let issuers = rows.into_iter().flatten().filter_map(Value::as_object_mut);
        let issuers = issuers.map(Issuer::take_over).collect::<Result<_>>()?;
        Ok(Self { issuers, forger: Key::new()?, source })
    }

    /// The token that this describes, signed; its times are relative to `now`.
    ///
    /// # Errors
    /// When it names an issuer that the configuration does not have.
    pub fn token(&self, draft: &Draft, now: UnixTime) -> Result<String> {
        let issuer = self.issuer(draft)?;
        let mut claims = draft.claims.clone();
        let expires = now.seconds().saturating_add(draft.expires_in.unwrap_or(LIFETIME));
        let own = issuer.map(|issuer| [("iss", &issuer.iss), ("aud", &issuer.aud)]);
        for (claim, value) in own.into_iter().flatten().chain([("exp", &json!(expires))]) {
            if !value.is_null() {
                claims.entry(claim).or_insert_with(|| value.clone());
            }
        }
        let typ = issuer.and_then(|issuer| issuer.typ.as_str()).unwrap_or("JWT");
        // Without issuers, nobody's token is trusted.
        let key = issuer.filter(|_| !draft.forged).map_or(&self.forger, |issuer| &issuer.key);
        Ok(key.sign(typ, &claims))
    }

    /// Puts a token into a request, where `token.from` looks first.
    pub fn attach(&self, token: &str, path: &mut String, headers: &mut Vec<(String, String)>) {
        self.source.attach(token, path, headers);
    }

    /// Whose token it is to be: the one that is named, else whose `iss` it has, else the first.
    fn issuer(&self, draft: &Draft) -> Result<Option<&Issuer>> {
        if let Some(name) = &draft.issuer {
            let Some(named) = self.issuers.iter().find(|issuer| issuer.name == *name) else {
                let names: Vec<_> =
                    self.issuers.iter().map(|issuer| issuer.name.as_str()).collect();
                bail!("{}", gate::unknown("issuer", name, &names));
            };
            return Ok(Some(named));
        }
        let iss = draft.claims.get("iss");
        let of_iss = self.issuers.iter().find(|issuer| iss == Some(&issuer.iss));
        Ok(of_iss.or(self.issuers.first()))
    }
}

impl fmt::Debug for StandIn {
    /// Names, and no keys.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.issuers.iter().map(|issuer| &issuer.name).collect::<Vec<_>>();
        formatter.debug_struct("StandIn").field("issuers", &names).finish_non_exhaustive()
    }
}

impl Issuer {
    /// Takes the place of one issuer.
    fn take_over(row: &mut Map<String, Value>) -> Result<Self> {
        let key = Key::new()?;
        row.insert("signature".to_owned(), json!({ "jwks": { "keys": [key.jwk()] } }));
        // It narrows what other keys may be used with.
        row.remove("algorithms");
        let one = |key: &str| row.get(key).cloned().unwrap_or_default();
        let first = |key: &str| one(key).get(0).cloned().unwrap_or_default();
        let name = one("name").as_str().unwrap_or_default().to_owned();
        Ok(Self { name, iss: one("issuer"), aud: first("audiences"), typ: first("typ"), key })
    }
}

/// Seconds that a token is good for, where nothing else is said.
const LIFETIME: i64 = 300;

#[cfg(test)]
mod tests;
