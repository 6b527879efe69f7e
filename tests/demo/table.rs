//! Printing the rows.

use std::io::{IsTerminal, stdout};

use crate::requests::Row;

/// Prints an aligned table; in colour where somebody looks and has not said `NO_COLOR`.
pub fn print(rows: &[Row]) {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let color = stdout().is_terminal() && !no_color;
    let rule = |row: &Row| row.rule.clone().unwrap_or_else(|| "-".into());
    let request = width(rows.iter().map(|row| row.request), "request");
    let who = width(rows.iter().map(|row| row.who), "who");
    let named = width(rows.iter().map(rule), "rule");
    let header = format!(
        "  {:request$}  {:who$}  {:6}  {:named$}  answer",
        "request", "who", "status", "rule"
    );
    println!("{}", paint(&header, BOLD, color));
    for row in rows {
        let surprise = if row.as_expected() {
            String::new()
        } else {
            format!("  <- expected {}", row.expected)
        };
        let style = match row.status {
            _ if !row.as_expected() => ALARM,
            200 => GREEN,
            401 => YELLOW,
            _ => RED,
        };
        println!(
            "  {:request$}  {:who$}  {}  {:named$}  {}{surprise}",
            row.request,
            row.who,
            paint(&format!("{:<6}", row.status), style, color),
            rule(row),
            row.outcome,
        );
    }
}

fn width(cells: impl Iterator<Item = impl AsRef<str>>, header: &str) -> usize {
    cells.map(|cell| cell.as_ref().chars().count()).max().unwrap_or_default().max(header.len())
}

fn paint(text: &str, style: &str, color: bool) -> String {
    if color { format!("\x1b[{style}m{text}\x1b[0m") } else { text.into() }
}

const BOLD: &str = "1";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "31";
const ALARM: &str = "1;97;41";
