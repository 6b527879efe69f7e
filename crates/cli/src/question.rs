//! A request, as it is asked about on the command line.

use anyhow::{Result, ensure};
use clap::Args;

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct Question {
    /// The method: GET, DELETE, …
    method: String,
    /// A path, such as `/user-data/123`, or a URL where the host matters. It is taken as it is written.
    url: String,
    /// A header, `name: value`; several times for several.
    #[arg(short = 'H', long = "header", value_name = "HEADER")]
    headers: Vec<String>,
}

/// A request's headers, pseudo-headers first, names in lower case.
pub(crate) type Headers = Vec<(String, String)>;

impl Question {
    /// The headers that Envoy would have.
    pub(crate) fn headers(&self) -> Result<Headers> {
        let (host, path) = self.target();
        let mut headers = vec![
            (":method".to_owned(), self.method.clone()),
            (":authority".to_owned(), host.to_owned()),
            (":path".to_owned(), path.to_owned()),
        ];
        for header in &self.headers {
            let (name, value) = header.split_once(':').unwrap_or_default();
            // What stands before the colon is a name, and could be a token that was put in its place.
            ensure!(!name.is_empty(), "a header is `name: value`, and one of these has no name");
            let name = name.trim().to_ascii_lowercase();
            // Envoy has made the authority of it; here, it would silently count for nothing.
            ensure!(
                name != "host",
                "a host is not written as a header, but in the URL: `https://host/path`"
            );
            headers.push((name, value.trim().to_owned()));
        }
        Ok(headers)
    }

    /// The host and the path. Nothing is mended: what is odd is what one asks about.
    fn target(&self) -> (&str, &str) {
        let url = self.url.as_str();
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let Some(rest) = rest else { return (HOST, url) };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        match rest.split_at_checked(end) {
            Some((host, path)) if !path.is_empty() => (host, path),
            _ => (rest, "/"),
        }
    }
}

/// The host that is asked where none is named.
const HOST: &str = "localhost";

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(url: &str, headers: &[&str]) -> Result<Headers> {
        let headers = headers.iter().map(|one| (*one).to_owned()).collect();
        Question { method: "GET".to_owned(), url: url.to_owned(), headers }.headers()
    }

    #[test]
    fn a_url_is_taken_as_it_is_written() {
        for (url, host, path) in [
            ("/a/%2e%2e/b?c=d", "localhost", "/a/%2e%2e/b?c=d"),
            ("a", "localhost", "a"),
            ("https://Api.Example.com:8443/a//b", "Api.Example.com:8443", "/a//b"),
            ("http://api.example.com", "api.example.com", "/"),
            ("http://api.example.com?a", "api.example.com", "?a"),
            ("https://user@host/", "user@host", "/"),
        ] {
            let found = headers(url, &[]).unwrap();
            assert_eq!((found[1].1.as_str(), found[2].1.as_str()), (host, path), "{url}");
        }
    }

    #[test]
    fn headers_have_a_name() {
        let found = headers("/", &["X-Tenant: acme", "a:b:c", "empty:"]).unwrap();
        let own: Vec<_> = found[3..].iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(own, [("x-tenant", "acme"), ("a", "b:c"), ("empty", "")]);
        for wrong in ["abc", ": x", ""] {
            let error = headers("/", &[wrong]).unwrap_err().to_string();
            assert_eq!(error, "a header is `name: value`, and one of these has no name");
        }
        let error = headers("/", &["Host: api.example.com"]).unwrap_err().to_string();
        assert_eq!(error, "a host is not written as a header, but in the URL: `https://host/path`");
    }
}
