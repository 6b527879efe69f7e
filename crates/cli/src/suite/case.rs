//! Cases, and who makes their requests.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail, ensure};
use serde_saphyr::Spanned;

use super::file::{CaseRow, OneOrMany, PrincipalRow};
use super::{Expectation, Request};
use crate::stand_in::Draft;

/// A request, who makes it, and what must come of it.
#[derive(Debug)]
pub struct Case {
    /// What it is called, where it is.
    pub name: Option<String>,
    /// The line of the file that it begins on.
    pub line: u64,
    /// What is asked.
    pub request: Request,
    /// Who asks, each for themselves; at least one. `None` is nobody: no token.
    pub principals: Vec<Option<String>>,
    /// What must come of it, whoever asks.
    pub expect: Expectation,
}

/// Reads the principals.
pub(super) fn principals(
    rows: BTreeMap<String, Option<PrincipalRow>>,
) -> Result<BTreeMap<String, Option<Draft>>> {
    rows.into_iter()
        .map(|(name, row)| {
            let draft =
                row.map(draft).transpose().with_context(|| format!("principal {name:?}"))?;
            ensure!(name != EVERYBODY, "principal {name:?}: `{EVERYBODY}` is everybody");
            Ok((name, draft))
        })
        .collect()
}

fn draft(row: PrincipalRow) -> Result<Draft> {
    let PrincipalRow { forged, expires_in, issuer, claims } = row;
    ensure!(
        expires_in.is_none() || !claims.contains_key("exp"),
        "expected only one of `exp` and `expires_in`"
    );
    Ok(Draft { claims, issuer, expires_in, forged })
}

/// Reads the cases, and says of each that makes no sense what is wrong with it.
pub(super) fn cases(
    rows: Vec<Spanned<CaseRow>>,
    principals: &BTreeMap<String, Option<Draft>>,
) -> Result<Vec<Case>> {
    ensure!(!rows.is_empty(), "`cases` is an empty list");
    let (mut cases, mut problems) = (Vec::new(), Vec::new());
    for row in rows {
        let line = row.referenced.line();
        match case(line, row.value, principals) {
            Ok(case) => cases.push(case),
            Err(problem) => problems.push(format!("line {line}: {problem:#}")),
        }
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(cases)
}

fn case(line: u64, row: CaseRow, principals: &BTreeMap<String, Option<Draft>>) -> Result<Case> {
    let mut request = match (&row.request, &row.grpc) {
        (Some(line), None) => Request::parse(line)?,
        (None, Some(method)) => Request::grpc(method),
        _ => bail!("expected exactly one of `request` and `grpc`"),
    };
    request.host = row.host;
    for (name, values) in &row.headers {
        let values = match values {
            OneOrMany::One(value) => std::slice::from_ref(value),
            OneOrMany::Many(values) => values,
        };
        ensure!(!values.is_empty(), "header {name:?} is an empty list");
        for value in values {
            request = request.header(name, value)?;
        }
    }
    let principals = askers(row.principals, principals)?;
    Ok(Case { name: row.name, line, request, principals, expect: row.expect })
}

/// Who asks, by `as`.
fn askers(
    written: Option<OneOrMany<Option<String>>>,
    principals: &BTreeMap<String, Option<Draft>>,
) -> Result<Vec<Option<String>>> {
    let askers = match written {
        None => vec![None],
        Some(OneOrMany::One(name)) if name == EVERYBODY => return Ok(everybody(principals)),
        Some(OneOrMany::One(name)) => vec![Some(name)],
        Some(OneOrMany::Many(names)) => names,
    };
    ensure!(!askers.is_empty(), "`as` is an empty list");
    let mut seen = BTreeSet::new();
    for asker in &askers {
        let name = asker.as_deref().unwrap_or("~");
        ensure!(seen.insert(name), "`as` names {name:?} twice");
        if asker.is_some() && !principals.contains_key(name) {
            let known: Vec<_> = principals.keys().map(String::as_str).collect();
            ensure!(!known.is_empty(), "`as` names {name:?}, but there are no `principals`");
            bail!("{}", gate::unknown("principal", name, &known));
        }
    }
    Ok(askers)
}

/// Whoever has a token, and nobody.
fn everybody(principals: &BTreeMap<String, Option<Draft>>) -> Vec<Option<String>> {
    let named = principals.iter().filter(|(_, draft)| draft.is_some());
    named.map(|(name, _)| Some(name.clone())).chain([None]).collect()
}

/// What `as` says for everybody.
const EVERYBODY: &str = "*";
