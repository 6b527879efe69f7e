//! The credentials of a request: at most one bearer token (RFC 6750 section 2.1).

use std::fmt;

use crate::rejection::{InvalidToken, Unauthenticated};

/// What a request brought to say who is asking: the values of its `Authorization` header.
#[derive(Clone, Copy)]
pub enum Credentials<'a> {
    /// No such header.
    None,
    /// One value, as raw bytes.
    One(&'a [u8]),
    /// More than one; never resolved by picking (RFC 9110 section 11.6.2 allows one).
    Several,
}

impl<'a> Credentials<'a> {
    /// The one bearer token among these credentials.
    ///
    /// An empty value and another scheme (`Basic`) are no bearer token; something that begins as one
    /// and goes on otherwise is an invalid one, and so is one inside something else: Envoy joins repeated
    /// headers by `,`, and its `jwt_authn` finds `Bearer ` anywhere in the value.
    pub(crate) fn bearer(self) -> Result<&'a str, Unauthenticated> {
        let value = match self {
            Self::None => return Err(Unauthenticated::NoToken),
            Self::One(value) => value,
            Self::Several => return Err(InvalidToken::NotOneToken.into()),
        };
        let scheme_length = value.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let Some((scheme, rest)) = value.split_at_checked(scheme_length) else {
            return Err(InvalidToken::NotOneToken.into());
        };
        if !scheme.eq_ignore_ascii_case(b"bearer") {
            let hidden = value.windows(7).any(|part| part.eq_ignore_ascii_case(b"bearer "));
            return Err(if hidden {
                InvalidToken::NotOneToken.into()
            } else {
                Unauthenticated::NoToken
            });
        }
        let token = rest.trim_ascii_start();
        let spaces = rest.len().saturating_sub(token.len());
        if spaces == 0 || !rest.iter().take(spaces).all(|byte| *byte == b' ') {
            return Err(InvalidToken::NotOneToken.into());
        }
        token68(token).ok_or_else(|| InvalidToken::NotOneToken.into())
    }
}

impl fmt::Debug for Credentials<'_> {
    /// Says how many there are, never what they are.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::None => "None",
            Self::One(_) => "One(redacted)",
            Self::Several => "Several",
        })
    }
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

    #[test]
    fn one_bearer_token_or_none_or_refused() {
        let refused = Err(Unauthenticated::InvalidToken(InvalidToken::NotOneToken));
        let none = Err(Unauthenticated::NoToken);
        for (value, expected) in [
            (&b"Bearer a.b.c"[..], Ok("a.b.c")),
            (b"bearer a.b.c", Ok("a.b.c")),
            (b"BEARER a.b.c", Ok("a.b.c")),
            (b"Bearer   a.b.c", Ok("a.b.c")),
            (b"Bearer a-._~+/==", Ok("a-._~+/==")),
            (b"", none.clone()),
            (b"Basic dXNlcjpwYXNz", none.clone()),
            (b"a.b.c", none.clone()),
            (b"Bearerx a.b.c", none.clone()),
            (b"Basic eA==", none),
            (b" Bearer a.b.c", refused.clone()),
            (b"xBearer a.b.c", refused.clone()),
            (b"Basic eA==,bearer a.b.c", refused.clone()),
            (b"Bearer", refused.clone()),
            (b"Bearer ", refused.clone()),
            (b"Bearer\ta.b.c", refused.clone()),
            (b"Bearer \ta.b.c", refused.clone()),
            (b"Bearer a.b.c ", refused.clone()),
            (b"Bearer a.b.c d", refused.clone()),
            (b"Bearer a.b.c,Bearer d.e.f", refused.clone()),
            (b"Bearer a.b.c, Bearer a.b.c", refused.clone()),
            (b"Bearer,Bearer a.b.c", refused.clone()),
            (b"Bearer \"a.b.c\"", refused.clone()),
            (b"Bearer a\0b", refused.clone()),
            (b"Bearer \xff\xfe", refused.clone()),
            (b"Bearer: a.b.c", refused.clone()),
        ] {
            let found = Credentials::One(value).bearer();
            assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(value));
        }
        assert_eq!(Credentials::Several.bearer(), refused);
        assert_eq!(Credentials::None.bearer(), Err(Unauthenticated::NoToken));
    }

    #[test]
    fn debug_never_shows_the_token() {
        assert_eq!(format!("{:?}", Credentials::One(b"Bearer secret")), "One(redacted)");
    }
}
