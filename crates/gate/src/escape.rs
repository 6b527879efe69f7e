//! JSON text with more characters escaped than JSON asks for.

use std::fmt::Write as _;

/// The JSON text with each character escaped that is not to be shown. Outside its strings JSON has only plain ones,
/// which have to be shown.
pub(crate) fn escaped(json: &str, shown: impl Fn(char) -> bool) -> String {
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
