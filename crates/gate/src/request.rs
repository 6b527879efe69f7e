//! What a decision is made on: the request's headers, and nothing else of it.

use std::fmt;

use authn::{Credentials, TokenSources};
use authz::token;

use crate::forward::Noted;
use crate::origin::is_origin;

/// The parts of a request that take part in a decision, as raw bytes.
///
/// `X-Original-URL`, `X-HTTP-Method-Override` and their kin are not among them, on purpose: no rule is found by them.
#[derive(Clone)]
pub struct Request<'a> {
    pub(crate) method: &'a [u8],
    pub(crate) authority: &'a [u8],
    pub(crate) path: &'a [u8],
    pub(crate) credentials: Credentials<'a>,
    pub(crate) grpc: bool,
    /// `x-request-id`, the very value that Envoy's property `request.id` has: Envoy's own, or a client's where
    /// Envoy is told to keep those.
    pub(crate) id: Option<&'a [u8]>,
    pub(crate) origin: Option<&'a [u8]>,
    /// `access-control-request-method`.
    pub(crate) announced_method: Option<&'a [u8]>,
    /// Whether a header is there that no browser sends with a preflight: credentials, a body, another method.
    beyond_preflight: bool,
    /// The headers that rules compare claims with, in the policy's order; `None` where one is not there exactly once,
    /// its namesakes counted, or is empty.
    pub(crate) compared: Vec<Option<&'a [u8]>>,
    /// What has to go before the request goes on.
    pub(crate) noted: Option<Noted<'a>>,
}

impl<'a> Request<'a> {
    /// Reads the headers in one pass: lower-case names and raw values, pseudo-headers among them.
    pub(crate) fn read(
        headers: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
        sources: &'a TokenSources,
        names: &[String],
        mut noted: Option<Noted<'a>>,
    ) -> Self {
        let mut compared: Vec<(usize, Option<&[u8]>)> = vec![(0, None); names.len()];
        let (mut method, mut authority, mut path) = (None, None, None);
        let (mut id, mut origin, mut announced_method) = (None, None, None);
        let mut credentials = Credentials::new(sources);
        let (mut grpc, mut beyond_preflight) = (false, false);
        for (name, value) in headers {
            match name {
                b":method" => once(&mut method, value),
                b":authority" => once(&mut authority, value),
                b":path" => once(&mut path, value),
                b"access-control-request-method" => once(&mut announced_method, value),
                b"origin" => once(&mut origin, value),
                b"x-request-id" => once(&mut id, value),
                b"content-type" => grpc = is_grpc(value),
                _ => {}
            }
            credentials.note_header(name, value);
            if let Some(noted) = &mut noted {
                noted.header(name, value);
            }
            // Whatever stands before the method may matter; behind any other than this one, nothing does.
            if method.is_none_or(|method| method == b"OPTIONS") {
                beyond_preflight |= is_beyond_preflight(name, value);
            }
            for ((times, one), other) in compared.iter_mut().zip(names) {
                if other.as_bytes() == name {
                    *one = Some(value);
                } else if !is_namesake(name, other) {
                    continue;
                }
                *times = times.saturating_add(1);
            }
        }
        let path = path.unwrap_or_default();
        credentials.note_path(path);
        Self {
            method: method.unwrap_or_default(),
            authority: authority.unwrap_or_default(),
            path,
            credentials,
            grpc,
            id,
            origin,
            announced_method,
            beyond_preflight,
            noted,
            // An empty value says no more than none, and equals no claim either.
            compared: compared
                .into_iter()
                .map(|(times, one)| one.filter(|value| times == 1 && !value.is_empty()))
                .collect(),
        }
    }

    /// Whether there is something where tokens are looked for.
    #[must_use]
    pub fn has_token(&self) -> bool {
        !self.credentials.is_empty()
    }

    /// The path without the query, which may hold a token.
    pub(crate) fn path_alone(&self) -> &'a [u8] {
        self.path.split(|byte| *byte == b'?').next().unwrap_or_default()
    }
}

impl fmt::Debug for Request<'_> {
    /// No header's value, no query: either may hold a token.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = formatter.debug_struct("Request");
        for (name, value) in
            [("method", self.method), ("authority", self.authority), ("path", self.path_alone())]
        {
            fields.field(name, &format_args!("{}", value.escape_ascii()));
        }
        fields.field("credentials", &self.credentials).field("grpc", &self.grpc);
        fields.field("compared", &self.compared.len()).finish_non_exhaustive()
    }
}

impl<'a> Request<'a> {
    /// The method that this asks for, if it is what a browser asks before it sends a script's request (Fetch standard,
    /// "CORS-preflight request"): exactly one origin and one method, no credentials, no body. Envoy joins what comes
    /// twice by a comma, which neither has.
    pub(crate) fn preflight(&self) -> Option<&'a [u8]> {
        let origin = self.origin.and_then(|origin| str::from_utf8(origin).ok())?;
        let is_one = self.method == b"OPTIONS"
            && (origin == "null" || is_origin(origin))
            && !self.beyond_preflight
            && self.credentials.is_empty();
        self.announced_method.filter(|method| is_one && token(method).is_some())
    }
}

