//! A request's path as the upstream will serve it, or a refusal.
//!
//! Servers differ on what many spellings mean (`//`, `..`, `;x`, `%2f`, `%252f`, `\`), and each
//! difference between the one that decides and the one that serves is a way past the table. So a path
//! has one reading here, or none: ambiguous spellings are refused, never repaired, and the request goes
//! on as it came. Where it is known how the upstream reads some of them, [`PathOptions`] say so.
//!
//! A percent-encoded unreserved character means the character (RFC 3986 section 6.2.2.2), always.

mod fold;
mod options;

use std::borrow::Cow;

use crate::byte_set::ByteSet;

pub(crate) use self::fold::fold;
pub use self::options::{Case, EncodedSlash, PathOptions, Semicolon, TrailingSlash};

/// The segments of a path, percent-decoded. `/` has none. Only the last one may be empty, and only where a trailing
/// slash is not ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segments<'a>(Vec<Segment<'a>>);

/// One segment: what the client meant, and what literals are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment<'a> {
    spelling: Cow<'a, str>,
    /// Where case does not matter, and this is not the spelling.
    folded: Option<String>,
}

impl<'a> Segments<'a> {
    /// Reads the path of a request target; a query, from the first raw `?` on, is cut off first.
    ///
    /// # Errors
    /// The first thing that has no single reading.
    pub(crate) fn parse(target: &'a [u8], options: PathOptions) -> Result<Self, InvalidPath> {
        let Some((b'/', rest)) = target.split_first() else {
            return Err(InvalidPath::NoLeadingSlash);
        };
        let plain = if options == PathOptions::default() { Self::plain(rest) } else { None };
        plain.map_or_else(|| Self::spelled(rest, options), Ok)
    }

    /// Reads what has one spelling: most paths, and quickly.
    fn plain(rest: &'a [u8]) -> Option<Self> {
        let mut text = std::str::from_utf8(rest).ok()?;
        let mut segments = Vec::with_capacity(8);
        loop {
            let end = text.bytes().position(|byte| !PLAIN.contains(byte)).unwrap_or(text.len());
            let (segment, behind) = text.split_at_checked(end)?;
            if !segment.is_empty() {
                segments.push(Segment { spelling: Cow::Borrowed(segment), folded: None });
            }
            match behind.as_bytes().first() {
                None | Some(b'?') => return Some(Self(segments)),
                Some(b'/') if !segment.is_empty() => text = behind.get(1..)?,
                Some(_) => return None,
            }
        }
    }

    /// Reads any path.
    #[inline(never)]
    fn spelled(rest: &'a [u8], options: PathOptions) -> Result<Self, InvalidPath> {
        let rest = rest.split(|byte| *byte == b'?').next().unwrap_or_default();
        if rest.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let (inner, trailing_slash) = match rest.strip_suffix(b"/") {
            Some(inner) => (inner, options.trailing_slash == TrailingSlash::Strict),
            None => (rest, false),
        };
        let segments = inner.split(|byte| *byte == b'/').map(|raw| Segment::parse(raw, options));
        let mut segments: Vec<_> = segments.collect::<Result<_, _>>()?;
        if trailing_slash {
            segments.push(Segment { spelling: Cow::Borrowed(""), folded: None });
        }
        Ok(Self(segments))
    }

    pub(crate) fn all(&self) -> &[Segment<'a>] {
        &self.0
    }

    /// The segments in the client's spelling.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|segment| segment.spelling.as_ref())
    }
}

/// Why a path is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPath {
    /// `*`, an authority, or nothing.
    #[error("the path does not begin with `/`")]
    NoLeadingSlash,
    /// `//`.
    #[error("the path has an empty segment")]
    EmptySegment,
    /// `.` or `..` in any spelling.
    #[error("the path has a dot segment")]
    DotSegment,
    /// A raw byte that a path cannot have, or that servers read differently.
    #[error("the path has the raw byte 0x{0:02x}")]
    RawByte(u8),
    /// An escape of a byte that means something else once decoded.
    #[error("the path has the escape %{0:02X}")]
    Escape(u8),
    /// A `%` without two hex digits.
    #[error("the path has a `%` without two hex digits")]
    BadEscape,
    /// What the escapes mean has an escape again.
    #[error("the path is percent-encoded twice")]
    DoubleEncoding,
    /// The escapes are not UTF-8, overlong forms included.
    #[error("the path's escapes are not UTF-8")]
    NotUtf8,
}

