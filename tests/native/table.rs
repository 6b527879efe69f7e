//! The table of docs/differences.md that is about requests.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use claimgate_tests::{markdown, repository};

use crate::trick::Trick;

/// A kind of difference: what the request has, and who lets it through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kind {
    pub(crate) what: String,
    pub(crate) claimgate_allows: bool,
}

impl Kind {
    pub(crate) fn new(trick: Trick, claimgate_allows: bool) -> Self {
        Self { what: trick.to_string(), claimgate_allows }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = if self.claimgate_allows { "claimgate" } else { "rbac" };
        write!(formatter, "{}: {who} alone allows it", self.what)
    }
}

/// All rows.
pub(crate) fn read() -> Result<BTreeSet<Kind>> {
    let page = fs::read_to_string(repository("docs/differences.md"))
        .context("cannot read docs/differences.md")?;
    let rows = markdown::rows(&page, HEADER);
    ensure!(!rows.is_empty(), "docs/differences.md has no table {HEADER}");
    rows.iter()
        .map(|row| kind(row).with_context(|| format!("docs/differences.md: {row:?}")))
        .collect()
}

fn kind(row: &[String]) -> Result<Kind> {
    let [what, claimgate, native, why] = row else { bail!("has {} cells instead of 4", row.len()) };
    ensure!(!why.is_empty(), "does not say why");
    let claimgate_allows = match (claimgate.as_str(), native.as_str()) {
        ("allows", "denies") => true,
        ("denies", "allows") => false,
        _ => bail!("is no difference"),
    };
    Ok(Kind { what: what.clone(), claimgate_allows })
}

const HEADER: &str =
    "| what the request has | claimgate | jwt_authn + rbac | who is right, and why |";
