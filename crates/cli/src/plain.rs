//! The operator's text where people read it: nothing in it is hidden, and nothing in it acts.

use std::fmt::Write as _;

/// The text, with what cannot be seen, or turns the order of what can, written as `\u{202e}`.
pub(crate) fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    // Those that would be escaped although they are seen.
    for part in text.split_inclusive(['"', '\'', '\\']) {
        let end = part.chars().next_back().filter(|end| matches!(end, '"' | '\'' | '\\'));
        let part = end.and_then(|end| part.strip_suffix(end)).unwrap_or(part);
        visible.extend(part.escape_debug().chain(end));
    }
    visible
}

/// The text as one word of a shell's command line; of bash and its kin where it has characters that cannot be seen.
pub(crate) fn shell_word(text: &str) -> String {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+=,-".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_safe) {
        return text.to_owned();
    }
    if visible(text) == text {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut word = "$'".to_owned();
    for character in text.chars() {
        match character {
            '\'' | '\\' => word.extend(['\\', character]),
            ' '..='~' => word.push(character),
            _ => {
                // Writing to a string does not fail.
                let _ = write!(word, "\\U{:08x}", u32::from(character));
            }
        }
    }
    word + "'"
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_is_hidden_is_shown() {
        for (text, shown) in [
            ("admin", "admin"),
            (r#"it's "a\b""#, r#"it's "a\b""#),
            ("Größe 管理者 ผู้ดูแล", "Größe 管理者 ผู้ดูแล"),
            ("a\u{202e}nimda", r"a\u{202e}nimda"),
            ("zero\u{200b}width\u{feff}", r"zero\u{200b}width\u{feff}"),
            ("\u{1b}[31m\n", r"\u{1b}[31m\n"),
            ("no\u{a0}break", r"no\u{a0}break"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn a_shell_reads_one_word() {
        for (text, word) in [
            ("admin", "admin"),
            ("", "''"),
            ("/a/%2e?b", "'/a/%2e?b'"),
            ("it's", r"'it'\''s'"),
            ("$(x) `y` \"z\"", "'$(x) `y` \"z\"'"),
            ("管理者", "'管理者'"),
            ("a\u{202e}'b\\", r"$'a\U0000202e\'b\\'"),
        ] {
            assert_eq!(shell_word(text), word);
            let script = format!("LC_ALL=C.UTF-8; printf %s {word}");
            let echoed = Command::new("bash").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(echoed.stdout).unwrap(), text);
        }
    }
}
