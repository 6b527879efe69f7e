//! Where tokens are looked for, and the form a token has there.

use std::fmt;

use crate::rejection::InvalidToken;

/// One place of a request that may hold a bearer token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// A header: the whole value, or what follows the scheme (RFC 6750 section 2.1).
    Header {
        /// Its name, in lower case.
        name: String,
        /// The scheme, compared case-insensitively and followed by blanks (RFC 9110 section 11.4).
        scheme: Option<String>,
    },
    /// The cookie of this name (RFC 6265).
    Cookie(String),
    /// The query parameter of this name (RFC 6750 section 2.3).
    Query(String),
}

impl TokenSource {
    /// What stands for the token in a value that was found here; [`checked`](Self::checked) says whether it is one.
    ///
    /// An empty value and another scheme (`Basic`) are no token; something that begins as one and goes on
    /// otherwise is an invalid one, and so is one inside something else: Envoy joins repeated headers by
    /// `,`, and its `jwt_authn` finds `Bearer ` anywhere in the value.
    pub(crate) fn found<'v>(&self, value: &'v [u8]) -> Result<Option<&'v [u8]>, InvalidToken> {
        match self {
            Self::Header { scheme: Some(scheme), .. } => {
                after_scheme(value, scheme.as_bytes()).map_err(|Unclear| self.not_one_token())
            }
            Self::Header { .. } | Self::Cookie(_) | Self::Query(_) => {
                Ok((!value.is_empty()).then_some(value))
            }
        }
    }

    /// What was found, if it has the form of one token.
    pub(crate) fn checked<'v>(&self, found: &'v [u8]) -> Result<&'v str, InvalidToken> {
        token68(found).ok_or_else(|| self.not_one_token())
    }

    /// What is said of a value that is not one token.
    pub(crate) fn not_one_token(&self) -> InvalidToken {
        InvalidToken::NotOneToken(self.clone())
    }

    /// What a value has to be, in words.
    pub(crate) fn form(&self) -> String {
        match self {
            Self::Header { scheme: Some(scheme), .. } => format!("`{scheme}` and one token"),
            _ => "one token".to_owned(),
        }
    }
}

impl fmt::Display for TokenSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header { name, .. } => formatter.write_str(name),
            Self::Cookie(name) => write!(formatter, "cookie `{name}`"),
            Self::Query(name) => write!(formatter, "query parameter `{name}`"),
        }
    }
}

/// The value is neither of the scheme nor certainly of another one.
struct Unclear;

/// What follows the scheme and its blanks; none where the value is of another scheme.
fn after_scheme<'v>(value: &'v [u8], scheme: &[u8]) -> Result<Option<&'v [u8]>, Unclear> {
    let of_scheme = |(start, rest): &(&[u8], &[u8])| {
        let goes_on = rest.first().is_some_and(u8::is_ascii_alphanumeric);
        start.eq_ignore_ascii_case(scheme) && !goes_on
    };
    let Some((_, rest)) = value.split_at_checked(scheme.len()).filter(of_scheme) else {
        return if hides(value, scheme) { Err(Unclear) } else { Ok(None) };
    };
    let token = rest.trim_ascii_start();
    let blanks = rest.len().saturating_sub(token.len());
    if blanks == 0 || !rest.iter().take(blanks).all(|byte| *byte == b' ') {
        return Err(Unclear);
    }
    Ok(Some(token))
}

/// Whether the scheme and a blank are anywhere in the value.
fn hides(value: &[u8], scheme: &[u8]) -> bool {
    value.windows(scheme.len().saturating_add(1)).any(|part| match part.split_last() {
        Some((last, start)) => *last == b' ' && start.eq_ignore_ascii_case(scheme),
        None => false,
    })
}

