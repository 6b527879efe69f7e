//! Identity for the upstream: claims as request headers, and the token taken out of the request.
//!
//! A header that says who is asking is made here or is not there at all: what a client writes under its name, or under
//! a name that some server takes for it, goes away whatever was decided.

mod value;

use std::fmt;

use authn::{ClaimPath, Principal, TokenSources};
use serde_json::Value;

use crate::request::is_namesake;

pub(crate) use self::value::Notation;

/// What `forward` says, if it says anything.
#[derive(Debug, Clone)]
pub(crate) struct Forward {
    /// The headers, by their names in lower case, each another to every server.
    pub(crate) headers: Vec<(String, Identity)>,
    /// Whether the token is taken out.
    pub(crate) remove_token: bool,
}

/// What one header says of the principal.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) of: Origin,
    pub(crate) notation: Notation,
}

/// Where that comes from.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// The principal's roles.
    Roles,
    /// A claim.
    Claim(ClaimPath),
}

/// What of a request's headers has to go, noted while they are read.
#[derive(Clone)]
pub(crate) struct Noted<'a> {
    forward: &'a Forward,
    sources: &'a TokenSources,
    removed: Vec<&'a [u8]>,
    cookies: Vec<&'a [u8]>,
    /// The values of `Connection`, which Envoy leaves to upgrades alone.
    connections: Vec<&'a [u8]>,
}

/// What is to be changed about a request before it goes on. All else of it stays as it is.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Changes<'a> {
    /// Headers to be removed, as often as they are there, by their names as they came.
    pub removed: Vec<&'a [u8]>,
    /// Headers to be added after that.
    pub added: Vec<(&'a str, Vec<u8>)>,
    /// The `:path` that replaces the one that came.
    pub path: Option<Vec<u8>>,
}

impl Forward {
    /// The top-level claims that are told.
    pub(crate) fn claims(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().filter_map(|(_, identity)| match &identity.of {
            Origin::Claim(path) => path.names().next(),
            Origin::Roles => None,
        })
    }

    /// Whether some server may take this name for one of a header that is made here.
    pub(crate) fn makes(&self, name: &[u8]) -> bool {
        self.headers.iter().any(|(own, _)| is_namesake(name, own))
    }
}

impl<'a> Noted<'a> {
    pub(crate) fn new(forward: &'a Forward, sources: &'a TokenSources) -> Self {
        let (removed, cookies, connections) = (Vec::new(), Vec::new(), Vec::new());
        Self { forward, sources, removed, cookies, connections }
    }

    /// Notes a header, its name in lower case.
    pub(crate) fn header(&mut self, name: &'a [u8], value: &'a [u8]) {
        let removes_token = self.forward.remove_token;
        let goes = self.forward.makes(name) || removes_token && self.sources.in_header(name, value);
        if goes && !self.removed.contains(&name) {
            self.removed.push(name);
        }
        if removes_token && name == b"cookie" && self.sources.reads_cookies() {
            self.cookies.push(value);
        }
        if name == b"connection" {
            self.connections.push(value);
        }
    }

    /// The changes to the request of this path, where this principal was established.
    pub(crate) fn changes(&self, path: &[u8], principal: Option<&Principal>) -> Changes<'a> {
        let mut changes = Changes { removed: self.removed.clone(), ..Changes::default() };
        self.add_connection(&mut changes);
        if self.forward.remove_token {
            self.add_cookies(&mut changes);
            changes.path = self.sources.without_parameters(path);
        }
        for (name, identity) in &self.forward.headers {
            if let Some(value) = principal.and_then(|principal| identity.value(principal)) {
                changes.added.push((name, value.into_bytes()));
            }
        }
        changes
    }

    /// Whatever proxy is next drops the headers that `Connection` names (RFC 9110 section 7.6.1): none of those that are
    /// made here.
    fn add_connection(&self, changes: &mut Changes<'a>) {
        let values = self.connections.iter();
        let options = values.flat_map(|value| value.split(|byte| *byte == b','));
        let options: Vec<&[u8]> = options.map(<[u8]>::trim_ascii).collect();
        let left: Vec<&[u8]> =
            options.iter().copied().filter(|option| !self.forward.makes(option)).collect();
        if left.len() == options.len() {
            return;
        }
        changes.removed.push(b"connection");
        if !left.is_empty() {
            changes.added.push(("connection", left.join(&b", "[..])));
        }
    }

    /// Where some cookie has to go, all `Cookie` headers are written anew.
    fn add_cookies(&self, changes: &mut Changes<'a>) {
        let rest = |cookies: &&[u8]| self.sources.without_cookies(cookies);
        if !self.cookies.iter().any(|cookies| rest(cookies).is_some()) {
            return;
        }
        changes.removed.push(b"cookie");
        for cookies in &self.cookies {
            let left = rest(cookies).unwrap_or_else(|| cookies.to_vec());
            if !left.is_empty() {
                changes.added.push(("cookie", left));
            }
        }
    }
}

impl Identity {
    fn value(&self, principal: &Principal) -> Option<String> {
        match &self.of {
            Origin::Claim(path) => self.notation.write(principal.claims().at(path)?),
            Origin::Roles => {
                let roles = principal.roles().iter().cloned().map(Value::String);
                self.notation.write(&Value::Array(roles.collect()))
            }
        }
    }
}

impl fmt::Debug for Changes<'_> {
    /// Names only: values are the subject's, and a path may hold secrets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let removed: Vec<_> =
            self.removed.iter().map(|name| name.escape_ascii().to_string()).collect();
        let added: Vec<_> = self.added.iter().map(|(name, _)| *name).collect();
        let mut fields = formatter.debug_struct("Changes");
        fields.field("removed", &removed).field("added", &added);
        fields.field("path", &self.path.is_some()).finish()
    }
}