/// Headers by which a server may take a request for one of another method.
const METHOD_OVERRIDES: [&str; 3] =
    ["x-http-method", "x-http-method-override", "x-method-override"];

fn is_beyond_preflight(name: &[u8], value: &[u8]) -> bool {
    match name {
        b"authorization" | b"cookie" | b"transfer-encoding" => true,
        b"content-length" => value != b"0",
        _ => METHOD_OVERRIDES.iter().any(|other| is_namesake(name, other)),
    }
}

/// What comes twice is none: the empty value, which every reader refuses.
fn once<'a>(slot: &mut Option<&'a [u8]>, value: &'a [u8]) {
    *slot = Some(if slot.is_some() { b"" } else { value });
}

/// Whether some server takes one header's name for the other's: CGI and WSGI write `_` for `-` and ignore case, PHP
/// writes it for `.` too. Of the two values, which one an upstream reads is then for it to choose.
pub(crate) fn is_namesake(own: &[u8], name: &str) -> bool {
    let folded =
        |byte: u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'_' };
    own.len() == name.len() && own.iter().copied().map(folded).eq(name.bytes().map(folded))
}

/// Envoy's own test, since it is Envoy that turns our reply into gRPC's form: `application/grpc`, alone
/// or followed by `+`.
fn is_grpc(content_type: &[u8]) -> bool {
    match content_type.strip_prefix(b"application/grpc") {
        Some(rest) => rest.is_empty() || rest.starts_with(b"+"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&'static str, &'static str)]) -> Request<'static> {
        let headers = headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        Request::read(headers, Box::leak(Box::default()), &["x-tenant".to_owned()], None)
    }

    #[test]
    fn what_comes_twice_is_never_picked_from() {
        let request = request(&[
            (":method", "GET"),
            (":path", "/public"),
            (":path", "/admin"),
            ("authorization", "Bearer a"),
            ("authorization", "Bearer a"),
            ("x-original-url", "/other"),
        ]);
        assert_eq!(
            (request.method, request.path, request.authority),
            (&b"GET"[..], &b""[..], &b""[..])
        );
        assert_eq!(format!("{:?}", request.credentials), r#"{"authorization": "several"}"#);
    }

    #[test]
    fn a_preflight_has_one_origin_and_one_method_and_nothing_that_acts() {
        let options = (":method", "OPTIONS");
        let origin = ("origin", "https://app.example.com");
        let method = ("access-control-request-method", "DELETE");
        for (headers, expected) in [
            (vec![options, origin, method], true),
            (vec![options, ("origin", "null"), method], true),
            (vec![options, origin, ("access-control-request-method", "patch")], true),
            (vec![options, origin, method, ("content-length", "0")], true),
            (vec![options, origin, method, ("x-http-methods", "GET")], true),
            (vec![options, origin, method, ("content-length", "1")], false),
            (vec![options, origin, method, ("transfer-encoding", "chunked")], false),
            (vec![options, origin, method, ("authorization", "Basic x")], false),
            (vec![options, origin, method, ("cookie", "a=b")], false),
            (vec![options, origin, method, ("x-http-method", "DELETE")], false),
            (vec![options, origin, method, ("x-http-method-override", "DELETE")], false),
            (vec![options, origin, method, ("x_http_method_override", "DELETE")], false),
            (vec![options, origin, method, ("x-method-override", "DELETE")], false),
            (vec![(":method", "GET"), origin, method], false),
            (vec![(":method", "options"), origin, method], false),
            (vec![options, options, origin, method], false),
            (vec![origin, method], false),
            (vec![options, origin], false),
            (vec![options, method], false),
            (vec![options, origin, origin, method], false),
            (vec![options, origin, method, method], false),
            (vec![options, ("origin", ""), method], false),
            (vec![options, ("origin", "*"), method], false),
            (vec![options, ("origin", "app.example.com"), method], false),
            (vec![options, ("origin", "https://a.example,https://b.example"), method], false),
            (vec![options, origin, ("access-control-request-method", "")], false),
            (vec![options, origin, ("access-control-request-method", "GET,PUT")], false),
            (vec![options, origin, ("access-control-request-method", "GET /")], false),
        ] {
            assert_eq!(request(&headers).preflight().is_some(), expected, "{headers:?}");
        }
    }

    #[test]
    fn grpc_is_what_envoy_takes_for_it() {
        for (content_type, expected) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("application/grpc-web", false),
            ("application/json", false),
            ("", false),
        ] {
            assert_eq!(request(&[("content-type", content_type)]).grpc, expected, "{content_type}");
        }
    }
}
