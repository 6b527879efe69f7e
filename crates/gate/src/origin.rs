//! Where a script comes from, as browsers say it in `Origin`.

/// Whether this is an origin as browsers write one (RFC 6454 section 6.2, and the ASCII serialization of the HTML
/// standard): scheme and host in lower case, no default port. `null`, which every sandboxed page is, is none.
pub(crate) fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else {
        return false;
    };
    let scheme_byte = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.')
    };
    let (host, port) = host_and_port(authority);
    scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(scheme_byte)
        && is_host(host)
        && port.is_none_or(|port| is_port(port, scheme))
}

/// The host, and what follows the colon behind it. Those of an address in brackets are not that colon.
fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_host(host: &str) -> bool {
    let is_name = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_')
    };
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match address {
        Some(address) => {
            let is_address = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b':');
            !address.is_empty() && address.bytes().all(is_address)
        }
        None => !host.is_empty() && host.bytes().all(is_name),
    }
}

fn is_port(port: &str, scheme: &str) -> bool {
    let default = matches!((scheme, port), ("https", "443") | ("http", "80"));
    // Digits alone: `parse` would take a sign and leading zeros too.
    let plain = port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
    plain && !default && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for origin in [
            "https://app.example.com",
            "http://localhost:3000",
            "https://xn--bcher-kva.example",
            "https://my_host",
            "http://127.0.0.1:1",
            "http://[::1]",
            "http://[2001:db8::1]:8080",
            "https://a:80",
            "http://a:65535",
            "capacitor://localhost",
            "chrome-extension://abcdefghijklmnop",
        ] {
            assert!(is_origin(origin), "{origin}");
        }
        for no_origin in [
            "",
            "null",
            "*",
            "app.example.com",
            "//app.example.com",
            "://app.example.com",
            "https://",
            "https://app.example.com/",
            "https://app.example.com/path",
            "https://App.example.com",
            "HTTPS://app.example.com",
            "1https://app.example.com",
            "https://*.example.com",
            "https://user@app.example.com",
            "https://app.example.com:443",
            "http://app.example.com:80",
            "http://a:",
            "http://a:0",
            "http://a:080",
            "http://a:+80",
            "http://a:65536",
            "http://a:b",
            "http://:80",
            "http://[::1",
            "http://[]",
            "http://[g]",
            "https://a,https://b",
            "https://a, https://b",
            "https://a https://b",
            "https://bücher.example",
        ] {
            assert!(!is_origin(no_origin), "{no_origin}");
        }
    }
}
