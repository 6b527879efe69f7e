//! `replies`: the words of a denial.

use authn::text::quoted;
use deserr::{Deserr, IntoValue, Value, ValuePointerRef};

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems};
use super::value::{Given, Message, NonEmpty};
use crate::origin::is_origin;

/// `replies`: the words of a denial.
#[derive(Debug, Default, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    rename = "Replies", transform = json_schema::object::<Self>
))]
pub(crate) struct RepliesConfig {
    /// What the body of a denial is.
    #[deserr(default)]
    pub(crate) format: Format,
    /// The realm of the challenge in `WWW-Authenticate`.
    #[deserr(default)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = "claimgate")))]
    pub(crate) realm: Given<Realm>,
    /// Sentences instead of the fixed ones.
    #[deserr(default)]
    pub(crate) messages: MessagesConfig,
    /// Lets the scripts of other origins read denials.
    #[deserr(default)]
    pub(crate) cors: Given<CorsConfig>,
}

/// `replies.format`: what the body of a denial is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, rename_all = "lowercase", extend("default" = "json")
))]
pub(crate) enum Format {
    /// `{"error": "…"}`.
    #[default]
    Json,
    /// The problem details of RFC 9457.
    Problem,
}

/// `replies.messages`: sentences instead of the fixed ones.
#[derive(Debug, Default, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    rename = "Messages", transform = json_schema::object::<Self>
))]
pub(crate) struct MessagesConfig {
    /// 400: the target is malformed or ambiguous.
    #[deserr(default)]
    pub(crate) invalid_path: Given<Message>,
    /// 401: no token, or one that is not valid.
    #[deserr(default)]
    pub(crate) unauthenticated: Given<Message>,
    /// 403: no rule, or a requirement that is not met; a rule's own `message` comes first.
    #[deserr(default)]
    pub(crate) forbidden: Given<Message>,
    /// 404: what a rule with `status: 404` hides; a rule's own `message` comes first.
    #[deserr(default)]
    pub(crate) not_found: Given<Message>,
    /// 503: keys are not known yet, or Envoy failed.
    #[deserr(default)]
    pub(crate) unavailable: Given<Message>,
}

/// The realm of a challenge: what a quoted string holds without escapes (RFC 9110 section 5.6.4).
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = Realm::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, extend("pattern" = r"^[ !#-\[\]-~]{1,128}$")))]
pub(crate) struct Realm(pub(crate) String);

impl Realm {
    fn parse(text: String) -> Result<Self, Invalid> {
        let allowed = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
        if text.is_empty() || text.len() > 128 || !text.bytes().all(allowed) {
            let expected = "expected 1 to 128 printable ASCII characters without `\"` and `\\`";
            return Err(Invalid(format!("{} is not a realm; {expected}", quoted(&text))));
        }
        Ok(Self(text))
    }
}

/// `replies.cors`: which scripts may read denials.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Cors", transform = json_schema::object::<Self>))]
pub(crate) struct CorsConfig {
    /// Where scripts come from, exactly as browsers write it; `["*"]`: every script that sends no cookies along.
    pub(crate) origins: Origins,
}

/// `replies.cors.origins`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, with = "NonEmpty<OriginConfig>",
    extend("if" = { "contains": { "const": "*" } }, "then" = { "maxItems": 1 })
))]
pub(crate) enum Origins {
    /// `["*"]`: every one, but for requests with cookies: of those, browsers want the origin named.
    Any,
    Only(Vec<String>),
}

impl Deserr<Problems> for Origins {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let NonEmpty(origins) = NonEmpty::<OriginConfig>::deserialize_from_value(value, location)?;
        let origins: Vec<String> = origins.into_iter().map(|origin| origin.0).collect();
        match origins.iter().any(|origin| origin == "*") {
            true if origins.len() > 1 => {
                Err(Problems::at(location, "`*` is every origin already; leave the others out"))
            }
            true => Ok(Self::Any),
            false => Ok(Self::Only(origins)),
        }
    }
}

/// An origin, or `*`.
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = OriginConfig::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline,
    extend("pattern" = r"^(\*|[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?)$")
))]
struct OriginConfig(String);

impl OriginConfig {
    fn parse(text: String) -> Result<Self, Invalid> {
        if text != "*" && !is_origin(&text) {
            let expected = "expected what browsers send, in lower case, without a path or a default port, such as \
                            `https://app.example.com` or `http://localhost:3000`";
            return Err(Invalid(format!("{} is not an origin; {expected}", quoted(&text))));
        }
        Ok(Self(text))
    }
}
