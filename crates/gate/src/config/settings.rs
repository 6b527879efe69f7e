//! `token`, `audit`, `cors_preflight`.

use deserr::{Deserr, IntoValue, Value, ValuePointerRef};

use super::problem::{Invalid, Problems, found, unknown};
use super::token_from::FromConfig;
use super::value::{Given, Name, NonEmpty};

/// `token`: what every token must keep to.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct TokenConfig {
    #[deserr(default)]
    pub(crate) from: Given<FromConfig>,
    #[deserr(default = Leeway(60))]
    pub(crate) leeway_seconds: Leeway,
    #[deserr(default = MaxBytes(16_384))]
    pub(crate) max_bytes: MaxBytes,
    #[deserr(default = expiry())]
    pub(crate) required_claims: NonEmpty<Name>,
    #[deserr(default)]
    pub(crate) cache: CacheConfig,
}

impl Default for TokenConfig {
    fn default() -> Self {
        Self {
            from: Given::default(),
            leeway_seconds: Leeway(60),
            max_bytes: MaxBytes(16_384),
            required_claims: expiry(),
            cache: CacheConfig::default(),
        }
    }
}

/// `token.cache`: how much a worker remembers of verified tokens; no entries: nothing.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct CacheConfig {
    #[deserr(default = 10_000)]
    pub(crate) max_entries: u32,
    #[deserr(default = 16 << 20)]
    pub(crate) max_bytes: u32,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { max_entries: 10_000, max_bytes: 16 << 20 }
    }
}

fn expiry() -> NonEmpty<Name> {
    NonEmpty(vec![Name("exp".to_owned())])
}

/// Seconds by which clocks may differ: at most an hour, beyond which it is no leeway.
#[derive(Debug, Deserr)]
#[deserr(try_from(u32) = Leeway::parse -> Invalid, error = Problems)]
pub(crate) struct Leeway(pub(crate) u32);

impl Leeway {
    fn parse(seconds: u32) -> Result<Self, Invalid> {
        match seconds {
            0..=3_600 => Ok(Self(seconds)),
            _ => Err(Invalid(format!("expected at most 3600 seconds, found {seconds}"))),
        }
    }
}

/// Bytes a token may have. Envoy takes 60 KiB of headers at most.
#[derive(Debug, Deserr)]
#[deserr(try_from(u32) = MaxBytes::parse -> Invalid, error = Problems)]
pub(crate) struct MaxBytes(pub(crate) u16);

impl MaxBytes {
    fn parse(bytes: u32) -> Result<Self, Invalid> {
        match u16::try_from(bytes) {
            Ok(bytes @ 1..=61_440) => Ok(Self(bytes)),
            _ => Err(Invalid(format!("expected 1 to 61440 bytes, found {bytes}"))),
        }
    }
}

/// `audit`: what is logged.
#[derive(Debug, Default, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct AuditConfig {
    #[deserr(default)]
    pub(crate) decisions: AuditedDecisions,
}

/// `audit.decisions`: which decisions are logged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum AuditedDecisions {
    None,
    #[default]
    Denied,
    All,
}

impl Deserr<Problems> for AuditedDecisions {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, Problems> {
        let Value::String(text) = &value else {
            return Err(Problems::at(
                location,
                format!("expected a string, found {}", found(&value)),
            ));
        };
        match text.as_str() {
            "none" => Ok(Self::None),
            "denied" => Ok(Self::Denied),
            "all" => Ok(Self::All),
            _ => Err(Problems::at(location, unknown("value", text, &["none", "denied", "all"]))),
        }
    }
}

/// `cors_preflight`: who decides on CORS preflights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserr)]
#[deserr(rename_all = lowercase, error = Problems)]
pub(crate) enum CorsPreflight {
    /// The rules, as on any request.
    #[default]
    Rule,
    /// Nobody: they go on.
    Allow,
}