/// `b64token` of RFC 6750 section 2.1: letters, digits and `-._~+/`, then any number of `=`.
fn token68(bytes: &[u8]) -> Option<&str> {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    if bytes.is_empty() || !bytes.iter().all(allowed) {
        return None;
    }
    std::str::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str, scheme: Option<&str>) -> TokenSource {
        TokenSource::Header { name: name.to_owned(), scheme: scheme.map(str::to_owned) }
    }

    /// A value and the token in it, none, or a refusal.
    type Row = (&'static [u8], Result<Option<&'static str>, ()>);

    fn check(source: &TokenSource, refusal: &str, table: &[Row]) {
        for (value, expected) in table {
            let found = source
                .found(value)
                .and_then(|found| found.map(|found| source.checked(found)).transpose());
            let found = found.map_err(|error| error.to_string());
            let expected = expected.map_err(|()| refusal.to_owned());
            assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(value));
        }
    }

    #[test]
    fn one_bearer_token_or_none_or_refused() {
        let source = header("authorization", Some("Bearer"));
        let table: &[Row] = &[
            (b"Bearer a.b.c", Ok(Some("a.b.c"))),
            (b"bearer a.b.c", Ok(Some("a.b.c"))),
            (b"BEARER a.b.c", Ok(Some("a.b.c"))),
            (b"Bearer   a.b.c", Ok(Some("a.b.c"))),
            (b"Bearer a-._~+/==", Ok(Some("a-._~+/=="))),
            (b"", Ok(None)),
            (b"Bear", Ok(None)),
            (b"Basic dXNlcjpwYXNz", Ok(None)),
            (b"a.b.c", Ok(None)),
            (b"Bearerx a.b.c", Ok(None)),
            (b"Basic eA==", Ok(None)),
            (b" Bearer a.b.c", Err(())),
            (b"xBearer a.b.c", Err(())),
            (b"Basic eA==,bearer a.b.c", Err(())),
            (b"Bearer", Err(())),
            (b"Bearer ", Err(())),
            (b"Bearer\ta.b.c", Err(())),
            (b"Bearer \ta.b.c", Err(())),
            (b"Bearer a.b.c ", Err(())),
            (b"Bearer a.b.c d", Err(())),
            (b"Bearer a.b.c,Bearer d.e.f", Err(())),
            (b"Bearer a.b.c, Bearer a.b.c", Err(())),
            (b"Bearer,Bearer a.b.c", Err(())),
            (b"Bearer \"a.b.c\"", Err(())),
            (b"Bearer a\0b", Err(())),
            (b"Bearer \xff\xfe", Err(())),
            (b"Bearer: a.b.c", Err(())),
        ];
        check(&source, "authorization is not `Bearer` and one token", table);
    }

    #[test]
    fn any_scheme_is_read_like_bearer() {
        let table: &[Row] = &[
            (b"JWT a.b.c", Ok(Some("a.b.c"))),
            (b"jwt  a.b.c", Ok(Some("a.b.c"))),
            (b"Bearer a.b.c", Ok(None)),
            (b"JWTS a.b.c", Ok(None)),
            (b"Bearer x,JWT a.b.c", Err(())),
            (b"JWT", Err(())),
        ];
        check(&header("x-token", Some("JWT")), "x-token is not `JWT` and one token", table);
    }

    #[test]
    fn without_a_scheme_the_whole_value_is_the_token() {
        let table: &[Row] = &[
            (b"a.b.c", Ok(Some("a.b.c"))),
            (b"", Ok(None)),
            (b"Bearer a.b.c", Err(())),
            (b" a.b.c", Err(())),
            (b"a.b.c,a.b.c", Err(())),
            (b"\"a.b.c\"", Err(())),
            (b"a%2Eb%2Ec", Err(())),
            (b"\xff", Err(())),
        ];
        check(&header("x-token", None), "x-token is not one token", table);
        check(&TokenSource::Cookie("t".to_owned()), "cookie `t` is not one token", table);
        check(&TokenSource::Query("t".to_owned()), "query parameter `t` is not one token", table);
    }
}
