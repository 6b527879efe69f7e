//! Text of somebody else's in our messages: quoted, and never longer than a line bears.

use std::borrow::Cow;

/// The text in quotes, control characters escaped, at most 64 bytes of it.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("{:?}", cut(text, 64))
}

/// At most this many bytes of the text, whole characters, with an ellipsis where something is missing.
#[must_use]
pub fn cut(text: &str, bytes: usize) -> Cow<'_, str> {
    match text.get(..text.floor_char_boundary(bytes)) {
        Some(start) if start.len() < text.len() => Cow::Owned(format!("{start}…")),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_at_a_character() {
        for (text, bytes, expected) in [
            ("", 3, ""),
            ("abc", 3, "abc"),
            ("abcd", 3, "abc…"),
            ("aéé", 3, "aé…"),
            ("aéé", 2, "a…"),
            ("é", 1, "…"),
        ] {
            assert_eq!(cut(text, bytes), expected);
        }
        assert_eq!(quoted("a\"\n"), r#""a\"\n""#);
        assert!(quoted(&"\u{1}".repeat(10_000)).len() < 64 * 6);
    }
}
