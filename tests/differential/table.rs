//! The table of docs/differences.md.

use std::fmt;
use std::fs;
use std::str::FromStr;

use anyhow::{Context, Error, Result, bail, ensure};
use claimgate_tests::repository;

/// What is said of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Accepts,
    Refuses,
}

/// What each says of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Verdicts {
    pub(crate) claimgate: Verdict,
    pub(crate) pyjwt: Verdict,
    pub(crate) joserfc: Verdict,
    pub(crate) jwt_authn: Verdict,
}

/// A difference: the classes of tokens that show it, and what is said of them.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) classes: Vec<String>,
    pub(crate) verdicts: Verdicts,
}

/// All rows.
pub(crate) fn read() -> Result<Vec<Row>> {
    let page = fs::read_to_string(repository("docs/differences.md"))
        .context("cannot read docs/differences.md")?;
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| row(line).with_context(|| format!("docs/differences.md: {line}"))).collect()
}

/// `| classes | what the token has | claimgate | PyJWT | joserfc | jwt_authn | why |`
fn row(line: &str) -> Result<Row> {
    let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [classes, what, claimgate, pyjwt, joserfc, jwt_authn, why] = cells[..] else {
        bail!("has {} cells instead of 7", cells.len());
    };
    ensure!(!what.is_empty() && !why.is_empty(), "does not say what and why");
    let classes = classes.split(", ").map(|class| class.trim_matches('`').to_owned()).collect();
    let verdicts = Verdicts {
        claimgate: claimgate.parse()?,
        pyjwt: pyjwt.parse()?,
        joserfc: joserfc.parse()?,
        jwt_authn: jwt_authn.parse()?,
    };
    ensure!(!verdicts.agree(), "is no difference");
    Ok(Row { classes, verdicts })
}

impl Row {
    /// Whether it is about such tokens.
    pub(crate) fn covers(&self, class: &str, verdicts: Verdicts) -> bool {
        self.verdicts == verdicts && self.classes.iter().any(|own| own == class)
    }
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Accepts => "accepts",
            Self::Refuses => "refuses",
        }
    }
}

impl From<bool> for Verdict {
    fn from(accepted: bool) -> Self {
        if accepted { Self::Accepts } else { Self::Refuses }
    }
}

impl FromStr for Verdict {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let mut verdicts = [Self::Accepts, Self::Refuses].into_iter();
        let named = verdicts.find(|verdict| verdict.word() == cell);
        named.with_context(|| format!("{cell:?} is neither `accepts` nor `refuses`"))
    }
}

impl Verdicts {
    /// Whether all say the same.
    pub(crate) fn agree(self) -> bool {
        [self.pyjwt, self.joserfc, self.jwt_authn].iter().all(|verdict| *verdict == self.claimgate)
    }
}

impl fmt::Display for Verdicts {
    /// As the cells of a row.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = [self.claimgate, self.pyjwt, self.joserfc, self.jwt_authn].map(Verdict::word);
        write!(formatter, "| {} |", cells.join(" | "))
    }
}
