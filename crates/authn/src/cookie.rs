//! The `Cookie` header (RFC 6265 section 4.2.1), as forgiving as servers are.

use crate::namesake::{Named, is_namesake};

/// What stands under this name in one `Cookie` header.
///
/// Pairs are separated by `;`; blanks around names and values do not count, as some servers have it. What has
/// no `=` is no cookie of a name. Quotes are part of the value. A cookie that an upstream may take for ours is
/// seen, if only to be refused: under a name that some servers fold into ours, or behind a comma or a blank, where old
/// ones (RFC 2109) begin another cookie.
pub(crate) fn values<'a>(header: &'a [u8], name: &str) -> impl Iterator<Item = Named<'a>> {
    header.split(|byte| *byte == b';').filter_map(move |pair| {
        let (own, value) = halves(pair)?;
        if own.trim_ascii() == name.as_bytes() {
            return Some(Named::Exactly(value.trim_ascii()));
        }
        (is_namesake(own, name) || hides(pair, name)).then_some(Named::Nearly)
    })
}

/// Whether this pair is a cookie of exactly this name.
pub(crate) fn is_named(pair: &[u8], name: &str) -> bool {
    halves(pair).is_some_and(|(own, _)| own.trim_ascii() == name.as_bytes())
}

/// The name and the value of a pair, blanks and all.
fn halves(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut halves = pair.splitn(2, |byte| *byte == b'=');
    Some((halves.next()?, halves.next()?))
}

/// Whether some word of the pair, or the one before a word that begins with `=`, is the name of a cookie.
fn hides(pair: &[u8], name: &str) -> bool {
    let words = pair.split(|byte| !byte.is_ascii_graphic() || *byte == b',');
    let mut before: &[u8] = b"";
    for word in words.filter(|word| !word.is_empty()) {
        let mut halves = word.splitn(2, |byte| *byte == b'=');
        let start = halves.next().unwrap_or_default();
        let own = if start.is_empty() { before } else { start };
        if halves.next().is_some() && is_namesake(own, name) {
            return true;
        }
        before = word;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values in order; `None` for what is nearly of the name.
    type Row = (&'static [u8], &'static [Option<&'static str>]);

    const TABLE: &[Row] = &[
        (b"t=a.b.c", &[Some("a.b.c")]),
        (b"a=1; t=a.b.c; b=2", &[Some("a.b.c")]),
        (b"a=1;t=a.b.c;b=2", &[Some("a.b.c")]),
        (b"t=x; t=y", &[Some("x"), Some("y")]),
        (b"t=x; t = y", &[Some("x"), Some("y")]),
        (b"t=", &[Some("")]),
        (b"t=a=b==", &[Some("a=b==")]),
        (b"t=\"x\"", &[Some("\"x\"")]),
        (b"xt=x; t2=x; at=t=x", &[]),
        (b"t", &[]),
        (b"=x; =; ;;", &[]),
        (b"", &[]),
        (b"\xc3\xa9=\xc3\xa9; t=x", &[Some("x")]),
        // Django and Starlette strip every blank of Unicode, each from its own reading of the bytes.
        (b"t=x; \xc2\xa0t=y", &[Some("x"), None]),
        (b"t=x; \xa0t=y", &[Some("x"), None]),
        (b"t=x; \x85t=y", &[Some("x"), None]),
        (b"t=x; t\xe3\x80\x80=y", &[Some("x"), None]),
        (b"t=x; \xe2\x80\xa8t\x1f=y", &[Some("x"), None]),
        // ASP.NET ignores case, PHP decodes and reads lists.
        (b"T=x", &[None]),
        (b"%74=x; t[]=y; t=z", &[None, None, Some("z")]),
        // RFC 2109 separates by commas too, Python's SimpleCookie by blanks.
        (b"a=1, t=y; t=x", &[None, Some("x")]),
        (b"a=1 t=y; t=x", &[None, Some("x")]),
        (b"a=1, t = y; t=x", &[None, Some("x")]),
        (b"a=1\xa0t=y", &[None]),
        (b"t=x, t=y", &[Some("x, t=y")]),
        (b"a=1, t; a=x t x=y; a=,=,t,= =", &[None]),
        (b"a=\"; t=x; b=\"", &[Some("x")]),
    ];

    #[test]
    fn cookies_by_name() {
        for (header, expected) in TABLE {
            let found: Vec<_> = values(header, "t").collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|value| value.map_or(Named::Nearly, |text| Named::Exactly(text.as_bytes())))
                .collect();
            assert_eq!(found, expected, "{}", header.escape_ascii());
        }
    }

    #[test]
    fn names_of_several_words() {
        for own in
            ["access_token", "access.token", "access%5Ftoken", "access[token", "access token"]
        {
            let header = format!("a=1; {own}=x");
            assert_eq!(values(header.as_bytes(), "access_token").count(), 1, "{own}");
        }
    }
}
