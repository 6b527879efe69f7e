//! Who may do what: a policy's rules against its roles.
//!
//! Nothing is decided here. A cell is what the gate says of everybody who has a role; where that is definite, the gate
//! decides so on the row's example, too.

mod answers;
mod json;
mod markdown;
pub(crate) mod page;
mod text;

use anyhow::{Result, bail};
use clap::Args;
use gate::{Example, Gate, Outlook, Rule, UnixTime};

use crate::host::NoEnvoy;

/// Who may do what by one policy.
#[derive(Debug)]
pub struct Matrix<'g> {
    columns: Vec<Column<'g>>,
    rows: Vec<Row<'g>>,
}

/// What is left out: with neither of these, nothing.
#[derive(Debug, Clone, Default, Args)]
pub struct Narrowing {
    /// A role to show; several times for several. Left out, all of them, and those who have none or no token.
    #[arg(long = "role", value_name = "ROLE")]
    pub roles: Vec<String>,
    /// Show only rules with this text in their name or in what they match, whatever its case.
    #[arg(long, value_name = "TEXT")]
    pub rule: Option<String>,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column<'g> {
    /// Nobody that is known.
    NoToken,
    /// Somebody without a role.
    NoRole,
    /// Somebody who has this role, and no other.
    Role(&'g str),
}

/// What is asked for: what one rule governs.
#[derive(Debug)]
struct Row<'g> {
    /// `None`: what no rule governs.
    rule: Option<&'g Rule>,
    /// One of these requests; `None` where there are none.
    example: Option<Example>,
    /// Whether denials are only noted.
    shadow: bool,
    /// A cell for each column.
    cells: Vec<Cell>,
}

/// Whether they may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// All of them.
    Allowed,
    /// None of them.
    Denied,
    /// That is not only for roles to say.
    Depends,
    /// There is no such request.
    Never,
}

impl<'g> Matrix<'g> {
    /// The matrix of this gate's policy.
    ///
    /// # Errors
    /// When it is narrowed to a role that the policy does not know.
    pub fn of(gate: &'g Gate, narrowing: &Narrowing) -> Result<Self> {
        let columns = columns(gate, &narrowing.roles)?;
        let wanted = narrowing.rule.as_ref().map(|text| text.to_lowercase());
        let is_wanted = |row: &Row<'_>| wanted.as_ref().is_none_or(|text| row.has(text));
        let rules = gate.rules().iter().zip(gate.examples());
        let rules = rules.map(|(rule, example)| Row::new(Some(rule), example));
        let rows = rules.chain([Row::new(None, gate.example_without_rule())]);
        let mut rows: Vec<_> = rows.filter(is_wanted).collect();
        for row in &mut rows {
            row.fill(gate, &columns);
        }
        Ok(Self { columns, rows })
    }

    /// How much of what there is.
    fn counts(&self) -> String {
        let rules = self.rows.iter().filter_map(|row| row.rule).count();
        let roles = self.columns.iter().filter(|column| matches!(column, Column::Role(_))).count();
        let marked = [SHADOW, NEVER].into_iter().filter_map(|mark| {
            let number = self.rows.iter().filter(|row| row.mark() == Some(mark)).count();
            (number > 0).then(|| format!("{number} {mark}"))
        });
        let counts = [counted(rules, "rule"), counted(roles, "role")].into_iter().chain(marked);
        counts.collect::<Vec<_>>().join(", ")
    }
}

impl Column<'_> {
    /// Roles that the token has, where there is one.
    fn roles(&self) -> Option<&[&str]> {
        match self {
            Self::NoToken => None,
            Self::NoRole => Some(&[]),
            Self::Role(role) => Some(std::slice::from_ref(role)),
        }
    }

    fn title(&self) -> &str {
        match self {
            Self::NoToken => "no token",
            Self::NoRole => "no role",
            Self::Role(role) => role,
        }
    }
}

impl<'g> Row<'g> {
    fn new(rule: Option<&'g Rule>, example: Option<Example>) -> Self {
        Self { rule, example, shadow: false, cells: Vec::new() }
    }

