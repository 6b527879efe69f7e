//! JSON text with more characters escaped than JSON asks for.

use std::fmt::Write as _;

/// The JSON text with one character of ASCII escaped, and each other than ASCII that is not to be shown. Outside its
/// strings JSON has only plain ones; the characters that control are escaped already.
pub(crate) fn escaped(json: String, one: u8, shown: impl Fn(char) -> bool) -> String {
    // Nearly all are of ASCII alone, and not copied.
    if json.is_ascii() && !json.as_bytes().contains(&one) {
        return json;
    }
    let shown = |character: char| match u8::try_from(character) {
        Ok(byte) if byte.is_ascii() => byte != one,
        _ => shown(character),
    };
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if shown(character) {
            text.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}
