//! What is told of two policies.

use std::fmt::{self, Display, Formatter};

use gate::{Change, Comparison, Rule, Who};
use serde::Serialize;

use super::settings;
use crate::output::{BOLD, DIM, GREEN, RED, YELLOW};
use crate::plain::visible;

/// What changes.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    /// Whether somebody may be let in that was kept out; so it is where that cannot be told.
    pub(super) may_be_wider: bool,
    changes: Vec<Row<'a>>,
    /// Places outside of the table that differ.
    settings: Vec<String>,
    /// What could not be compared.
    unknown: &'a [String],
}

/// A change, on requests that a pair of rules governs.
#[derive(Debug, Serialize)]
struct Row<'a> {
    method: &'a str,
    host: &'a str,
    path: &'a str,
    /// How many kinds of requests it is about; this is one of them.
    kinds: usize,
    old_rule: Option<&'a str>,
    new_rule: Option<&'a str>,
    wider: Vec<String>,
    narrower: Vec<String>,
}

impl<'a> Report<'a> {
    pub(super) fn new(comparison: &'a Comparison<'a>, settings: Vec<String>) -> Self {
        let Comparison { changes, unknown } = comparison;
        let wider = changes.iter().any(|change| !change.wider.is_empty());
        let decisive = settings.iter().any(|place| !settings::is_harmless(place));
        Self {
            may_be_wider: wider || decisive || !unknown.is_empty(),
            changes: changes.iter().map(Row::new).collect(),
            settings,
            unknown,
        }
    }
}

impl<'a> Row<'a> {
    fn new(change: &'a Change<'a>) -> Self {
        let name = |rule: Option<&'a Rule>| rule.map(|rule| rule.name.as_str());
        Self {
            method: &change.example.method,
            host: &change.example.host,
            path: &change.example.path,
            kinds: change.kinds,
            old_rule: name(change.old),
            new_rule: name(change.new),
            wider: change.wider.iter().map(words).collect(),
            narrower: change.narrower.iter().map(words).collect(),
        }
    }

    /// `delete-user-data`, or `delete-user-data -> users`.
    fn rules(&self) -> String {
        let name = |rule: Option<&str>| rule.unwrap_or("(no rule)").to_owned();
        if self.old_rule == self.new_rule {
            return name(self.new_rule);
        }
        format!("{} -> {}", name(self.old_rule), name(self.new_rule))
    }
}

/// Somebody, as `admin or editor, with scope "write"`.
fn words(who: &Who) -> String {
    let Who::With { roles, said } = who else { return "whoever has no token".to_owned() };
    let roles: Vec<String> = roles.iter().map(|alike| alike.join(" or ")).collect();
    let said = said.join(" and ");
    match (&roles[..], said.as_str()) {
        ([], "") => "whoever has a token".to_owned(),
        ([], said) => format!("whoever has {said}"),
        ([role], "") => role.clone(),
        ([role], said) => format!("{role}, with {said}"),
        (roles, "") => format!("whoever is {}", roles.join(" and ")),
        (roles, said) => format!("whoever is {}, with {said}", roles.join(" and ")),
    }
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for row in &self.changes {
            let more = match row.kinds {
                1 => String::new(),
                2 => ", and 1 more kind of requests".to_owned(),
                kinds => format!(", and {} more kinds of requests", kinds.saturating_sub(1)),
            };
            let [method, path, host] = [row.method, row.path, row.host].map(visible);
            writeln!(f, "{BOLD}{method} {path}{BOLD:#}  {DIM}host {host}{more}{DIM:#}")?;
            writeln!(f, "  {}", visible(&row.rules()))?;
            let (wider, narrower) = (&row.wider, &row.narrower);
            let shown = |who: &String| visible(who);
            wider.iter().map(shown).try_for_each(|who| writeln!(f, "  {RED}+ {who}{RED:#}"))?;
            narrower
                .iter()
                .map(shown)
                .try_for_each(|who| writeln!(f, "  {GREEN}- {who}{GREEN:#}"))?;
            writeln!(f)?;
        }
        for place in &self.settings {
            let note = if settings::is_harmless(place) { "" } else { ": may let others in" };
            let place = visible(place);
            writeln!(f, "{YELLOW}{place}{YELLOW:#} differs, and is not compared here{note}")?;
        }
        self.unknown
            .iter()
            .try_for_each(|why| writeln!(f, "{YELLOW}not compared{YELLOW:#}: {}", visible(why)))?;
        let count =
            |is_so: fn(&Row<'_>) -> bool| self.changes.iter().filter(|row| is_so(row)).count();
        match (count(|row| !row.wider.is_empty()), count(|row| !row.narrower.is_empty())) {
            (0, 0) if self.unknown.is_empty() => write!(f, "{BOLD}the tables decide alike{BOLD:#}"),
            (wider, narrower) => {
                write!(f, "{BOLD}access is wider in {wider} and narrower in {narrower}{BOLD:#}")
            }
        }
    }
}
