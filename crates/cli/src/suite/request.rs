//! What is asked.

use std::fmt;

use anyhow::{Result, bail, ensure};

/// A request of a suite, without the token of whoever makes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// The host that is asked for, where it matters.
    pub host: Option<String>,
    /// The headers, names in lower case, each as often as it comes.
    pub headers: Vec<(String, String)>,
    /// Whether it is a gRPC call.
    pub grpc: bool,
}

impl Request {
    /// Reads a request as it is written: a method and a path.
    ///
    /// # Errors
    /// When it is not.
    pub fn parse(line: &str) -> Result<Self> {
        let Some((method, path)) = line.split_once(' ') else {
            bail!("{line:?} is not a request; expected a method and a path such as `GET /orders`");
        };
        Ok(Self::new(method, path.trim_start(), false))
    }

    /// The call of a gRPC method, such as `shop.Orders/List`.
    #[must_use]
    pub fn grpc(method: &str) -> Self {
        Self::new("POST", &format!("/{method}"), true)
    }

    fn new(method: &str, path: &str, grpc: bool) -> Self {
        let headers = Vec::new();
        Self { method: method.to_owned(), path: path.to_owned(), host: None, headers, grpc }
    }

    /// Adds a header; one of the same name is kept.
    ///
    /// # Errors
    /// When it is none that a request can have beside its method, path and host.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        // Name and value are as they come to the filter, however the client wrote them.
        let lower = name.to_ascii_lowercase();
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        ensure!(
            !lower.is_empty() && lower.bytes().all(token),
            "{name:?} is not a header's name; expected one such as `x-tenant`"
        );
        ensure!(lower != "host", "a host is not written as a header, but as `host`");
        ensure!(!value.contains(['\0', '\r', '\n']), "the value of {name:?} cannot be sent");
        let value = value.trim_matches([' ', '\t']);
        self.headers.push((lower, value.to_owned()));
        Ok(self)
    }

    /// All of it as the gate takes it.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let host = self.host.as_deref().unwrap_or(NOBODYS_HOST);
        let pseudo =
            [(":method", self.method.as_str()), (":authority", host), (":path", &self.path)];
        let grpc = self.grpc.then_some(("content-type", "application/grpc"));
        let own = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all = pseudo.into_iter().chain(grpc).chain(own);
        all.map(|(name, value)| (name.as_bytes(), value.as_bytes()))
    }
}

impl fmt::Display for Request {
    /// `GET /orders at acme.example.com`, without headers.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.grpc {
            formatter.write_str(self.path.trim_start_matches('/'))?;
        } else {
            write!(formatter, "{} {}", self.method, self.path)?;
        }
        match &self.host {
            Some(host) => write!(formatter, " at {host}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Request {
    /// No header's value, no query: either may hold a token.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.split('?').next().unwrap_or_default();
        let mut fields = formatter.debug_struct("Request");
        fields.field("method", &self.method).field("path", &path);
        fields.field("host", &self.host).field("grpc", &self.grpc).finish_non_exhaustive()
    }
}

/// The host of a request for which none is given: one that cannot be anybody's (RFC 6761 section 6.4).
const NOBODYS_HOST: &str = "host.invalid";
