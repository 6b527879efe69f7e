//! Names of cookies and parameters that some server takes for another name.
//!
//! Where an upstream finds a token under a name that is not ours byte for byte, and we do not see it there, the two
//! speak of different people. So a name that any server is known to fold into ours counts as ours, only to be refused.
//! What they do: percent-decode and read `+` as a blank (PHP, ASP.NET also `%u0074`); strip blanks, which in
//! Unicode are many (Django, Starlette); write `_` for `.`, blanks and `[`, read `t[x]` as a part of `t`, and end at
//! a NUL (PHP); ignore case (ASP.NET).

/// What stands under a name, or nearly so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named<'a> {
    /// The value of exactly this name.
    Exactly(&'a [u8]),
    /// Something under a name that some servers take for it.
    Nearly,
}

/// Whether some server may take `own` for `name`.
pub(crate) fn is_namesake(own: &[u8], name: &str) -> bool {
    let same = |own: &[u8]| own.iter().copied().map(folded).eq(name.bytes().map(folded));
    // Most names are plain, and cost no copy.
    if own.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(byte)) {
        return same(own);
    }
    let own = decoded(own);
    let own = own.split(|byte| *byte == 0).next().unwrap_or_default();
    let indexed = own.split(|byte| *byte == b'[').next().unwrap_or_default();
    [own, indexed].into_iter().any(|own| same(own) || same(stripped(own)))
}

fn folded(byte: u8) -> u8 {
    match byte {
        b'.' | b'[' | b' ' => b'_',
        other => other.to_ascii_lowercase(),
    }
}

/// Without what is no token character (RFC 9110 section 5.6.2) at both ends.
fn stripped(mut text: &[u8]) -> &[u8] {
    let foreign = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"!#$%&'*+-.^_`|~".contains(byte);
    while let [first, rest @ ..] = text
        && foreign(first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && foreign(last)
    {
        text = rest;
    }
    text
}

fn decoded(mut text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    while let Some((byte, rest)) = first_decoded(text) {
        bytes.push(byte);
        text = rest;
    }
    bytes
}

/// The first byte that a percent-encoded text means, and the rest of the text.
fn first_decoded(text: &[u8]) -> Option<(u8, &[u8])> {
    let escaped = match text {
        [b'%', b'u' | b'U', b'0', b'0', high, low, rest @ ..] | [b'%', high, low, rest @ ..] => {
            hex(*high, *low).map(|byte| (byte, rest))
        }
        [b'+', rest @ ..] => Some((b' ', rest)),
        _ => None,
    };
    escaped.or_else(|| text.split_first().map(|(byte, rest)| (*byte, rest)))
}

/// The byte that two hexadecimal digits are.
pub(crate) fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = digit(high)?.checked_mul(16)?.checked_add(digit(low)?)?;
    u8::try_from(byte).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_servers_fold_into_ours() {
        for own in [
            &b"a_token"[..],
            b"A_Token",
            b"a.token",
            b"a token",
            b"a+token",
            b"a[token",
            b"a%5Ftoken",
            b"a%5ftoken",
            b"a%2Etoken",
            b"a%20token",
            b"%u0061_token",
            b"%61%5F%74%6f%6b%65%6e",
            b" a_token\t",
            b"\"a_token\"",
            b"\xc2\xa0a_token",
            b"\xa0a_token",
            b"\x85a_token\x1c",
            b"\xe3\x80\x80a.token",
            b"+a_token",
            b"%20a_token%0A",
            b"?a_token",
            b"a_token[]",
            b"a_token[0]",
            b"a_token%5Bx%5D",
            b"a_token%00x",
        ] {
            assert!(is_namesake(own, "a_token"), "{}", own.escape_ascii());
        }
        for (own, name) in
            [(&b"a_token"[..], "a.token"), (b"A_TOKEN", "a.Token"), (b"t[", "t_"), (b"t+", "t_")]
        {
            assert!(is_namesake(own, name), "{} {name}", own.escape_ascii());
        }
    }

    #[test]
    fn names_that_are_others() {
        for own in [
            &b""[..],
            b"a",
            b"token",
            b"atoken",
            b"a-token",
            b"a_token2",
            b"_a_token",
            b"a__token",
            b"x[a_token]",
            b"a%255Ftoken",
            b"a%5token",
            b"%",
            b"%u",
            b"%u00",
            b"\0a_token",
            b"a\xa0_token",
        ] {
            assert!(!is_namesake(own, "a_token"), "{}", own.escape_ascii());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_answered(own in "[%+u0\\[ A-Fa-f\u{0}]{0,12}|.{0,12}", name in "[!-~]{1,6}") {
            let _ = is_namesake(own.as_bytes(), &name);
            proptest::prop_assert!(is_namesake(name.to_uppercase().as_bytes(), &name) || name.contains(['%', '+', '[']));
        }
    }
}
