//! `tests/cases/*.yaml`: what a policy must decide, in the format that users write for their own policies.
//!
//! ```yaml
//! policy: ../../envoy/policy.yaml     # relative to this file
//! principals:
//!   viewer: { sub: vera, roles: [viewer] }      # claims; `iss`, `aud` and `exp` are added unless given
//!   late: { sub: vera, expires_in: -300 }       # seconds from now, instead of `exp`
//!   mallory: { sub: root, forged: true }        # signed with a key that nobody trusts
//!   nobody: ~                                   # no token
//! cases:
//!   - { request: DELETE /user-data/123, as: viewer, expect: 403 }
//!   - name: a viewer may read                   # optional
//!     request: GET /user-data/123
//!     as: viewer                                # left out: no token
//!     expect: { status: 200, rule: read-user-data }   # also `code` and `message`
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::token::{AUDIENCE, ISSUER, Issuer, now};
use crate::{repository, yaml};

/// One file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Where the file is.
    #[serde(skip)]
    pub path: PathBuf,
    policy: PathBuf,
    principals: BTreeMap<String, Option<Principal>>,
    /// The cases, in the file's order.
    pub cases: Vec<Case>,
}

/// One request and what is expected of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    name: Option<String>,
    /// Method and path, as in `GET /user-data/123`.
    pub request: String,
    /// Who asks; none: no token.
    #[serde(rename = "as")]
    pub principal: Option<String>,
    /// What must come of it.
    pub expect: Expectation,
}

/// What is expected; what is left out may be anything.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Value")]
pub struct Expectation {
    /// The status that the client sees; 200 where the request is let through.
    pub status: u16,
    /// The reason's code.
    pub code: Option<String>,
    /// The rule that governed.
    pub rule: Option<String>,
    /// The sentence that the client is told.
    pub message: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Principal {
    #[serde(default)]
    forged: bool,
    expires_in: Option<i64>,
    #[serde(flatten)]
    claims: Map<String, Value>,
}

impl Suite {
    /// Reads all files in `tests/cases`, in the order of their names.
    pub fn all() -> Result<Vec<Self>> {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(repository("tests/cases"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                paths.push(path);
            }
        }
        paths.sort();
        ensure!(!paths.is_empty(), "there is no file in tests/cases");
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// Reads one file.
    pub fn read(path: &Path) -> Result<Self> {
        let mut suite: Self = yaml::read(path)?;
        suite.path = path.into();
        for case in &suite.cases {
            if let Some(name) = &case.principal {
                ensure!(
                    suite.principals.contains_key(name),
                    "{}: `{}` asks as {name:?}, but `principals` has only {}",
                    path.display(),
                    case.request,
                    suite.principals.keys().cloned().collect::<Vec<_>>().join(", "),
                );
            }
        }
        Ok(suite)
    }

    /// The policy under test.
    pub fn policy(&self) -> Result<Value> {
        let folder = self.path.parent().context("a file has a folder")?;
        yaml::read(&folder.join(&self.policy))
    }

    /// Whether the one who asks brings a token that somebody else signed.
    #[must_use]
    pub fn is_forged(&self, case: &Case) -> bool {
        let principal =
            case.principal.as_ref().and_then(|name| self.principals.get(name)?.as_ref());
        principal.is_some_and(|principal| principal.forged)
    }

    /// The token of the one who asks, if there is one.
    #[must_use]
    pub fn token(&self, case: &Case, issuer: &Issuer, forger: &Issuer) -> Option<String> {
        let principal = self.principals.get(case.principal.as_ref()?)?.as_ref()?;
        let mut claims = principal.claims.clone();
        claims.entry("iss").or_insert_with(|| json!(ISSUER));
        claims.entry("aud").or_insert_with(|| json!(AUDIENCE));
        let expires_in = principal.expires_in.unwrap_or(300);
        claims.entry("exp").or_insert_with(|| json!(now() + expires_in));
        let signer = if principal.forged { forger } else { issuer };
        Some(signer.token(&claims.into()))
    }
}

impl Case {
    /// Its name, or what it asks.
    #[must_use]
    pub fn title(&self) -> String {
        self.name.clone().unwrap_or_else(|| {
            format!("{} as {}", self.request, self.principal.as_deref().unwrap_or("nobody"))
        })
    }
}

impl TryFrom<Value> for Expectation {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Long {
            status: u16,
            code: Option<String>,
            rule: Option<String>,
            message: Option<String>,
        }
        let long = if value.is_object() { value } else { json!({ "status": value }) };
        let Long { status, code, rule, message } =
            serde_json::from_value(long).map_err(|error| format!("expect: {error}"))?;
        Ok(Self { status, code, rule, message })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expectation_is_a_status_or_a_mapping() {
        let short = Expectation::try_from(json!(403));
        assert_eq!(short, Expectation::try_from(json!({ "status": 403 })));
        assert!(short.is_ok());
    }

    #[test]
    fn an_unknown_key_in_an_expectation_is_named() {
        let error = Expectation::try_from(json!({ "status": 403, "reason": "x" })).err();
        let error = error.unwrap_or_default();
        assert!(error.contains("unknown field `reason`"), "{error}");
    }
}
