//! A request's host, out of its authority (RFC 3986 section 3.2).

use std::borrow::Cow;
use std::net::Ipv6Addr;

/// A host name or address in lower case, without port and without one trailing dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host<'a>(Cow<'a, str>);

/// The authority is not a host name or address with an optional port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the authority is not a host name or address with an optional port")]
pub struct InvalidAuthority;

impl<'a> Host<'a> {
    /// Reads the value of `:authority` or `Host`.
    ///
    /// # Errors
    /// When there is anything else in it: userinfo, blanks, a list (Envoy joins two `Host` headers by
    /// a comma), control bytes.
    pub(crate) fn parse(authority: &'a [u8]) -> Result<Self, InvalidAuthority> {
        let text = std::str::from_utf8(authority).map_err(|_| InvalidAuthority)?;
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => bracketed(rest)?,
            None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
        };
        if port.is_some_and(|port| !is_port(port)) {
            return Err(InvalidAuthority);
        }
        let host = if text.starts_with('[') { host } else { name(host)? };
        if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Ok(Self(Cow::Owned(host.to_ascii_lowercase())))
        } else {
            Ok(Self(Cow::Borrowed(host)))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// `::1]:8080` to the address and what may be a port.
fn bracketed(rest: &str) -> Result<(&str, Option<&str>), InvalidAuthority> {
    let (address, after) = rest.split_once(']').ok_or(InvalidAuthority)?;
    address.parse::<Ipv6Addr>().map_err(|_| InvalidAuthority)?;
    match after {
        "" => Ok((address, None)),
        _ => after.strip_prefix(':').map(|port| (address, Some(port))).ok_or(InvalidAuthority),
    }
}

/// Checks a host name, or an IPv4 address, which has the same characters. Underscores are no part of a
/// host name (RFC 1123), but of many service names.
pub(crate) fn name(host: &str) -> Result<&str, InvalidAuthority> {
    let name = host.strip_suffix('.').unwrap_or(host);
    let label = |label: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        !label.is_empty() && label.bytes().all(allowed)
    };
    if name.len() <= 253 && name.split('.').all(label) { Ok(name) } else { Err(InvalidAuthority) }
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (authority, expected) in [
            (&b"example.com"[..], Some("example.com")),
            (b"EXAMPLE.com", Some("example.com")),
            (b"example.com:8080", Some("example.com")),
            (b"example.com.", Some("example.com")),
            (b"example.com.:443", Some("example.com")),
            (b"localhost", Some("localhost")),
            (b"my_service", Some("my_service")),
            (b"10.0.0.1:80", Some("10.0.0.1")),
            (b"[::1]", Some("::1")),
            (b"[2001:DB8::1]:443", Some("2001:db8::1")),
            (b"", None),
            (b".", None),
            (b"example.com..", None),
            (b".example.com", None),
            (b"a..b", None),
            (b"a,b", None),
            (b"user@example.com", None),
            (b"example.com/", None),
            (b"example.com:", None),
            (b"example.com:80:80", None),
            (b"example.com:+80", None),
            (b"example.com:99999", None),
            (b"exa mple.com", None),
            (b"example.com\0", None),
            (b"ex\xffample.com", None),
            (b"ex%61mple.com", None),
            (b"::1", None),
            (b"[::1", None),
            (b"[::1]x", None),
            (b"[::1]:", None),
            (b"[fe80::1%eth0]", None),
            (b"[example.com]", None),
            (b"*", None),
        ] {
            let found = Host::parse(authority).ok();
            let shown = String::from_utf8_lossy(authority);
            assert_eq!(found.as_ref().map(Host::as_str), expected, "{shown}");
        }
        assert!(Host::parse("a".repeat(254).as_bytes()).is_err());
    }
}
