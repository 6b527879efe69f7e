//! A finding as text: with its line, and a caret under the place.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Checked, Finding, Severity};
use crate::plain::visible;
use crate::source::Span;

impl Checked {
    /// A finding as text, styled.
    pub(crate) fn text(&self, finding: &Finding) -> String {
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let words = visible(&finding.title());
        let title = level.primary_title(words);
        let title = match finding.name {
            Some(name) => title.id(name),
            None => title,
        };
        let path = visible(&self.file.name);
        let (start, _) = self.positions(finding);
        let shown = self.hidden.line(finding.span.start, &self.file.text);
        let group: Group<'_> = match shown.and_then(|line| self.shown(line, &finding.span)) {
            Some((line, caret)) => title.element(
                Snippet::source(line)
                    .path(path)
                    .line_start(start.line)
                    .annotation(AnnotationKind::Primary.span(caret)),
            ),
            None => title.element(Origin::path(path).line(start.line).char_column(start.column)),
        };
        Renderer::styled().render(&[group])
    }

    /// A line, and what of it is to be pointed at.
    fn shown(&self, line: Span, span: &Span) -> Option<(&str, Span)> {
        let text = self.file.text.get(line.clone())?;
        let start = span.start.checked_sub(line.start)?;
        let end = span.end.min(line.end).checked_sub(line.start)?;
        Some((text, start..end.max(start)))
    }
}
