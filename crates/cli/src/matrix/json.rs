//! The matrix for programs.

use gate::Example;
use serde::Serialize;

use super::{Cell, Column, Matrix, Row};

/// What is printed: rows of cells, in the order of the columns.
#[derive(Debug, Serialize)]
pub(crate) struct Report<'m> {
    policy: &'m str,
    columns: Vec<Who<'m>>,
    rows: Vec<Line<'m>>,
}

/// Who asks.
#[derive(Debug, Serialize)]
struct Who<'m> {
    token: bool,
    role: Option<&'m str>,
}

/// What is asked for.
#[derive(Debug, Serialize)]
struct Line<'m> {
    /// `null`: what no rule governs.
    rule: Option<&'m str>,
    matches: Vec<String>,
    shadow: bool,
    example: Option<Request<'m>>,
    cells: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct Request<'m> {
    method: &'m str,
    host: &'m str,
    path: &'m str,
}

impl Matrix<'_> {
    /// For programs, with the name of the policy.
    pub(crate) fn report<'m>(&'m self, policy: &'m str) -> Report<'m> {
        Report {
            policy,
            columns: self.columns.iter().map(Who::new).collect(),
            rows: self.rows.iter().map(Line::new).collect(),
        }
    }
}

impl<'m> Who<'m> {
    fn new(column: &Column<'m>) -> Self {
        match *column {
            Column::NoToken => Self { token: false, role: None },
            Column::NoRole => Self { token: true, role: None },
            Column::Role(role) => Self { token: true, role: Some(role) },
        }
    }
}

impl<'m> Line<'m> {
    fn new(row: &'m Row<'_>) -> Self {
        let request = |Example { method, host, path }: &'m Example| Request { method, host, path };
        Self {
            rule: row.rule.map(|rule| rule.name.as_str()),
            matches: row.matches(),
            shadow: row.shadow,
            example: row.example.as_ref().map(request),
            cells: row.cells.iter().map(|cell| word(*cell)).collect(),
        }
    }
}

fn word(cell: Cell) -> &'static str {
    match cell {
        Cell::Allowed => "allow",
        Cell::Denied => "deny",
        Cell::Depends => "depends",
        Cell::Never => "never",
    }
}
