//! `token.from`: where tokens are looked for.

use authn::text::quoted;
use authn::{InvalidTokenSources, TokenSource, TokenSources};
use deserr::{Deserr, IntoValue, Value, ValuePointerRef};

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems, place};
use super::value::{Given, NonEmpty};

/// The whole list, each source another place.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, with = "NonEmpty<SourceConfig>", extend("maxItems" = TokenSources::MAX)
))]
pub(crate) struct FromConfig(pub(crate) TokenSources);

impl Deserr<Problems> for FromConfig {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let sources = NonEmpty::<SourceConfig>::deserialize_from_value(value, location)?;
        let sources = sources.0.into_iter().map(|source| source.0).collect();
        TokenSources::new(sources).map(Self).map_err(|invalid| match invalid {
            InvalidTokenSources::TooMany(found) => {
                let message = format!("expected at most {}, found {found}", TokenSources::MAX);
                Problems::at(location, message)
            }
            InvalidTokenSources::Overlap { first, second } => {
                let message = format!("reads the same place as {}[{first}]", place(location));
                Problems::at(location.push_index(second), message)
            }
        })
    }
}

/// One source: `{ header: x-token }`, `{ header: authorization, scheme: Bearer }`, `{ cookie: token }`,
/// `{ query: access_token }`.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    rename = "TokenSource", with = "Keys", transform = json_schema::token_source
))]
struct SourceConfig(TokenSource);

#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = json_schema::object::<Self>))]
struct Keys {
    /// A request header, in lower case. One that comes twice is refused.
    #[deserr(default)]
    header: Given<HeaderName>,
    /// The header's scheme, in any case: the token is what follows it. Left out, the token is the whole value. Goes with
    /// `header` only.
    #[deserr(default)]
    scheme: Given<Scheme>,
    /// A cookie.
    #[deserr(default)]
    cookie: Given<CookieName>,
    /// A query parameter: the last resort, for URLs end up in logs and histories.
    #[deserr(default)]
    query: Given<ParameterName>,
}

impl Deserr<Problems> for SourceConfig {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let Keys { header, scheme, cookie, query } = Keys::deserialize_from_value(value, location)?;
        let scheme = scheme.0.map(|scheme| scheme.0);
        match (header.0, cookie.0, query.0, scheme) {
            (Some(header), None, None, scheme) => {
                Ok(Self(TokenSource::Header { name: header.0, scheme }))
            }
            (None, Some(cookie), None, None) => Ok(Self(TokenSource::Cookie(cookie.0))),
            (None, None, Some(query), None) => Ok(Self(TokenSource::Query(query.0))),
            (None, Some(_), None, Some(_)) | (None, None, Some(_), Some(_)) => {
                Err(Problems::at(location, "`scheme` goes with `header` only"))
            }
            _ => Err(Problems::at(location, "expected exactly one of `header`, `cookie`, `query`")),
        }
    }
}

/// The name of a header that may hold a token, in lower case as Envoy has it.
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = HeaderName::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline,
    extend("pattern" = json_schema::LOWER_CASE_TOKEN, "not" = { "enum": ["host", "cookie"] })
))]
struct HeaderName(String);

impl HeaderName {
    fn parse(text: String) -> Result<Self, Invalid> {
        let quoted = quoted(&text);
        match text.as_str() {
            "cookie" => Err(Invalid("a token in a cookie is `{ cookie: <name> }`".to_owned())),
            "host" => Err(Invalid(format!("{quoted} names the target and holds no token"))),
            pseudo if pseudo.starts_with(':') => {
                Err(Invalid(format!("{quoted} is a pseudo-header and holds no token")))
            }
            name if is_token(name) && !name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Ok(Self(text))
            }
            _ => Err(Invalid(format!(
                "{quoted} is not a header's name; expected lower-case letters such as `x-token`"
            ))),
        }
    }
}

/// An authentication scheme (RFC 9110 section 11.1).
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = Scheme::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, extend("pattern" = json_schema::TOKEN)))]
struct Scheme(String);

impl Scheme {
    fn parse(text: String) -> Result<Self, Invalid> {
        if is_token(&text) {
            return Ok(Self(text));
        }
        let quoted = quoted(&text);
        Err(Invalid(format!("{quoted} is not a scheme; expected a word such as `Bearer`")))
    }
}

/// The name of a cookie (RFC 6265 section 4.1.1).
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = CookieName::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, extend("pattern" = json_schema::TOKEN)))]
struct CookieName(String);

impl CookieName {
    fn parse(text: String) -> Result<Self, Invalid> {
        if is_token(&text) {
            return Ok(Self(text));
        }
        let expected = "expected letters, digits and any of ``!#$%&'*+-.^_`|~``";
        Err(Invalid(format!("{} is not a cookie's name; {expected}", quoted(&text))))
    }
}

/// The name of a query parameter, of characters that nobody needs to encode (RFC 3986 section 2.3).
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = ParameterName::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, extend("pattern" = "^[A-Za-z0-9._~-]{1,128}$")))]
struct ParameterName(String);

impl ParameterName {
    fn parse(text: String) -> Result<Self, Invalid> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if (1..=LONGEST).contains(&text.len()) && text.bytes().all(unreserved) {
            return Ok(Self(text));
        }
        let expected = "expected letters, digits, `-`, `.`, `_` and `~`";
        Err(Invalid(format!("{} is not a query parameter's name; {expected}", quoted(&text))))
    }
}

/// `token` of RFC 9110 section 5.6.2, and not longer than a name.
pub(super) fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(allowed)
}

/// Bytes of a name.
const LONGEST: usize = 128;
