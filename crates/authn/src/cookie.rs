//! The `Cookie` header (RFC 6265 section 4.2.1), as forgiving as servers are.

/// The values of the cookies of this name in one `Cookie` header.
///
/// Pairs are separated by `;`; blanks around names and values do not count, as some servers have it: a
/// cookie that an upstream may take for ours is seen. What has no `=` is no cookie of a name. Quotes are
/// part of the value.
pub(crate) fn values<'a>(header: &'a [u8], name: &str) -> impl Iterator<Item = &'a [u8]> {
    header.split(|byte| *byte == b';').filter_map(move |pair| {
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        let (own, value) = pair.split_at_checked(equals)?;
        let value = value.strip_prefix(b"=")?;
        (own.trim_ascii() == name.as_bytes()).then_some(value.trim_ascii())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_by_name() {
        for (header, expected) in [
            ("t=a.b.c", vec!["a.b.c"]),
            ("a=1; t=a.b.c; b=2", vec!["a.b.c"]),
            ("a=1;t=a.b.c;b=2", vec!["a.b.c"]),
            ("t=x; t=y", vec!["x", "y"]),
            ("t=x; t = y", vec!["x", "y"]),
            ("t=", vec![""]),
            ("t=a=b==", vec!["a=b=="]),
            ("t=\"x\"", vec!["\"x\""]),
            ("T=x", vec![]),
            ("xt=x; t2=x; at=t=x", vec![]),
            ("t", vec![]),
            ("=x; =; ;;", vec![]),
            ("", vec![]),
            ("\u{e9}=\u{e9}; t=x", vec!["x"]),
        ] {
            let found: Vec<&[u8]> = values(header.as_bytes(), "t").collect();
            let expected: Vec<&[u8]> = expected.iter().map(|value| value.as_bytes()).collect();
            assert_eq!(found, expected, "{header}");
        }
    }
}
