//! The matrix for a terminal.

use std::fmt::Write as _;

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use super::{Cell, Matrix, Row};
use crate::output::{BOLD, DIM, GREEN, YELLOW};
use crate::plain::visible;

/// A row, before its cells.
struct Head {
    name: String,
    mark: String,
    matches: Vec<String>,
}

/// How wide what stands before the cells is.
struct Widths {
    name: usize,
    matches: usize,
}

impl Matrix<'_> {
    /// As text without colours, as wide as it is.
    #[must_use]
    pub fn plain_text(&self) -> String {
        anstream::adapter::strip_str(&self.text(None)).to_string()
    }

    /// As text with colours: a table, or several one below the other where one would be wider than this.
    pub(crate) fn text(&self, width: Option<usize>) -> String {
        let heads: Vec<Head> = self.rows.iter().map(Head::new).collect();
        let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or_default();
        let matches = heads.iter().flat_map(|head| &head.matches);
        let widths = Widths {
            name: widest(&mut heads.iter().map(Head::width)).max(RULE.len()),
            matches: widest(&mut matches.map(|one| one.width())).max(MATCHES.len()),
        };
        let titles: Vec<String> =
            self.columns.iter().map(|column| visible(column.title())).collect();
        let before = widths.name.saturating_add(widths.matches).saturating_add(GAP.len());
        let mut text = String::new();
        let mut first = 0;
        loop {
            let count = fitting(titles.get(first..).unwrap_or_default(), before, width);
            let end = first.saturating_add(count);
            self.table(
                &heads,
                &widths,
                titles.get(first..end).unwrap_or_default(),
                first,
                &mut text,
            );
            text.push('\n');
            first = end;
            if first >= titles.len() {
                break;
            }
        }
        self.legend(&mut text);
        text
    }

    /// The table of these columns, the first of which is the column with this index.
    fn table(
        &self,
        heads: &[Head],
        widths: &Widths,
        titles: &[String],
        first: usize,
        text: &mut String,
    ) {
        let mut line = Line::default();
        line.put(RULE, BOLD, widths.name);
        line.put(MATCHES, BOLD, widths.matches);
        for title in titles {
            line.put(title, BOLD, title.width());
        }
        line.end(text);
        for (head, row) in heads.iter().zip(&self.rows) {
            let mut matches = head.matches.iter();
            head.begin(&mut line, widths);
            line.put(matches.next().map_or("", String::as_str), DIM, widths.matches);
            for (title, cell) in titles.iter().zip(row.cells.iter().skip(first)) {
                line.put(cell.glyph(), style(*cell), title.width());
            }
            line.end(text);
            for other in matches {
                line.put("", DIM, widths.name);
                line.put(other, DIM, widths.matches);
                line.end(text);
            }
        }
    }

    /// What the glyphs that are there stand for.
    fn legend(&self, text: &mut String) {
        let mut line = Line::default();
        for cell in self.kinds() {
            let meaning = cell.meaning();
            line.put(&format!("{} {meaning}", cell.glyph()), style(cell), 0);
        }
        line.end(text);
        text.truncate(text.trim_end().len());
    }

    /// The cells that there are, each once.
    pub(super) fn kinds(&self) -> impl Iterator<Item = Cell> {
        let has = |cell: &Cell| self.rows.iter().any(|row| row.cells.contains(cell));
        Cell::ALL.into_iter().filter(has)
    }
}

impl Head {
    fn new(row: &Row<'_>) -> Self {
        Self {
            name: visible(row.name()),
            mark: row.mark().map(|mark| format!(" ({mark})")).unwrap_or_default(),
            matches: {
                let (matches, beyond) = row.some_matches();
                matches.iter().map(|one| visible(one)).chain(beyond).collect()
            },
        }
    }

    fn width(&self) -> usize {
        self.name.width().saturating_add(self.mark.width())
    }

    fn begin(&self, line: &mut Line, widths: &Widths) {
        let Self { name, mark, .. } = self;
        let text = format!("{name}{YELLOW}{mark}{YELLOW:#}");
        line.put_styled(if mark.is_empty() { name } else { &text }, self.width(), widths.name);
    }
}

/// A line whose end is not filled up.
#[derive(Default)]
struct Line {
    text: String,
    /// Blanks that are due before more text.
    blanks: usize,
}

impl Line {
    /// Puts a text and fills it up to a width.
    fn put(&mut self, text: &str, style: Style, width: usize) {
        self.put_styled(&format!("{style}{text}{style:#}"), text.width(), width);
    }

    fn put_styled(&mut self, text: &str, own: usize, width: usize) {
        if own > 0 {
            let blanks = std::mem::take(&mut self.blanks);
            // Writing to a string does not fail.
            let _ = write!(self.text, "{:blanks$}{text}", "");
        }
        let filling = width.saturating_sub(own).saturating_add(GAP.len());
        self.blanks = self.blanks.saturating_add(filling);
    }

    fn end(&mut self, text: &mut String) {
        text.push_str(&self.text);
        text.push('\n');
        *self = Self::default();
    }
}

/// How many columns fit into a width, beside what stands before them; at least one.
fn fitting(titles: &[String], before: usize, width: Option<usize>) -> usize {
    let Some(width) = width else { return titles.len() };
    let mut used = before;
    let fits = titles.iter().take_while(|title| {
        used = used.saturating_add(GAP.len()).saturating_add(title.width());
        used <= width
    });
    fits.count().max(1)
}

fn style(cell: Cell) -> Style {
    match cell {
        Cell::Allowed => GREEN,
        Cell::Depends => YELLOW,
        Cell::Denied | Cell::Never => DIM,
    }
}

const RULE: &str = "rule";
const MATCHES: &str = "matches";
const GAP: &str = "  ";
