//! Suites: what a policy must decide, in YAML.
//!
//! ```yaml
//! policy: policy.yaml     # relative to this file: a policy, or a file that holds one
//! principals:
//!   # Claims. `exp` is added, and what the policy's issuer asks for as `iss` and `aud`, unless given.
//!   viewer: { sub: vera, roles: [viewer] }
//!   late: { sub: vera, expires_in: -300 }       # seconds from now, instead of `exp`
//!   mallory: { sub: root, forged: true }        # signed with a key that nobody trusts
//!   partner: { sub: pat, issuer: partners }     # by the issuer of this name; left out: the first
//!   nobody: ~                                   # no token
//! cases:
//!   - { request: DELETE /user-data/123, as: viewer, expect: 403 }
//!   - name: a viewer may read                   # optional
//!     request: GET /user-data/123
//!     as: viewer                                # left out: no token
//!     expect: { status: 200, rule: read-user-data }   # also `code` and `message`
//!   - { request: GET /me, as: [viewer, partner], expect: 200 }    # each of them; `~` among them is no token
//!   - { request: GET /healthz, as: "*", expect: 200 }   # every principal of this file, and no token
//!   - request: GET /orders
//!     host: acme.example.com                    # left out: a host that no policy names
//!     headers: { x-tenant: acme }               # a list of values: the header comes as often
//!     as: viewer
//!     expect: 200
//!   - grpc: shop.Orders/List                    # instead of `request`: a gRPC call. `status` is the decision's; the
//!     expect: 401                               # client must see the grpc-status that stands for it
//! ```
//!
//! **What no case lists must be denied**: each request of the file is made by each of its principals and without a
//! token, too, and whatever gets through without a case that says so is a failure.

mod case;
mod check;
mod coverage;
mod expectation;
mod file;
mod outcome;
mod request;
mod runner;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::policy;
use crate::stand_in::Draft;

pub use case::Case;
pub use check::Check;
pub use coverage::{Coverage, Lack};
pub use expectation::Expectation;
pub use outcome::Outcome;
pub use request::Request;
pub use runner::Runner;

/// One file of cases, with the policy that it is about.
#[derive(Debug)]
pub struct Suite {
    /// The file; `-` is the standard input.
    pub path: PathBuf,
    /// The configuration under test, as it is written.
    pub config: Value,
    /// The cases, in the file's order; at least one.
    pub cases: Vec<Case>,
    /// What each principal's token says; of those that have none, nothing.
    principals: BTreeMap<String, Option<Draft>>,
}

impl Suite {
    /// Reads a file of cases, and the policy that it names.
    ///
    /// # Errors
    /// When one of them cannot be read, with every case that makes no sense and its line.
    pub fn read(path: &Path) -> Result<Self> {
        let text = policy::text(&path.to_string_lossy())?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        Self::parse(path, &text, |policy| {
            Ok(policy::load(&folder.join(policy).to_string_lossy())?.config)
        })
        .with_context(|| path.display().to_string())
    }

    fn parse(path: &Path, text: &str, load: impl FnOnce(&Path) -> Result<Value>) -> Result<Self> {
        let file = file::read(text)?;
        let principals = case::principals(file.principals)?;
        let cases = case::cases(file.cases, &principals)?;
        let config = load(&file.policy)?;
        Ok(Self { path: path.to_owned(), config, cases, principals })
    }

    /// Everything that is to be tried: what the cases list, in their order, and then every request of theirs by
    /// everybody for whom no case lists it.
    #[must_use]
    pub fn checks(&self) -> Vec<Check<'_>> {
        check::all(self)
    }

    /// What the token of a principal says; nothing, where there is no token.
    fn draft(&self, principal: &str) -> Option<&Draft> {
        self.principals.get(principal)?.as_ref()
    }

    /// Whoever brings a token, by name, and what it says.
    fn drafts(&self) -> impl Iterator<Item = (&str, &Draft)> {
        self.principals.iter().filter_map(|(name, draft)| Some((name.as_str(), draft.as_ref()?)))
    }
}

#[cfg(test)]
mod tests;
