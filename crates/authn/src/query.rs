//! The query of a request target (RFC 3986 section 3.4), read as form parameters.

use crate::namesake::{Named, hex, is_namesake};

/// What stands under this name in the query of `:path`, which begins at the first `?`.
///
/// A name may be percent-encoded, since an upstream decodes it. Values are as they are written: the
/// characters of a JWT need no encoding, so that a value with `%` or `+` for a blank is no token. Some servers also fold
/// other names into this one, and separate parameters by `;` too: what they would find is seen, if only to be refused.
pub(crate) fn values<'a>(path: &'a [u8], name: &str) -> impl Iterator<Item = Named<'a>> {
    let query = path.splitn(2, |byte| *byte == b'?').nth(1);
    query.into_iter().flat_map(|query| query.split(|byte| *byte == b'&')).filter_map(
        move |parameter| {
            let (own, value) = halves(parameter);
            if means(own, name.as_bytes()) {
                return Some(Named::Exactly(value));
            }
            let mut inner = parameter.split(|byte| *byte == b';');
            inner.any(|parameter| is_namesake(halves(parameter).0, name)).then_some(Named::Nearly)
        },
    )
}

/// Whether this parameter is one of exactly this name, in whatever encoding.
pub(crate) fn is_named(parameter: &[u8], name: &str) -> bool {
    means(halves(parameter).0, name.as_bytes())
}

/// The name and the value; no value is an empty one.
fn halves(parameter: &[u8]) -> (&[u8], &[u8]) {
    let mut halves = parameter.splitn(2, |byte| *byte == b'=');
    (halves.next().unwrap_or_default(), halves.next().unwrap_or_default())
}

/// Whether the text, percent-decoded, is the name.
fn means(mut text: &[u8], name: &[u8]) -> bool {
    for wanted in name {
        let (same, rest) = match text {
            [b'%', high, low, rest @ ..] => (hex(*high, *low) == Some(*wanted), rest),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The values in order; `None` for what is nearly of the name.
    type Row = (&'static [u8], &'static [Option<&'static str>]);

    const TABLE: &[Row] = &[
        (b"/a?t0=a.b.c", &[Some("a.b.c")]),
        (b"/a?x=1&t0=a.b.c&y=2", &[Some("a.b.c")]),
        (b"/a?t0=x&t0=y", &[Some("x"), Some("y")]),
        (b"/a?t0=x&%740=y&%74%30=z", &[Some("x"), Some("y"), Some("z")]),
        (b"/a?t0=x%2E", &[Some("x%2E")]),
        (b"/a?t0=a=b==", &[Some("a=b==")]),
        (b"/a?t0", &[Some("")]),
        (b"/a?t0=", &[Some("")]),
        (b"/a?t0=x?t0=y", &[Some("x?t0=y")]),
        (b"/a?t=x&t00=x&xt0=x", &[]),
        (b"/a?%74=x&t%=x&t%3=x&t%zz=x&%=x&%", &[]),
        (b"/a?", &[]),
        (b"/a?&&=&?", &[]),
        (b"/a&t0=x", &[]),
        (b"", &[]),
        // Python before 3.10 and others separate by `;` too; others read `&amp;` so.
        (b"/a?x=1;t0=y&t0=x", &[None, Some("x")]),
        (b"/a?x=1&amp;t0=y", &[None]),
        (b"/a?t0=x;t0=y", &[Some("x;t0=y")]),
        (b"/a?x=t0;y", &[]),
        // PHP strips and reads lists, ASP.NET ignores case, `?` is no part of a query for some.
        (b"/a?T0=x", &[None]),
        (b"/a?+t0=x&%20t0=x&t0[]=x&t0%5B0%5D=x&t0%00=x", &[None; 5]),
        (b"/a?%u00740=x", &[None]),
        (b"/a??t0=y&t0=x", &[None, Some("x")]),
        (b"/a?\xc2\xa0t0=x", &[None]),
    ];

    #[test]
    fn parameters_by_name() {
        for (path, expected) in TABLE {
            let found: Vec<_> = values(path, "t0").collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|value| value.map_or(Named::Nearly, |text| Named::Exactly(text.as_bytes())))
                .collect();
            assert_eq!(found, expected, "{}", path.escape_ascii());
        }
    }

    #[test]
    fn names_that_php_reads_as_ours() {
        for own in ["access.token", "access[token", "access+token", "access%20token"] {
            let path = format!("/a?{own}=x");
            let found: Vec<_> = values(path.as_bytes(), "access_token").collect();
            assert_eq!(found, [Named::Nearly], "{own}");
        }
    }
}
