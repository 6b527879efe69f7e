//! `forward`: what the upstream is told of who is asking.

use authn::text::quoted;
use deserr::{Deserr, IntoValue, Map as _, Value, ValuePointerRef};

use super::claim_values::claim_path;
#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems, found};
use crate::forward::{Forward, Identity, Notation, Origin};

/// `forward`: what the upstream is told of who is asking.
#[derive(Debug, Default, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Forward", transform = json_schema::object::<Self>))]
pub(crate) struct ForwardConfig {
    /// Headers that the upstream gets, each with a claim (`a.b` nests, `["https://x.y/z"]` is a literal name) or with
    /// `$roles`. A client's own copies are removed, whatever becomes of the request.
    #[deserr(default)]
    headers: HeadersConfig,
    /// Whether the token is taken out of requests that go on, wherever `token.from` looks.
    #[deserr(default)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = false)))]
    remove_token: bool,
}

impl ForwardConfig {
    /// What it says, if anything.
    pub(crate) fn forward(self) -> Option<Forward> {
        let Self { headers, remove_token } = self;
        let says = remove_token || !headers.0.is_empty();
        says.then_some(Forward { headers: headers.0, remove_token })
    }
}

/// `forward.headers`: header names, and what each says.
#[derive(Debug, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, schema_with = "json_schema::identity_headers"))]
pub(super) struct HeadersConfig(Vec<(String, Identity)>);

impl Deserr<Problems> for HeadersConfig {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let Value::Map(object) = value else {
            let found = found(&value);
            return Err(Problems::at(location, format!("expected an object, found {found}")));
        };
        let (mut headers, mut problems) = (Vec::new(), Problems::default());
        if object.is_empty() {
            problems = Problems::at(location, "is empty; leave the key out or name something");
        } else if object.len() > MOST {
            let message = format!("has {} headers, more than {MOST}", object.len());
            problems = Problems::at(location, message);
        }
        for (name, value) in object.into_iter() {
            let place = location.push_key(&name);
            if let Err(Invalid(message)) = check_name(&name) {
                problems.0.extend(Problems::at(location, message).0);
            }
            match IdentityConfig::deserialize_from_value(value.into_value(), place) {
                Ok(identity) => headers.push((name, identity.0)),
                Err(found) => problems.0.extend(found.0),
            }
        }
        if problems.0.is_empty() { Ok(Self(headers)) } else { Err(problems) }
    }
}

/// What one header says: `sub`, `$roles`, `{ claim: groups, list: json }`.
#[derive(Debug)]
struct IdentityConfig(Identity);

/// A claim, and how it is written where it is a list.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Identity", transform = json_schema::object::<Self>))]
pub(super) struct Keys {
    /// The claim, or `$roles`.
    claim: OriginConfig,
    /// How a list is written.
    #[deserr(default)]
    list: ListConfig,
}

/// `list`.
#[derive(Debug, Default, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, rename_all = "lowercase", extend("default" = "csv")))]
enum ListConfig {
    /// `a,b`; left out where an element has a comma.
    #[default]
    Csv,
    /// `["a","b"]`, in ASCII.
    Json,
}

/// A claim path, or `$roles`.
#[derive(Debug, Deserr)]
#[deserr(try_from(&String) = OriginConfig::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, schema_with = "json_schema::identity_origin"))]
pub(super) struct OriginConfig(Origin);

impl OriginConfig {
    fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "$roles" => Ok(Self(Origin::Roles)),
            word if word.starts_with('$') => Err(Invalid(format!(
                "{} is no claim path; expected `$roles`, or a list for a claim of that name, such as `[\"$a\"]`",
                quoted(word)
            ))),
            path => claim_path(path).map(|path| Self(Origin::Claim(path))),
        }
    }
}

impl Deserr<Problems> for IdentityConfig {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let (of, notation) = match value {
            text @ Value::String(_) => {
                (OriginConfig::deserialize_from_value(text, location)?, Notation::default())
            }
            map @ Value::Map(_) => {
                let Keys { claim, list } = Keys::deserialize_from_value(map, location)?;
                let notation = match list {
                    ListConfig::Csv => Notation::Csv,
                    ListConfig::Json => Notation::Json,
                };
                (claim, notation)
            }
            other => {
                let expected =
                    "expected a claim path, `$roles`, or `{ claim: groups, list: json }`";
                return Err(Problems::at(location, format!("{expected}, found {}", found(&other))));
            }
        };
        Ok(Self(Identity { of: of.0, notation }))
    }
}

/// A name is of letters, digits and `-`: no two of those are one to any server, and none drops them. It is none that
/// HTTP, browsers, gRPC or Envoy have a use for: a client's own are removed.
fn check_name(name: &str) -> Result<(), Invalid> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let quoted = quoted(name);
    if name.starts_with(':') {
        return Err(Invalid(format!("{quoted} is a pseudo-header; expected a header of your own")));
    }
    if !(1..=LONGEST).contains(&name.len()) || !name.bytes().all(plain) {
        let expected = "expected lower-case letters, digits and `-`, such as `x-user-id`";
        return Err(Invalid(format!("{quoted} is not a header to forward; {expected}")));
    }
    let is_of_family = FAMILIES.iter().any(|start| name.starts_with(start));
    if TAKEN.contains(&name) || is_of_family || name.ends_with(BINARY) {
        let expected = "expected one of your own, such as `x-user-id`";
        return Err(Invalid(format!("{quoted} has a meaning already; {expected}")));
    }
    Ok(())
}

pub(super) const TAKEN: &[&str] = &[
    "accept",
    "alt-svc",
    "authorization",
    "connection",
    "cookie",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "http2-settings",
    "keep-alive",
    "max-forwards",
    "origin",
    "pragma",
    "priority",
    "range",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-client-trace-id",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-real-ip",
    "x-request-id",
    "x-rewrite-url",
];

pub(super) const FAMILIES: &[&str] = &[
    "accept-",
    "access-control-",
    "cache-",
    "content-",
    "grpc-",
    "if-",
    "proxy-",
    "sec-",
    "upgrade-",
    "x-envoy-",
    "x-forwarded-",
];

/// The end of names whose values gRPC reads as base64.
pub(super) const BINARY: &str = "-bin";

/// Headers to add: each header of a request is compared with all of them.
pub(super) const MOST: usize = 16;
/// Bytes of a name.
const LONGEST: usize = 128;