impl<'a> Segment<'a> {
    fn parse(raw: &'a [u8], options: PathOptions) -> Result<Self, InvalidPath> {
        let text = decoded(raw, options)?;
        if has_dots(&text) {
            return Err(InvalidPath::DotSegment);
        }
        let spelling = match options.semicolon {
            Semicolon::Reject | Semicolon::Allow => text,
            Semicolon::Strip => without_parameters(text)?,
        };
        if spelling.is_empty() {
            return Err(InvalidPath::EmptySegment);
        }
        let folded = match options.case {
            Case::Sensitive => None,
            Case::Insensitive => fold(&spelling),
        };
        Ok(Self { spelling, folded })
    }

    /// What the literals of patterns are compared with.
    pub(crate) fn compared(&self) -> &str {
        self.folded.as_deref().unwrap_or(&self.spelling)
    }

    /// Whether it is what follows a trailing slash: nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.spelling.is_empty()
    }
}

/// Whether a server could find `.` or `..` in a segment: as a whole, between slashes that were encoded, or once the
/// parameters are gone (`..;x`). Whatever the options say, no honest client sends those.
pub(crate) fn has_dots(segment: &str) -> bool {
    let dots = |piece: &str| matches!(before_semicolon(piece), "." | "..");
    segment.contains('.') && segment.split('/').any(dots)
}

/// What stands before the first `;`. An encoded slash behind it would be in the parameters, or behind them, to those who
/// decode first.
fn without_parameters(segment: Cow<'_, str>) -> Result<Cow<'_, str>, InvalidPath> {
    let Some((kept, parameters)) = segment.split_once(';') else {
        return Ok(segment);
    };
    if parameters.contains('/') {
        return Err(InvalidPath::Escape(b'/'));
    }
    let end = kept.len();
    Ok(match segment {
        Cow::Borrowed(text) => Cow::Borrowed(before_semicolon(text)),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    })
}

fn before_semicolon(text: &str) -> &str {
    text.split(';').next().unwrap_or_default()
}

fn decoded(raw: &[u8], options: PathOptions) -> Result<Cow<'_, str>, InvalidPath> {
    if raw.contains(&b'%') {
        let decoded = decode(raw, options)?;
        if has_escape(&decoded) {
            return Err(InvalidPath::DoubleEncoding);
        }
        String::from_utf8(decoded).map(Cow::Owned).map_err(|_| InvalidPath::NotUtf8)
    } else {
        raw.iter().try_for_each(|byte| check_raw(*byte, options))?;
        std::str::from_utf8(raw).map(Cow::Borrowed).map_err(|_| InvalidPath::NotUtf8)
    }
}

fn decode(raw: &[u8], options: PathOptions) -> Result<Vec<u8>, InvalidPath> {
    let mut decoded = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter();
    while let Some(&byte) = bytes.next() {
        if byte == b'%' {
            let (Some(high), Some(low)) = (hex(bytes.next()), hex(bytes.next())) else {
                return Err(InvalidPath::BadEscape);
            };
            let escaped = (high << 4) | low;
            check_escaped(escaped, options)?;
            decoded.push(escaped);
        } else {
            check_raw(byte, options)?;
            decoded.push(byte);
        }
    }
    Ok(decoded)
}

fn check_escaped(byte: u8, options: PathOptions) -> Result<(), InvalidPath> {
    match byte {
        b'/' if options.encoded_slash == EncodedSlash::Allow => Ok(()),
        b';' if options.semicolon == Semicolon::Allow => Ok(()),
        0x00..=0x1f | 0x7f | b'/' | b'\\' | b'#' | b'?' | b';' => Err(InvalidPath::Escape(byte)),
        _ => Ok(()),
    }
}

fn check_raw(byte: u8, options: PathOptions) -> Result<(), InvalidPath> {
    match byte {
        b';' if options.semicolon != Semicolon::Reject => Ok(()),
        0x00..=0x20 | 0x7f..=0xff | b'#' | b'\\' | b';' => Err(InvalidPath::RawByte(byte)),
        _ => Ok(()),
    }
}

/// The bytes that stand for themselves wherever they stand in a segment: no escape, no dot, nothing that is refused or
/// that an option concerns.
const PLAIN: ByteSet = ByteSet::new(
    b"!\"$&'()*+,-0123456789:<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~",
);

fn has_escape(decoded: &[u8]) -> bool {
    decoded.windows(3).any(|window| {
        matches!(window, [b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
    })
}

fn hex(digit: Option<&u8>) -> Option<u8> {
    let value = char::from(*digit?).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
pub(crate) mod tests;
