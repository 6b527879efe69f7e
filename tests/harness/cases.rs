//! `tests/cases/*.yaml` and `envoy/policy-examples/*.cases.yaml`: what a policy must decide, in the format that users
//! write for their own policies.
//!
//! ```yaml
//! policy: ../../envoy/policy.yaml     # relative to this file
//! principals:
//!   # Claims. `exp` is added, and what the policy's first issuer asks for as `iss` and `aud`, unless given.
//!   viewer: { sub: vera, roles: [viewer] }
//!   late: { sub: vera, expires_in: -300 }       # seconds from now, instead of `exp`
//!   mallory: { sub: root, forged: true }        # signed with a key that nobody trusts
//!   nobody: ~                                   # no token
//! cases:
//!   - { request: DELETE /user-data/123, as: viewer, expect: 403 }
//!   - name: a viewer may read                   # optional
//!     request: GET /user-data/123
//!     as: viewer                                # left out: no token
//!     expect: { status: 200, rule: read-user-data }   # also `code` and `message`
//!   - request: GET /orders
//!     host: acme.example.com                    # left out: a host that no policy names
//!     headers: { x-tenant: acme }               # a list of values: the header comes as often
//!     as: viewer
//!     expect: 200
//!   - grpc: shop.Orders/List                    # instead of `request`: a gRPC call. `status` is the decision's; the
//!     expect: 401                               # client must see the grpc-status that stands for it
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::token::{Issuer, now};
use crate::{repository, yaml};

mod expectation;

pub use expectation::Expectation;

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
    request: Option<String>,
    grpc: Option<String>,
    /// The host that is asked for, where it matters.
    pub host: Option<String>,
    /// Headers, each with the values that it comes with.
    #[serde(default)]
    pub headers: BTreeMap<String, Values>,
    /// Who asks; none: no token.
    #[serde(rename = "as")]
    pub principal: Option<String>,
    /// What must come of it.
    pub expect: Expectation,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub enum Ask<'c> {
    /// A plain request: its method and path.
    Http(&'c str, &'c str),
    /// A gRPC call: its method, as in `shop.Orders/List`.
    Grpc(&'c str),
}

/// What a header comes with.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// One value.
    One(String),
    /// Several, a header each.
    Many(Vec<String>),
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
    /// Reads all files of cases: of `tests/cases`, and of the examples; each folder in the order of names.
    pub fn all() -> Result<Vec<Self>> {
        let mut paths = Vec::new();
        for (folder, ending) in [("tests/cases", ".yaml"), ("envoy/policy-examples", ".cases.yaml")]
        {
            let mut found = Vec::new();
            for entry in std::fs::read_dir(repository(folder))? {
                let path = entry?.path();
                if path.to_string_lossy().ends_with(ending) {
                    found.push(path);
                }
            }
            ensure!(!found.is_empty(), "there are no cases in {folder}");
            found.sort();
            paths.append(&mut found);
        }
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// Reads one file.
    pub fn read(path: &Path) -> Result<Self> {
        let mut suite: Self = yaml::read(path)?;
        suite.path = path.into();
        for case in &suite.cases {
            let (file, title) = (path.display(), case.title());
            ensure!(
                case.request.is_some() != case.grpc.is_some(),
                "{file}: `{title}` needs exactly one of `request` and `grpc`"
            );
            case.ask().with_context(|| format!("{file}: `{title}`"))?;
            if let Some(name) = &case.principal {
                ensure!(
                    suite.principals.contains_key(name),
                    "{file}: `{title}` asks as {name:?}, but `principals` has only {}",
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

    /// The token of the one who asks, if there is one, as this policy's first issuer makes them.
    #[must_use]
    pub fn token(
        &self,
        case: &Case,
        policy: &Value,
        issuer: &Issuer,
        forger: &Issuer,
    ) -> Option<String> {
        let principal = self.principals.get(case.principal.as_ref()?)?.as_ref()?;
        let mut claims = principal.claims.clone();
        let trusted = &policy["issuers"][0];
        for (claim, value) in [("iss", &trusted["issuer"]), ("aud", &trusted["audiences"][0])] {
            if !value.is_null() && !claims.contains_key(claim) {
                claims.insert(claim.to_owned(), value.clone());
            }
        }
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
        let asked = self.request.as_ref().or(self.grpc.as_ref()).map_or("", String::as_str);
        self.name.clone().unwrap_or_else(|| {
            format!("{asked} as {}", self.principal.as_deref().unwrap_or("nobody"))
        })
    }

    /// What is asked.
    pub fn ask(&self) -> Result<Ask<'_>> {
        if let Some(method) = &self.grpc {
            return Ok(Ask::Grpc(method));
        }
        let line = self.request.as_deref().unwrap_or_default();
        let (method, path) = line.split_once(' ').context("a request is a method and a path")?;
        Ok(Ask::Http(method, path))
    }

    /// Its headers, each as often as it comes.
    pub fn header_fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().flat_map(|(name, values)| {
            let values = match values {
                Values::One(value) => std::slice::from_ref(value),
                Values::Many(values) => values,
            };
            values.iter().map(move |value| (name.as_str(), value.as_str()))
        })
    }
}
