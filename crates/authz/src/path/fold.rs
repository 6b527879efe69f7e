//! Case, where it does not matter.

/// Text under which all spellings that differ in case alone are one; `None` where that is the text as it is.
///
/// Servers fold in different ways: to upper case, to lower case, by whole strings or by single characters. Two
/// spellings that are one to any of them are one here:
///
/// - the Kelvin sign (U+212A) is `k` in lower case, and itself in upper case
/// - the long `ſ` is `S` in upper case, and itself in lower case; so is the dotless `ı` with `I`
/// - `ẞ` is `ß` in lower case, and `ß` is `SS` in upper case
/// - `İ` is `i` to who maps characters one to one, and `i` with a dot above it (U+0307) to who maps text
///
/// Hence to lower case, to upper case, and to lower case again, and no dots above an `i`. By single characters, as the
/// form that `Σ` takes at the end of a word is a matter of case, too.
pub(crate) fn fold(text: &str) -> Option<String> {
    if text.is_ascii() {
        let folds = text.bytes().any(|byte| byte.is_ascii_uppercase());
        return folds.then(|| text.to_ascii_lowercase());
    }
    let mut folded = String::with_capacity(text.len());
    let lower = text.chars().flat_map(char::to_lowercase);
    for c in lower.flat_map(char::to_uppercase).flat_map(char::to_lowercase) {
        if c != '\u{307}' || !folded.ends_with('i') {
            folded.push(c);
        }
    }
    (folded != text).then_some(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        fold(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn folds() {
        for (text, expected) in [
            ("", None),
            ("admin-2_x", None),
            ("Admin", Some("admin")),
            ("café", None),
            ("CAFÉ", Some("café")),
            ("\u{212a}eys", Some("keys")),
            ("u\u{17f}er\u{17f}", Some("users")),
            ("adm\u{131}n", Some("admin")),
            ("ADM\u{130}N", Some("admin")),
            ("admi\u{307}n", Some("admin")),
            ("\u{130}\u{307}", Some("i")),
            ("stra\u{df}e", Some("strasse")),
            ("STRA\u{1e9e}E", Some("strasse")),
            ("ὈΔΟΣ", Some("ὀδοσ")),
            ("ὀδος", Some("ὀδοσ")),
            ("\u{fb01}le", Some("file")),
            ("日本", None),
        ] {
            assert_eq!(fold(text).as_deref(), expected, "{text}");
        }
    }

    /// No character is left out, whichever way a server folds it; and a fold stays one.
    #[test]
    fn whatever_a_server_takes_for_one_is_one() {
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            let (upper, lower) = (text.to_uppercase(), text.to_lowercase());
            if [&upper, &lower] == [&text, &text] {
                continue;
            }
            let expected = folded(&text);
            for same in [&upper, &lower, &upper.to_lowercase(), &lower.to_uppercase(), &expected] {
                assert_eq!(folded(same), expected, "{c:?} as {same:?}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn text_folds_as_its_characters(text in proptest::string::string_regex("[a-zA-ZİıſKßẞΣσςéÉ\u{307}]{0,12}").unwrap()) {
            for same in [text.to_uppercase(), text.to_lowercase(), folded(&text)] {
                proptest::prop_assert_eq!(folded(&same), folded(&text));
            }
        }
    }
}
