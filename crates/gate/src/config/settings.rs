//! `token`, `audit`, `cors_preflight`.

use deserr::{Deserr, IntoValue, Value, ValuePointerRef};

#[cfg(feature = "schema")]
use super::json_schema;
use super::problem::{Invalid, Problems, found, unknown};
use super::token_from::FromConfig;
use super::value::{Given, Name, NonEmpty};

/// `token`: what every token must keep to.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Token", transform = json_schema::object::<Self>))]
pub(crate) struct TokenConfig {
    /// Where a token is looked for, up to 8 places. All of them are read; a token anywhere else does not count.
    #[deserr(default)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = [{ "header": "authorization", "scheme": "Bearer" }])))]
    pub(crate) from: Given<FromConfig>,
    /// By how much clocks may differ.
    #[deserr(default = Self::default().leeway_seconds)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = 60)))]
    pub(crate) leeway_seconds: AtMost<3_600>,
    /// Bytes a token may have.
    #[deserr(default = Self::default().max_bytes)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = 16_384)))]
    pub(crate) max_bytes: MaxBytes,
    /// Claims that must be there: the whole list. Without `exp` in it, a token that has none counts for ever.
    #[deserr(default = Self::default().required_claims)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = ["exp"])))]
    pub(crate) required_claims: NonEmpty<Name>,
    /// How much each worker remembers of verified tokens.
    #[deserr(default)]
    pub(crate) cache: CacheConfig,
}

impl Default for TokenConfig {
    fn default() -> Self {
        Self {
            from: Given::default(),
            leeway_seconds: AtMost(60),
            max_bytes: MaxBytes(16_384),
            required_claims: NonEmpty(vec![Name("exp".to_owned())]),
            cache: CacheConfig::default(),
        }
    }
}

/// `token.cache`: how much a worker remembers of verified tokens. What a VM may take is bounded here, since its
/// host bounds it at a gigabyte only.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Cache", transform = json_schema::object::<Self>))]
pub(crate) struct CacheConfig {
    /// Verified tokens that each worker remembers; 0 switches it off.
    #[deserr(default = Self::default().max_entries)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = 10_000)))]
    pub(crate) max_entries: AtMost<1_000_000>,
    /// Bytes of memory that they may take; a token of Keycloak's takes some 1700, and what the policy looks at of its claims.
    #[deserr(default = Self::default().max_bytes)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = 16_777_216)))]
    pub(crate) max_bytes: AtMost<{ 64 << 20 }>,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { max_entries: AtMost(10_000), max_bytes: AtMost(16 << 20) }
    }
}

/// A whole number from 0 to `MAX`.
#[derive(Debug, Deserr)]
#[deserr(try_from(u32) = AtMost::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, extend("maximum" = MAX)))]
pub(crate) struct AtMost<const MAX: u32>(pub(crate) u32);

impl<const MAX: u32> AtMost<MAX> {
    fn parse(number: u32) -> Result<Self, Invalid> {
        if number > MAX {
            return Err(Invalid(format!("expected at most {MAX}, found {number}")));
        }
        Ok(Self(number))
    }
}

/// Bytes a token may have. Envoy takes 60 KiB of headers at most.
#[derive(Debug, Deserr)]
#[deserr(try_from(u32) = MaxBytes::parse -> Invalid, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline, extend("minimum" = 1, "maximum" = 61_440)))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Audit", transform = json_schema::object::<Self>))]
pub(crate) struct AuditConfig {
    /// Which decisions are logged.
    #[deserr(default)]
    pub(crate) decisions: AuditedDecisions,
    /// Whether each decision is put into Envoy's filter state, for access logs: `%FILTER_STATE(wasm.claimgate.code:PLAIN)%`.
    /// Costs up to five host calls a request.
    #[deserr(default)]
    #[cfg_attr(feature = "schema", schemars(extend("default" = false)))]
    pub(crate) filter_state: bool,
}

/// `audit.decisions`: which decisions are logged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, rename_all = "lowercase", extend("default" = "denied")
))]
pub(crate) enum AuditedDecisions {
    /// No decision.
    None,
    /// Denials.
    #[default]
    Denied,
    /// Every decision.
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(
    inline, rename_all = "lowercase", extend("default" = "rule")
))]
pub(crate) enum CorsPreflight {
    /// The rules, as on any request.
    #[default]
    Rule,
    /// Nobody: they go on, where a rule lets anybody send what they announce.
    Allow,
}
