//! A request without its token: what is left of each place where one is looked for.
//!
//! What goes is what a source would read, be it a good token or not; all else stays byte for byte.

use crate::credentials::TokenSources;
use crate::source::TokenSource;
use crate::{cookie, query};

impl TokenSources {
    /// The names of the headers that may hold a token as their value.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.iter().filter_map(|source| match source {
            TokenSource::Header { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether this header, its name in lower case, holds a token or something in its place. Another scheme is none.
    #[must_use]
    pub fn in_header(&self, name: &[u8], value: &[u8]) -> bool {
        self.iter().any(|source| match source {
            TokenSource::Header { name: own, .. } => {
                own.as_bytes() == name && !matches!(source.found(value), Ok(None))
            }
            _ => false,
        })
    }

    /// Whether a cookie may hold a token.
    #[must_use]
    pub fn reads_cookies(&self) -> bool {
        self.iter().any(|source| matches!(source, TokenSource::Cookie(_)))
    }

    /// What is left of a `Cookie` header without the cookies that are looked at, empty where nothing is; `None` where
    /// it has none of them.
    #[must_use]
    pub fn without_cookies(&self, header: &[u8]) -> Option<Vec<u8>> {
        let is_read = |pair: &[u8]| {
            self.iter().any(|source| match source {
                TokenSource::Cookie(name) => cookie::is_named(pair, name),
                _ => false,
            })
        };
        without(header, b';', is_read).map(|rest| rest.trim_ascii_start().to_vec())
    }

    /// A path without the parameters that are looked at, and without the `?` where nothing is left behind it; `None`
    /// where it has none of them.
    #[must_use]
    pub fn without_parameters(&self, path: &[u8]) -> Option<Vec<u8>> {
        let mut halves = path.splitn(2, |byte| *byte == b'?');
        let (start, query) = (halves.next()?, halves.next()?);
        let is_read = |parameter: &[u8]| {
            self.iter().any(|source| match source {
                TokenSource::Query(name) => query::is_named(parameter, name),
                _ => false,
            })
        };
        let rest = without(query, b'&', is_read)?;
        let mark: &[u8] = if rest.is_empty() { b"" } else { b"?" };
        Some([start, mark, &rest].concat())
    }
}

/// The parts of a text less those that are to go; `None` where none is.
fn without(text: &[u8], separator: u8, goes: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    let parts = || text.split(|byte| *byte == separator);
    if !parts().any(&goes) {
        return None;
    }
    let kept: Vec<&[u8]> = parts().filter(|part| !goes(part)).collect();
    Some(kept.join(&separator))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> TokenSources {
        let header = |name: &str, scheme: Option<&str>| TokenSource::Header {
            name: name.to_owned(),
            scheme: scheme.map(str::to_owned),
        };
        TokenSources::new(vec![
            header("authorization", Some("Bearer")),
            header("authorization", Some("JWT")),
            header("x-token", None),
            TokenSource::Cookie("t".to_owned()),
            TokenSource::Query("access_token".to_owned()),
        ])
        .unwrap()
    }

    #[test]
    fn headers_with_a_token() {
        assert_eq!(
            sources().headers().collect::<Vec<_>>(),
            ["authorization", "authorization", "x-token"]
        );
        for (name, value, expected) in [
            ("authorization", "Bearer a.b.c", true),
            ("authorization", "jwt a.b.c", true),
            ("authorization", "Bearer", true),
            ("authorization", "Basic eA==,Bearer a.b.c", true),
            ("authorization", "Basic eA==", false),
            ("authorization", "", false),
            ("x-token", "a.b.c", true),
            ("x-token", "no token", true),
            ("x-token", "", false),
            ("x_token", "a.b.c", false),
            ("cookie", "t=a.b.c", false),
        ] {
            let found = sources().in_header(name.as_bytes(), value.as_bytes());
            assert_eq!(found, expected, "{name}: {value}");
        }
    }

    #[test]
    fn cookies_less_the_token() {
        for (header, expected) in [
            ("t=a.b.c", Some("")),
            ("t=a.b.c; ", Some("")),
            ("a=1; t=a.b.c; b=2", Some("a=1; b=2")),
            ("t=x; a=1;b=\"2;  c", Some("a=1;b=\"2;  c")),
            ("a=1;t=x", Some("a=1")),
            ("t=x; a=1; t = y", Some("a=1")),
            ("a=1; b; =; ;t=x", Some("a=1; b; =; ")),
            ("tt=x; T=x; a=t=x; t; t2=t", None),
            ("", None),
        ] {
            let found = sources().without_cookies(header.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{header}");
        }
        assert!(sources().reads_cookies() && !TokenSources::default().reads_cookies());
        assert_eq!(TokenSources::default().without_cookies(b"t=x"), None);
    }

    #[test]
    fn paths_less_the_token() {
        for (path, expected) in [
            ("/a?access_token=x", Some("/a")),
            ("/a?x=1&access_token=x&y", Some("/a?x=1&y")),
            ("/a?access_token=x&x=%20&access%5Ftoken=y", Some("/a?x=%20")),
            ("/a?access_token", Some("/a")),
            ("/a?access_token=x?y&b=?", Some("/a?b=?")),
            ("/a?&&access_token=x", Some("/a?&")),
            ("/access_token=x?a&Access_Token=x&access_tokens=y", None),
            ("/a?", None),
            ("/a&access_token=x", None),
            ("", None),
        ] {
            let found = sources().without_parameters(path.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_left_to_be_found(text in "[ta=; ,?&%_]{0,30}|.{0,30}", query in "(&?(access_token|x)?=?[a-z]?){0,5}") {
            use crate::credentials::Credentials;

            let path = format!("/a?{query}");
            let sources = sources();
            let cookies = sources.without_cookies(text.as_bytes());
            let path_left = sources.without_parameters(path.as_bytes());
            let mut credentials = Credentials::new(&sources);
            let cookies = cookies.unwrap_or_else(|| text.clone().into_bytes());
            let path = path_left.unwrap_or_else(|| path.into_bytes());
            for pair in cookies.split(|byte| *byte == b';') {
                proptest::prop_assert!(!cookie::is_named(pair, "t"));
            }
            credentials.note_path(&path);
            proptest::prop_assert!(credentials.is_empty(), "{}", path.escape_ascii());
        }
    }
}
