//! Where a token is put.

use serde_json::Value;

/// The first place that a configuration looks for tokens in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A header, and what comes before the token there.
    Header { name: String, scheme: Option<String> },
    /// A cookie.
    Cookie(String),
    /// A query parameter.
    Query(String),
}

impl Source {
    /// The first one of `token.from`, else the header that the gate looks at by itself.
    pub(crate) fn first_of(config: &Value) -> Self {
        let first = config.pointer("/token/from/0");
        let text = |key| first?.get(key)?.as_str().map(str::to_owned);
        if let Some(name) = text("cookie") {
            return Self::Cookie(name);
        }
        if let Some(name) = text("query") {
            return Self::Query(name);
        }
        match text("header") {
            Some(name) => Self::Header { name, scheme: text("scheme") },
            None => {
                Self::Header { name: "authorization".to_owned(), scheme: Some("Bearer".to_owned()) }
            }
        }
    }

    /// Puts a token there.
    pub(crate) fn attach(
        &self,
        token: &str,
        path: &mut String,
        headers: &mut Vec<(String, String)>,
    ) {
        match self {
            Self::Header { name, scheme: Some(scheme) } => {
                headers.push((name.clone(), format!("{scheme} {token}")));
            }
            Self::Header { name, scheme: None } => headers.push((name.clone(), token.to_owned())),
            Self::Cookie(name) => headers.push(("cookie".to_owned(), format!("{name}={token}"))),
            Self::Query(name) => {
                let separator = if path.contains('?') { "&" } else { "?" };
                path.extend([separator, name, "=", token]);
            }
        }
    }
}
