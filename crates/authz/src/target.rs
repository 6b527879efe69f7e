//! What a request is for: method, host and path.

use crate::authority::{Host, InvalidAuthority};
use crate::path::{InvalidPath, PathOptions, Segments};

/// The target of a request, each part with one reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: Host<'a>,
    pub(crate) path: Segments<'a>,
}

impl<'a> Target<'a> {
    /// Reads the raw values of `:method`, `:authority` and `:path`; an absent one is an empty one.
    ///
    /// # Errors
    /// When one of them has no single reading.
    pub fn parse(
        method: &'a [u8],
        authority: &'a [u8],
        path: &'a [u8],
        options: PathOptions,
    ) -> Result<Self, InvalidTarget> {
        let path = Segments::parse(path, options)?;
        let host = Host::parse(authority)?;
        let method =
            token(method).filter(|name| is_upper_case(name)).ok_or(InvalidTarget::Method)?;
        Ok(Self { method, host, path })
    }
}

/// Why a target is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTarget {
    /// The path.
    #[error(transparent)]
    Path(#[from] InvalidPath),
    /// The authority.
    #[error(transparent)]
    Authority(#[from] InvalidAuthority),
    /// The method is not a token (RFC 9110 section 9.1), or has lower-case letters: methods are told apart
    /// by case, and some servers do not.
    #[error("the method is not a token in upper case")]
    Method,
}

/// Whether there is no lower-case letter.
pub(crate) fn is_upper_case(name: &str) -> bool {
    !name.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// A token of RFC 9110 section 5.6.2, as text.
#[must_use]
pub fn token(bytes: &[u8]) -> Option<&str> {
    let allowed = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
    };
    if bytes.is_empty() || !bytes.iter().all(allowed) {
        return None;
    }
    std::str::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_checked() {
        let said = |method: &[u8], authority: &[u8], path: &[u8]| {
            Target::parse(method, authority, path, PathOptions::default())
                .map_or_else(|invalid| invalid.to_string(), |_| "ok".to_owned())
        };
        assert_eq!(said(b"GET", b"h", b"/"), "ok");
        assert_eq!(said(b"get", b"h", b"/"), "the method is not a token in upper case");
        assert_eq!(said(b"", b"h", b"/"), "the method is not a token in upper case");
        assert_eq!(said(b"GE T", b"h", b"/"), "the method is not a token in upper case");
        assert_eq!(said(b"GET\xff", b"h", b"/"), "the method is not a token in upper case");
        assert_eq!(said(b"GET", b"", b"/"), InvalidAuthority.to_string());
        assert_eq!(said(b"CONNECT", b"h:443", b""), InvalidPath::NoLeadingSlash.to_string());
    }
}
