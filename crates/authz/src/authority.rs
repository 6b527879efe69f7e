//! A request's host, out of its authority (RFC 3986 section 3.2).

use std::borrow::Cow;
use std::net::Ipv6Addr;

use crate::byte_set::ByteSet;

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
        plain(authority).map_or_else(|| Self::spelled(authority), |name| Ok(Self(name.into())))
    }

    /// Reads any authority.
    #[inline(never)]
    fn spelled(authority: &'a [u8]) -> Result<Self, InvalidAuthority> {
        let text = std::str::from_utf8(authority).map_err(|_| InvalidAuthority)?;
        if let Some(rest) = text.strip_prefix('[') {
            return Self::address(rest);
        }
        let colon = text.bytes().position(|byte| byte == b':').unwrap_or(text.len());
        let (host, port) = text.split_at_checked(colon).ok_or(InvalidAuthority)?;
        Self(lower_case(name(host)?)).with_port(port)
    }

    /// What follows the bracket of an IPv6 address.
    fn address(rest: &str) -> Result<Self, InvalidAuthority> {
        let (address, port) = rest.split_once(']').ok_or(InvalidAuthority)?;
        Self(Cow::Owned(ipv6(address)?)).with_port(port)
    }

    fn with_port(self, port: &str) -> Result<Self, InvalidAuthority> {
        let is_fine = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        is_fine.then_some(self).ok_or(InvalidAuthority)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is a host name as it is compared, and nothing else: most authorities, and quickly.
fn plain(authority: &[u8]) -> Option<&str> {
    // The byte before the first one is like a dot: no label is empty.
    let mut before = b'.';
    for byte in authority {
        if !PLAIN.contains(*byte) || *byte == b'.' && before == b'.' {
            return None;
        }
        before = *byte;
    }
    let is_name = before != b'.' && authority.len() <= LONGEST;
    std::str::from_utf8(authority).ok().filter(|_| is_name)
}

/// The bytes of names in lower case.
const PLAIN: ByteSet = ByteSet::new(b"-._0123456789abcdefghijklmnopqrstuvwxyz");

/// An address in its one canonical spelling (RFC 5952).
pub(crate) fn ipv6(address: &str) -> Result<String, InvalidAuthority> {
    let address: Ipv6Addr = address.parse().map_err(|_| InvalidAuthority)?;
    Ok(address.to_string())
}

fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Checks a host name, or an IPv4 address, which has the same characters. Underscores are no part of a
/// host name (RFC 1123), but of many service names.
pub(crate) fn name(host: &str) -> Result<&str, InvalidAuthority> {
    let name = host.strip_suffix('.').unwrap_or(host);
    // The byte before the first one is like a dot: no label is empty.
    let mut before = b'.';
    let is_fine = name.bytes().all(|byte| {
        let allowed = match byte {
            b'.' => before != b'.',
            _ => byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_',
        };
        before = byte;
        allowed
    });
    if is_fine && before != b'.' && name.len() <= LONGEST {
        Ok(name)
    } else {
        Err(InvalidAuthority)
    }
}

/// Bytes of a host name (RFC 1035 section 2.3.4, less what stands around it on the wire).
const LONGEST: usize = 253;

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
            (b"[2001:db8:0::1]", Some("2001:db8::1")),
            (b"[2001:DB8:0:0:0:0:0:1]:80", Some("2001:db8::1")),
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

    #[test]
    fn every_byte_has_the_reading_of_the_long_way() {
        for byte in 0..=255 {
            for authority in [&[byte][..], &[b'a', byte], &[byte, b'a'], &[b'a', byte, b'b']] {
                let short = plain(authority).map(|name| Host(name.into()));
                let is_fine = short.is_none() || short == Host::spelled(authority).ok();
                assert!(is_fine, "{}", authority.escape_ascii());
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_leads_where_the_long_one_does(
            authority in "[a-c.:_1A-]{0,8}|[a-z0-9.-]{250,256}|[ -~]{0,8}",
        ) {
            let authority = authority.as_bytes();
            let long = Host::spelled(authority).ok();
            let short = plain(authority).map(|name| Host(name.into()));
            proptest::prop_assert!(short.is_none() || short == long);
            let is_quick = long.is_some_and(|host| host.as_str().as_bytes() == authority);
            proptest::prop_assert_eq!(short.is_some(), is_quick);
        }
    }
}
