//! Where something stands in a text.

use std::ops::Range;

/// Bytes of a text, from the first to behind the last.
pub(crate) type Span = Range<usize>;

/// A text that cannot be read: why, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Syntax {
    pub(crate) message: String,
    pub(crate) span: Span,
}

/// A line and a column, as editors count them: from one, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Position {
    /// The position of a byte.
    pub(crate) fn of(offset: usize, text: &str) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count().saturating_add(1);
        let start = before.rfind('\n').map_or(0, |end| end.saturating_add(1));
        let column = before.get(start..).unwrap_or_default().chars().count().saturating_add(1);
        Self { line, column }
    }
}

/// The line that a byte stands in, without its end.
pub(crate) fn line_around(offset: usize, text: &str) -> Span {
    let offset = offset.min(text.len());
    let start = text.get(..offset).and_then(|before| before.rfind('\n'));
    let start = start.map_or(0, |end| end.saturating_add(1));
    let end = text.get(offset..).and_then(|after| after.find('\n'));
    let end = end.map_or(text.len(), |length| offset.saturating_add(length));
    let line = text.get(start..end).unwrap_or_default();
    start..start.saturating_add(line.trim_end_matches('\r').len())
}
