//! Claims, and the checks that make them a principal's.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use crate::json;
use crate::memory;
use crate::rejection::InvalidToken;
use crate::time::{InvalidDate, UnixTime};
use crate::validity::Validity;

/// The members of a JWT's payload (RFC 7519 section 4).
#[derive(Clone, PartialEq, Eq)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// The claims that are the members of this object.
    #[must_use]
    pub fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// The claim at this path, if every step of it is there.
    #[must_use]
    pub fn at(&self, path: &ClaimPath) -> Option<&Value> {
        let mut members = &self.0;
        for step in &path.parents {
            members = members.get(step)?.as_object()?;
        }
        members.get(&path.name)
    }

    /// Only those of these names.
    pub(crate) fn only(self, names: &BTreeSet<String>) -> Self {
        let mut kept = Map::new();
        // One by one: there are few, and what builds a map of many sorts them first.
        for (name, value) in self.0 {
            if names.contains(&name) {
                kept.insert(name, value);
            }
        }
        Self(kept)
    }

    /// Bytes they take in memory behind themselves, not less.
    pub(crate) fn size(&self) -> usize {
        memory::members(&self.0)
    }

    /// The top-level claims by name.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether the other claims are the same, as far as jwt_authn's metadata can tell: it holds numbers as
    /// doubles, and may have split strings at blanks (`normalize_payload_in_metadata`).
    pub(crate) fn same(&self, other: &Self) -> bool {
        same_members(&self.0, &other.0)
    }

    /// The text of a claim that is a `StringOrURI` where it is present (RFC 7519 section 2).
    pub(crate) fn text(&self, claim: &'static str) -> Result<Option<&str>, InvalidToken> {
        match self.0.get(claim) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong_type(claim, "a string", json::kind(other))),
        }
    }

    /// That each of these top-level claims is present.
    pub(crate) fn require(&self, names: &[String]) -> Result<(), InvalidToken> {
        match names.iter().find(|name| !self.0.contains_key(*name)) {
            Some(name) => Err(InvalidToken::ClaimMissing(name.clone())),
            None => Ok(()),
        }
    }

    /// The time that `exp` and `nbf` give (RFC 7519 sections 4.1.4 and 4.1.5), rounded so that it is never longer than
    /// written. A claim that is no date is an error, never "no limit".
    pub(crate) fn validity(&self) -> Result<Validity, InvalidToken> {
        Ok(Validity {
            end: self.date("exp", UnixTime::floor)?,
            start: self.date("nbf", UnixTime::ceil)?,
        })
    }

    /// The moment of `iat`, where it is present, rounded down (RFC 7519 section 4.1.6).
    pub(crate) fn issued_at(&self) -> Result<Option<UnixTime>, InvalidToken> {
        self.date("iat", UnixTime::floor)
    }

    fn date(
        &self,
        claim: &'static str,
        read: fn(&Value) -> Result<UnixTime, InvalidDate>,
    ) -> Result<Option<UnixTime>, InvalidToken> {
        let Some(value) = self.0.get(claim) else { return Ok(None) };
        read(value).map(Some).map_err(|error| not_a_date(claim, value, error))
    }

    /// Whether `aud`, a string or an array of strings (RFC 7519 section 4.1.3), names one of these.
    pub(crate) fn has_audience(&self, accepted: &[String]) -> Result<bool, InvalidToken> {
        const EXPECTED: &str = "a string or an array of strings";
        match self.0.get("aud") {
            None => Err(InvalidToken::ClaimMissing("aud".to_owned())),
            Some(Value::String(audience)) => Ok(accepted.contains(audience)),
            Some(Value::Array(audiences)) => {
                if let Some(other) = audiences.iter().find(|audience| !audience.is_string()) {
                    return Err(wrong_type("aud", EXPECTED, json::kind(other)));
                }
                let mut names = audiences.iter().filter_map(Value::as_str);
                Ok(names.any(|name| accepted.iter().any(|one| one == name)))
            }
            Some(other) => Err(wrong_type("aud", EXPECTED, json::kind(other))),
        }
    }
}

impl fmt::Debug for Claims {
    /// Names only: values are the subject's.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

/// Where a claim sits: the names of the objects around it, then its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath {
    parents: Vec<String>,
    name: String,
}

impl ClaimPath {
    /// Reads `realm_access.roles`: names joined by dots.
    ///
    /// # Errors
    /// When a name is empty.
    pub fn parse(text: &str) -> Result<Self, InvalidClaimPath> {
        Self::literal(text.split('.').map(str::to_owned).collect())
    }

    /// The path of these names, whatever characters they have: `["https://example.com/roles"]`.
    ///
    /// # Errors
    /// When there is no name, or one is empty.
    pub fn literal(mut names: Vec<String>) -> Result<Self, InvalidClaimPath> {
        if names.iter().any(String::is_empty) {
            return Err(InvalidClaimPath);
        }
        let name = names.pop().ok_or(InvalidClaimPath)?;
        Ok(Self { parents: names, name })
    }

    /// Its names, the outermost first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parents.iter().chain([&self.name]).map(String::as_str)
    }
}

