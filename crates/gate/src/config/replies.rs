//! `replies`: the words of a denial.

use authn::text::quoted;
use deserr::{Deserr, IntoValue, Value, ValuePointerRef};

use super::problem::{Invalid, Problems};
use super::value::{Given, Message, NonEmpty};
use crate::origin::is_origin;

/// `replies`: the words of a denial.
#[derive(Debug, Default, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct RepliesConfig {
    #[deserr(default)]
    pub(crate) format: Format,
    #[deserr(default)]
    pub(crate) realm: Given<Realm>,
    #[deserr(default)]
    pub(crate) messages: MessagesConfig,
    #[deserr(default)]
    pub(crate) cors: Given<CorsConfig>,
}

/// `replies.format`: what the body of a denial is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
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
pub(crate) struct MessagesConfig {
    #[deserr(default)]
    pub(crate) invalid_path: Given<Message>,
    #[deserr(default)]
    pub(crate) unauthenticated: Given<Message>,
    #[deserr(default)]
    pub(crate) forbidden: Given<Message>,
    #[deserr(default)]
    pub(crate) not_found: Given<Message>,
    #[deserr(default)]
    pub(crate) unavailable: Given<Message>,
}

/// The realm of a challenge: what a quoted string holds without escapes (RFC 9110 section 5.6.4).
#[derive(Debug, Deserr)]
#[deserr(try_from(String) = Realm::parse -> Invalid, error = Problems)]
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
pub(crate) struct CorsConfig {
    pub(crate) origins: Origins,
}

/// `replies.cors.origins`.
#[derive(Debug, Clone, PartialEq, Eq)]
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
