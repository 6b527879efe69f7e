//! JSON text with more characters escaped than JSON asks for.

use std::fmt::Write as _;

/// The JSON text with each character escaped that is not to be shown. Outside its strings JSON has only plain ones,
/// which have to be shown.
pub(crate) fn escaped(json: String, shown: impl Fn(char) -> bool) -> String {
    // Nearly all are of shown ASCII alone: looked at byte by byte, and not copied.
    if json.bytes().all(|byte| byte.is_ascii() && shown(char::from(byte))) {
        return json;
    }
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