/// A claim path has no name, or an empty one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a claim path is one or more names, none of them empty")]
pub struct InvalidClaimPath;

fn same_members(verified: &Map<String, Value>, token: &Map<String, Value>) -> bool {
    verified.len() == token.len()
        && verified.iter().all(|(name, value)| token.get(name).is_some_and(|own| same(value, own)))
}

// Recursion is bounded: the readers refuse what is nested more than 128 deep.
fn same(verified: &Value, token: &Value) -> bool {
    match (verified, token) {
        (Value::Number(one), Value::Number(two)) => one.as_f64() == two.as_f64(),
        (Value::Array(one), Value::Array(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| same(one, two))
        }
        (Value::Object(one), Value::Object(two)) => same_members(one, two),
        (Value::Array(pieces), Value::String(whole)) => {
            pieces.iter().map(Value::as_str).eq(whole.split(' ').map(Some))
        }
        _ => verified == token,
    }
}

fn wrong_type(claim: &'static str, expected: &'static str, found: &'static str) -> InvalidToken {
    InvalidToken::ClaimType { claim, expected, found }
}

fn not_a_date(claim: &'static str, value: &Value, error: InvalidDate) -> InvalidToken {
    let found = match error {
        InvalidDate::NotANumber => json::kind(value),
        InvalidDate::OutOfRange => "out of range",
    };
    wrong_type(claim, "a number of seconds", found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Claims {
        let Value::Object(members) = value else { panic!("not an object: {value}") };
        Claims::new(members)
    }

    #[test]
    fn audiences() {
        let wrong =
            |found| format!("claim `aud` is {found}, expected a string or an array of strings");
        for (payload, expected) in [
            (json!({"aud": "api"}), Ok(true)),
            (json!({"aud": ["other", "api"]}), Ok(true)),
            (json!({"aud": "API"}), Ok(false)),
            (json!({"aud": "api "}), Ok(false)),
            (json!({"aud": "xapi"}), Ok(false)),
            (json!({"aud": []}), Ok(false)),
            (json!({}), Err("claim `aud` is missing".to_owned())),
            (json!({"aud": 5}), Err(wrong("a number"))),
            (json!({"aud": {"api": "api"}}), Err(wrong("an object"))),
            (json!({"aud": ["api", 5]}), Err(wrong("a number"))),
            (json!({"aud": [["api"]]}), Err(wrong("an array"))),
        ] {
            let found = claims(payload.clone()).has_audience(&["api".to_owned()]);
            assert_eq!(found.map_err(|error| error.to_string()), expected, "{payload}");
        }
    }

    #[test]
    fn claim_paths() {
        let claims =
            claims(json!({"a": {"b": {"c": 1}}, "a.b": 2, "https://x.y/roles": 3, "s": "t"}));
        for (path, expected) in [
            (ClaimPath::parse("a.b.c"), Ok(Some(1))),
            (ClaimPath::parse("a.x.c"), Ok(None)),
            (ClaimPath::parse("s.t"), Ok(None)),
            (ClaimPath::literal(vec!["a.b".to_owned()]), Ok(Some(2))),
            (ClaimPath::literal(vec!["https://x.y/roles".to_owned()]), Ok(Some(3))),
            (ClaimPath::parse(""), Err(InvalidClaimPath)),
            (ClaimPath::parse("a..b"), Err(InvalidClaimPath)),
            (ClaimPath::parse(".a"), Err(InvalidClaimPath)),
            (ClaimPath::literal(vec![]), Err(InvalidClaimPath)),
        ] {
            let found = path.map(|path| claims.at(&path).and_then(Value::as_i64));
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn sameness_forgives_what_metadata_cannot_keep_and_nothing_else() {
        let token =
            json!({"sub": "a", "n": u64::MAX, "scope": "x y", "o": {"l": [1, null, true, "s"]}});
        let same = |verified: Value| claims(verified).same(&claims(token.clone()));
        let double = 18_446_744_073_709_551_615.0;
        let verified =
            json!({"sub": "a", "n": double, "scope": "x y", "o": {"l": [1, null, true, "s"]}});
        assert!(same(verified.clone()));
        for (place, value, expected) in [
            ("/scope", json!(["x", "y"]), true),
            ("/scope", json!(["x y"]), false),
            ("/scope", json!(["x"]), false),
            ("/sub", json!("b"), false),
            ("/n", json!(1), false),
            ("/o/l/0", json!(2), false),
            ("/o/l", json!([1, null, true]), false),
            ("/o", json!({}), false),
            ("/o", json!(null), false),
        ] {
            let mut changed = verified.clone();
            *changed.pointer_mut(place).unwrap() = value.clone();
            assert_eq!(same(changed), expected, "{place} {value}");
        }
        assert!(!claims(json!({"a": 1, "b": 2})).same(&claims(json!({"a": 1}))));
        assert!(!claims(json!({"a": 1})).same(&claims(json!({"a": 1, "b": 2}))));
    }

    #[test]
    fn debug_shows_names_only() {
        assert_eq!(format!("{:?}", claims(json!({"sub": "alice"}))), r#"{"sub"}"#);
    }
}
