//! A request's path as the upstream will serve it, or a refusal.
//!
//! Servers differ on what many spellings mean (`//`, `..`, `;x`, `%2f`, `%252f`, `\`), and each
//! difference between the one that decides and the one that serves is a way past the table. So a path
//! has one reading here, or none: ambiguous spellings are refused, never repaired, and the request goes
//! on as it came.
//!
//! Simplifying assumptions:
//!
//! - a trailing slash is the same path
//! - a percent-encoded unreserved character means the character (RFC 3986 section 6.2.2.2)
//! - case matters

use std::borrow::Cow;

/// The segments of a path, percent-decoded, without a trailing empty one. `/` has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segments<'a>(Vec<Cow<'a, str>>);

impl<'a> Segments<'a> {
    /// Reads the path of a request target; a query, from the first raw `?` on, is cut off first.
    ///
    /// # Errors
    /// The first thing that has no single reading.
    pub(crate) fn parse(target: &'a [u8]) -> Result<Self, InvalidPath> {
        let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
        let Some((b'/', rest)) = path.split_first() else {
            return Err(InvalidPath::NoLeadingSlash);
        };
        if rest.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let rest = rest.strip_suffix(b"/").unwrap_or(rest);
        rest.split(|byte| *byte == b'/').map(segment).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
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

fn segment(raw: &[u8]) -> Result<Cow<'_, str>, InvalidPath> {
    if raw.is_empty() {
        return Err(InvalidPath::EmptySegment);
    }
    let decoded = if raw.contains(&b'%') {
        let decoded = decode(raw)?;
        if has_escape(&decoded) {
            return Err(InvalidPath::DoubleEncoding);
        }
        Cow::Owned(String::from_utf8(decoded).map_err(|_| InvalidPath::NotUtf8)?)
    } else {
        raw.iter().try_for_each(|byte| check_raw(*byte))?;
        Cow::Borrowed(std::str::from_utf8(raw).map_err(|_| InvalidPath::NotUtf8)?)
    };
    match decoded.as_ref() {
        "." | ".." => Err(InvalidPath::DotSegment),
        _ => Ok(decoded),
    }
}

fn decode(raw: &[u8]) -> Result<Vec<u8>, InvalidPath> {
    let mut decoded = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter();
    while let Some(&byte) = bytes.next() {
        if byte == b'%' {
            let (Some(high), Some(low)) = (hex(bytes.next()), hex(bytes.next())) else {
                return Err(InvalidPath::BadEscape);
            };
            let escaped = (high << 4) | low;
            if matches!(escaped, 0x00..=0x1f | 0x7f | b'/' | b'\\' | b'#' | b'?' | b';') {
                return Err(InvalidPath::Escape(escaped));
            }
            decoded.push(escaped);
        } else {
            check_raw(byte)?;
            decoded.push(byte);
        }
    }
    Ok(decoded)
}

fn check_raw(byte: u8) -> Result<(), InvalidPath> {
    match byte {
        0x00..=0x20 | 0x7f..=0xff | b'#' | b'\\' | b';' => Err(InvalidPath::RawByte(byte)),
        _ => Ok(()),
    }
}

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
mod tests;
