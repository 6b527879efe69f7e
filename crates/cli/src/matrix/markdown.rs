//! The matrix as a table of Markdown, as GitHub has it.

use super::{Cell, Column, Matrix, Row};
use crate::plain::visible;

impl Matrix<'_> {
    /// As a table, with what its glyphs stand for.
    pub(crate) fn markdown(&self) -> String {
        let titles = self.columns.iter().map(|column| match column {
            Column::NoToken | Column::NoRole => column.title().to_owned(),
            Column::Role(role) => code(role),
        });
        let mut text = line(["rule", "matches"].map(str::to_owned).into_iter().chain(titles));
        let centred = self.columns.iter().map(|_| ":-:");
        text += &line(["---", "---"].into_iter().chain(centred).map(str::to_owned));
        text.extend(self.rows.iter().map(row));
        let legend = self.kinds().map(|cell| format!("{} {}", cell.glyph(), cell.meaning()));
        text + "\n" + &legend.collect::<Vec<_>>().join(" · ")
    }
}

fn row(row: &Row<'_>) -> String {
    let name = match row.rule {
        Some(rule) => code(&rule.name),
        None => row.name().to_owned(),
    };
    let mark = row.mark().map(|mark| format!(" *({mark})*")).unwrap_or_default();
    let (matches, beyond) = row.some_matches();
    let matches =
        matches.iter().map(|one| code(one)).chain(beyond).collect::<Vec<_>>().join("<br>");
    let glyphs = row.cells.iter().map(|cell: &Cell| cell.glyph().to_owned());
    line([name + &mark, matches].into_iter().chain(glyphs))
}

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

/// A code span: nothing in it means anything, but backticks and, in a table, bars.
fn code(text: &str) -> String {
    let text = visible(text).replace('|', "\\|");
    let mut fence = "`".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    // One blank at each end is taken off again.
    let at_edge = ['`', ' '];
    let blank = if text.starts_with(at_edge) || text.ends_with(at_edge) { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}
