//! Tokens that do not count any more, although everything else about them is right.

use std::collections::BTreeSet;

use crate::claims::Claims;
use crate::rejection::InvalidToken;
use crate::time::UnixTime;

/// What was revoked, whoever issued it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revoked {
    /// Tokens, by `jti`.
    pub ids: BTreeSet<String>,
    /// Subjects, by `sub`.
    pub subjects: BTreeSet<String>,
    /// All tokens issued before this moment, and those that do not say when they were issued.
    pub issued_before: Option<UnixTime>,
}

impl Revoked {
    /// The claims that are looked at.
    pub(crate) fn claims(&self) -> impl Iterator<Item = &'static str> {
        let looked_at = [
            ("jti", !self.ids.is_empty()),
            ("sub", !self.subjects.is_empty()),
            ("iat", self.issued_before.is_some()),
        ];
        looked_at.into_iter().filter_map(|(claim, is_looked_at)| is_looked_at.then_some(claim))
    }

    /// That the token with these claims was not revoked.
    ///
    /// A claim that is looked at and of a wrong type is an error: nobody gets by with a `jti` that compares
    /// to nothing. Clocks get no leeway here, the moment is the operator's.
    pub(crate) fn check(&self, claims: &Claims) -> Result<(), InvalidToken> {
        for (claim, revoked) in [("jti", &self.ids), ("sub", &self.subjects)] {
            if !revoked.is_empty() && claims.text(claim)?.is_some_and(|own| revoked.contains(own)) {
                return Err(InvalidToken::Revoked(claim));
            }
        }
        let Some(earliest) = self.issued_before else { return Ok(()) };
        let issued =
            claims.issued_at()?.ok_or_else(|| InvalidToken::ClaimMissing("iat".to_owned()))?;
        if issued < earliest {
            let seconds = earliest.seconds().saturating_sub(issued.seconds());
            return Err(InvalidToken::IssuedBefore { seconds });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn said(revoked: &Revoked, claims: &Value) -> String {
        let Value::Object(members) = claims.clone() else { panic!("not an object: {claims}") };
        let checked = revoked.check(&Claims::new(members));
        checked.map_or_else(|error| error.to_string(), |()| "ok".to_owned())
    }

    #[test]
    fn ids_and_subjects_byte_for_byte() {
        let revoked = Revoked {
            ids: ["t-1".to_owned()].into(),
            subjects: ["mallory".to_owned()].into(),
            issued_before: None,
        };
        let jti = "claim `jti` is in `revoked.jti`";
        let sub = "claim `sub` is in `revoked.sub`";
        for (claims, expected) in [
            (json!({}), "ok"),
            (json!({"jti": "t-2", "sub": "alice"}), "ok"),
            (json!({"jti": "T-1", "sub": "mallory "}), "ok"),
            (json!({"jti": "mallory", "sub": "t-1"}), "ok"),
            (json!({"jti": "t-1"}), jti),
            (json!({"sub": "mallory"}), sub),
            (json!({"jti": "t-1", "sub": "mallory"}), jti),
            (json!({"jti": ["t-1"]}), "claim `jti` is an array, expected a string"),
            (json!({"jti": null}), "claim `jti` is null, expected a string"),
            (json!({"sub": 5}), "claim `sub` is a number, expected a string"),
        ] {
            assert_eq!(said(&revoked, &claims), expected, "{claims}");
            assert_eq!(said(&Revoked::default(), &claims), "ok", "{claims}");
        }
    }

    #[test]
    fn everything_issued_before_a_moment() {
        let issued_before = Some(UnixTime::from_seconds(1_000));
        let revoked = Revoked { issued_before, ..Revoked::default() };
        let date = |found| format!("claim `iat` is {found}, expected a number of seconds");
        for (claims, expected) in [
            (json!({"iat": 1_000}), "ok".to_owned()),
            (json!({"iat": 1_000.5}), "ok".to_owned()),
            (json!({"iat": 5_000}), "ok".to_owned()),
            (json!({"iat": 999}), "issued 1 s before `revoked.issued_before`".to_owned()),
            (json!({"iat": 999.9}), "issued 1 s before `revoked.issued_before`".to_owned()),
            (json!({"iat": -5}), "issued 1005 s before `revoked.issued_before`".to_owned()),
            (json!({}), "claim `iat` is missing".to_owned()),
            (json!({"iat": "5000"}), date("a string")),
            (json!({"iat": null}), date("null")),
            (json!({"iat": [5_000]}), date("an array")),
            (json!({"iat": 1e300}), date("out of range")),
        ] {
            assert_eq!(said(&revoked, &claims), expected, "{claims}");
            assert_eq!(said(&Revoked::default(), &claims), "ok", "{claims}");
        }
    }
}
