//! Text inside of text: a configuration that a file has as a string, be it quoted, folded or a block.

use super::span::{Span, Syntax};
use super::tree::{self, Kind, Node};

/// Reads the JSON of a string, to values whose spans are those in the file.
pub(crate) fn json(string: &Node, file: &str) -> Result<Node, Syntax> {
    let text = string.text().unwrap_or_default();
    let offsets = Offsets::new(string, file);
    // What is no JSON is none to Envoy's plugin, though it may be YAML.
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        let suffix = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let message = message.strip_suffix(&suffix).unwrap_or(&message);
        let start = offset_of(error.line(), error.column(), text);
        return Err(Syntax {
            message: format!("the configuration is not JSON: {message}"),
            span: offsets.of(start..start),
        });
    }
    let document = documents(text, &offsets)?.into_iter().next();
    Ok(document.unwrap_or(Node { span: string.span.clone(), kind: Kind::Null }))
}

/// Reads the YAML documents of a string, as [`json`] does.
pub(crate) fn yaml(string: &Node, file: &str) -> Result<Vec<Node>, Syntax> {
    documents(string.text().unwrap_or_default(), &Offsets::new(string, file))
}

fn documents(text: &str, offsets: &Offsets) -> Result<Vec<Node>, Syntax> {
    match tree::read(text) {
        Ok(documents) => {
            Ok(documents.into_iter().map(|node| node.moved(&|span| offsets.of(span))).collect())
        }
        Err(Syntax { message, span }) => Err(Syntax { message, span: offsets.of(span) }),
    }
}

/// The byte at a line and column as `serde_json` counts them: columns in bytes, of the last byte that was read.
fn offset_of(line: usize, column: usize, text: &str) -> usize {
    let before = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len);
    let offset = before.sum::<usize>().saturating_add(column.saturating_sub(1)).min(text.len());
    (0..=offset).rev().find(|offset| text.is_char_boundary(*offset)).unwrap_or(0)
}

/// Where the bytes of a string stand in its file.
struct Offsets {
    /// By the byte of the string, and one for its end. Empty where it could not be followed.
    bytes: Vec<usize>,
    /// Where the string stands as a whole.
    whole: Span,
}

impl Offsets {
    fn new(string: &Node, file: &str) -> Self {
        let whole = string.span.clone();
        let source = file.get(whole.clone()).unwrap_or_default();
        let text = string.text().unwrap_or_default();
        let mut bytes = aligned(text, source).unwrap_or_default();
        for offset in &mut bytes {
            *offset = offset.saturating_add(whole.start);
        }
        Self { bytes, whole }
    }

    fn of(&self, span: Span) -> Span {
        let at = |offset: usize| self.bytes.get(offset).copied();
        let Some(start) = at(span.start) else { return self.whole.clone() };
        // The end is where the last byte ends, not where the next one begins: that may be lines below.
        let end = at(span.end).unwrap_or(self.whole.end);
        start..end.max(start)
    }
}

/// Follows a string through how it is written: by each byte of the string, its byte in the source.
fn aligned(text: &str, source: &str) -> Option<Vec<usize>> {
    let mut source = Source::new(source);
    let mut bytes = Vec::with_capacity(text.len().saturating_add(1));
    for character in text.chars() {
        let offset = source.take(character)?;
        bytes.extend(std::iter::repeat_n(offset, character.len_utf8()));
    }
    bytes.push(source.offset);
    Some(bytes)
}

/// A string as it is written, and how much of it was followed.
struct Source<'s> {
    rest: &'s str,
    offset: usize,
    /// `"` or `'`. No JSON object and no YAML mapping that is looked for begins with one of them.
    quote: Option<char>,
}

impl<'s> Source<'s> {
    fn new(source: &'s str) -> Self {
        let quote = source.chars().next().filter(|first| matches!(first, '"' | '\''));
        let mut new = Self { rest: source, offset: 0, quote };
        new.skip(usize::from(quote.is_some()));
        new
    }

    /// Takes what stands for the next character of the string; where that begins.
    fn take(&mut self, character: char) -> Option<usize> {
        loop {
            let start = self.offset;
            let next = self.rest.chars().next();
            match next {
                Some('\\') if self.quote == Some('"') => {
                    if self.rest.starts_with("\\\n") || self.rest.starts_with("\\\r\n") {
                        // An escaped line end stands for nothing.
                        self.skip(1);
                        self.skip_blanks();
                        continue;
                    }
                    self.skip(escape_length(self.rest, character));
                    return Some(start);
                }
                Some('\'') if self.quote == Some('\'') => self.skip(2),
                Some(next) if next == character => self.skip(next.len_utf8()),
                // Line ends are folded, and indentation is left out.
                Some(next) if next.is_whitespace() => {
                    self.skip_blanks();
                    if !character.is_whitespace() {
                        continue;
                    }
                }
                // A line end that folding added, or the one at the end.
                _ if character.is_whitespace() => {}
                _ => return None,
            }
            return Some(start);
        }
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest.trim_start();
        self.skip(self.rest.len().saturating_sub(rest.len()));
    }

    fn skip(&mut self, bytes: usize) {
        let bytes = bytes.min(self.rest.len());
        self.rest = self.rest.get(bytes..).unwrap_or_default();
        self.offset = self.offset.saturating_add(bytes);
    }
}

/// Bytes of the escape that a text begins with and that stands for this character.
fn escape_length(text: &str, character: char) -> usize {
    let kind = text.chars().nth(1);
    match kind {
        Some('x') => 4,
        // Two of them, where one is half of the character.
        Some('u') if u32::from(character) > 0xffff => 12,
        Some('u') => 6,
        Some('U') => 10,
        Some(other) => other.len_utf8().saturating_add(1),
        None => 1,
    }
}