    fn fill(&mut self, gate: &Gate, columns: &[Column<'_>]) {
        let Some(example) = &self.example else {
            self.cells = vec![Cell::Never; columns.len()];
            return;
        };
        let [method, host, path] =
            [&example.method, &example.host, &example.path].map(String::as_bytes);
        let headers: [(&[u8], &[u8]); 3] =
            [(b":method", method), (b":authority", host), (b":path", path)];
        let request = gate.request(headers);
        let decision = gate.decide(&request, &NoEnvoy, UnixTime::from_seconds(0));
        self.shadow = !decision.enforced;
        let without_rule = if decision.enforced { Cell::Denied } else { Cell::Allowed };
        let cell = |column: &Column<'_>| match self.rule {
            Some(rule) => gate.outlook(rule, column.roles()).into(),
            None => without_rule,
        };
        self.cells = columns.iter().map(cell).collect();
    }

    fn name(&self) -> &str {
        self.rule.map_or("(no rule)", |rule| rule.name.as_str())
    }

    /// What it matches, a line for each path: methods, hosts where it names any, path.
    fn matches(&self) -> Vec<String> {
        fn all(patterns: impl Iterator<Item: ToString>) -> String {
            patterns.map(|one| one.to_string()).collect::<Vec<_>>().join(",")
        }
        let Some(rule) = self.rule else { return Vec::new() };
        let (methods, hosts) = (all(rule.methods.iter()), all(rule.hosts.iter()));
        let before = if hosts == "*" { methods } else { format!("{methods} {hosts}") };
        rule.paths.iter().map(|path| format!("{before} {path}")).collect()
    }

    /// The first of what it matches, and what is to be said of the rest.
    fn some_matches(&self) -> (Vec<String>, Option<String>) {
        let mut matches = self.matches();
        if self.rule.is_none() {
            return (matches, Some("what no rule matches".to_owned()));
        }
        let beyond = matches.len().saturating_sub(MOST_MATCHES);
        matches.truncate(MOST_MATCHES);
        (matches, (beyond > 0).then(|| format!("and {beyond} more")))
    }

    /// Whether it has this text, which is in lower case.
    fn has(&self, text: &str) -> bool {
        let is_in = |own: &str| own.to_lowercase().contains(text);
        is_in(self.name()) || self.matches().iter().any(|one| is_in(one))
    }

    /// What is special about it.
    fn mark(&self) -> Option<&'static str> {
        match self.example {
            None => Some(NEVER),
            Some(_) => self.shadow.then_some(SHADOW),
        }
    }
}

impl Cell {
    const ALL: [Self; 4] = [Self::Allowed, Self::Denied, Self::Depends, Self::Never];

    fn glyph(self) -> &'static str {
        match self {
            Self::Allowed => "✓",
            Self::Denied => "✗",
            Self::Depends => "◐",
            Self::Never => "–",
        }
    }

    /// What the glyph stands for.
    fn meaning(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Depends => "depends on claims, scopes or the request",
            Self::Never => "never asked",
        }
    }
}

impl From<Outlook> for Cell {
    fn from(outlook: Outlook) -> Self {
        match outlook {
            Outlook::Yes => Self::Allowed,
            Outlook::No => Self::Denied,
            Outlook::Depends => Self::Depends,
        }
    }
}

/// These roles; if none is named, all, and before them those who have none.
fn columns<'g>(gate: &'g Gate, named: &[String]) -> Result<Vec<Column<'g>>> {
    let known = gate.roles();
    if named.is_empty() {
        let roles = known.into_iter().map(Column::Role);
        return Ok([Column::NoToken, Column::NoRole].into_iter().chain(roles).collect());
    }
    let column = |name: &String| match known.iter().find(|known| *known == name) {
        Some(known) => Ok(Column::Role(known)),
        None => bail!("{}", gate::unknown("role", name, &known)),
    };
    named.iter().map(column).collect()
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

const SHADOW: &str = "in shadow";
const NEVER: &str = "never governs";

/// Of a rule's paths, how many are shown where people read.
const MOST_MATCHES: usize = 3;

#[cfg(test)]
mod tests;
