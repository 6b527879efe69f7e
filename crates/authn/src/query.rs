//! The query of a request target (RFC 3986 section 3.4), read as form parameters.

/// The values of the parameters of this name in the query of `:path`, which begins at the first `?`.
///
/// A name may be percent-encoded, since an upstream decodes it. Values are as they are written: the
/// characters of a JWT need no encoding, so that a value with `%` or `+` for a blank is no token.
pub(crate) fn values<'a>(path: &'a [u8], name: &str) -> impl Iterator<Item = &'a [u8]> {
    let query = path.splitn(2, |byte| *byte == b'?').nth(1);
    query.into_iter().flat_map(|query| query.split(|byte| *byte == b'&')).filter_map(
        move |parameter| {
            let mut halves = parameter.splitn(2, |byte| *byte == b'=');
            let own = halves.next()?;
            means(own, name.as_bytes()).then(|| halves.next().unwrap_or_default())
        },
    )
}

/// Whether the text, percent-decoded, is the name.
fn means(mut text: &[u8], name: &[u8]) -> bool {
    for wanted in name {
        let (same, rest) = match text {
            [b'%', high, low, rest @ ..] => (hex(*high, *low) == Some(u32::from(*wanted)), rest),
            [byte, rest @ ..] => (byte == wanted, rest),
            [] => return false,
        };
        if !same {
            return false;
        }
        text = rest;
    }
    text.is_empty()
}

fn hex(high: u8, low: u8) -> Option<u32> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    digit(high)?.checked_mul(16)?.checked_add(digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_by_name() {
        for (path, expected) in [
            ("/a?t0=a.b.c", vec!["a.b.c"]),
            ("/a?x=1&t0=a.b.c&y=2", vec!["a.b.c"]),
            ("/a?t0=x&t0=y", vec!["x", "y"]),
            ("/a?t0=x&%740=y&%74%30=z", vec!["x", "y", "z"]),
            ("/a?t0=x%2E", vec!["x%2E"]),
            ("/a?t0=a=b==", vec!["a=b=="]),
            ("/a?t0", vec![""]),
            ("/a?t0=", vec![""]),
            ("/a?t0=x?t0=y", vec!["x?t0=y"]),
            ("/a?x=1;t0=x", vec![]),
            ("/a?T0=x&t=x&t00=x&xt0=x", vec![]),
            ("/a?%74=x&t%=x&t%3=x&t%zz=x&%=x&%", vec![]),
            ("/a?", vec![]),
            ("/a?&&=&?", vec![]),
            ("/a&t0=x", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<&[u8]> = values(path.as_bytes(), "t0").collect();
            let expected: Vec<&[u8]> = expected.iter().map(|value| value.as_bytes()).collect();
            assert_eq!(found, expected, "{path}");
        }
    }
}
