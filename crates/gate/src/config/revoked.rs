//! `revoked`: tokens that do not count any more.

use deserr::Deserr;

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems};
use super::value::Text;

/// What was revoked. Its lists may be empty: they name exceptions, and none of them is what is meant.
#[derive(Debug, Default, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    rename = "Revoked", transform = json_schema::object::<Self>
))]
pub(crate) struct RevokedConfig {
    /// Tokens, by their `jti`. May be empty.
    #[deserr(default)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = [])))]
    pub(crate) jti: Vec<Text>,
    /// Subjects. May be empty.
    #[deserr(default)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = [])))]
    pub(crate) sub: Vec<Text>,
    /// Seconds since 1970: refuses tokens whose `iat` is before it, or missing. 0: not set.
    #[deserr(default)]
    pub(crate) issued_before: IssuedBefore,
}

/// `issued_before`: seconds since 1970; 0 is no moment at all.
#[derive(Debug, Default, Deserr)]
#[deserr(try_from(u64) = IssuedBefore::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, extend("default" = 0, "minimum" = 0, "maximum" = 99_999_999_999_u64)
))]
pub(crate) struct IssuedBefore(pub(crate) i64);

impl IssuedBefore {
    fn parse(seconds: u64) -> Result<Self, Invalid> {
        match i64::try_from(seconds) {
            // Up to the year 5138.
            Ok(seconds @ 0..=99_999_999_999) => Ok(Self(seconds)),
            _ => Err(Invalid(format!(
                "expected seconds since 1970, such as 1700000000; {seconds} looks like milliseconds"
            ))),
        }
    }
}
