//! What is told of a token. Never its signature, nor the token as a whole.

use std::fmt::{self, Display, Formatter};

use gate::{Principal, UnixTime};
use serde_json::{Value, json};

use super::times;
use crate::asker::Signature;
use crate::output::{BOLD, DIM, GREEN, RED, YELLOW};
use crate::plain::visible;

/// A token, and what came of it.
pub(super) struct Report<'a> {
    /// As they can be read.
    pub(super) header: Option<Value>,
    pub(super) claims: Option<Value>,
    pub(super) signature: Signature,
    /// The policy whose checks it went through, if one was named.
    pub(super) policy: Option<&'a str>,
    pub(super) principal: Option<&'a Principal>,
    /// Why it establishes nobody.
    pub(super) refused: Option<String>,
    pub(super) now: UnixTime,
}

impl Report<'_> {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "header": self.header,
            "claims": self.claims,
            "signature": self.signature,
            "policy": self.policy,
            "subject": self.principal.and_then(Principal::subject),
            "roles": self.principal.map(Principal::roles),
            "refused": self.refused,
        })
    }

    fn part(&self, title: &str, part: Option<&Value>, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{BOLD}{title}{BOLD:#}")?;
        match part {
            Some(Value::Object(members)) => members.iter().try_for_each(|(name, value)| {
                write!(f, "  {}: {}", visible(name), visible(&value.to_string()))?;
                match times::date(name, value, self.now) {
                    Some(date) => writeln!(f, "  {DIM}{date}{DIM:#}"),
                    None => writeln!(f),
                }
            })?,
            _ => writeln!(f, "  {YELLOW}cannot be read as a JSON object{YELLOW:#}")?,
        }
        writeln!(f)
    }
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.part("header", self.header.as_ref(), f)?;
        self.part("claims", self.claims.as_ref(), f)?;
        writeln!(f, "{BOLD}checked{BOLD:#}")?;
        match self.signature {
            Signature::Checked if self.refused.is_none() => {
                writeln!(f, "  {GREEN}✓{GREEN:#} the signature, with the keys given")?;
            }
            Signature::Checked => {}
            _ => writeln!(
                f,
                "  {YELLOW}? the signature was NOT checked{YELLOW:#}: anybody can have written this"
            )?,
        }
        let by = match self.policy {
            Some(file) => {
                let file = visible(file);
                format!("what {file} asks of tokens: form, dates, issuer, audience, revocation")
            }
            None => {
                "form and dates; no issuer and no audience: name a --policy for these".to_owned()
            }
        };
        match &self.refused {
            Some(reason) => write!(f, "  {RED}✗{RED:#} refused: {}", visible(reason))?,
            None => write!(f, "  {GREEN}✓{GREEN:#} {by}")?,
        }
        match self.principal.filter(|_| self.policy.is_some()) {
            Some(who) => {
                let subject = who.subject().unwrap_or("somebody without `sub`");
                let roles = who.roles();
                let roles = if roles.is_empty() { "none".to_owned() } else { roles.join(", ") };
                let who = format!("{subject}, of issuer {}; roles: {roles}", who.issuer());
                write!(f, "\n\n  {}", visible(&who))
            }
            None => Ok(()),
        }
    }
}
