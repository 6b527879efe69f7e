//! The plugin configuration, as it is written.
//!
//! Its types are the contract: every key is a field here, and every field that has a grammar of its own
//! has a type that only holds what the grammar allows. What concerns several rows at once is checked
//! when they are joined into a gate (`compile`).

mod allow;
mod claim_values;
mod forward;
mod grpc;
mod issuers;
#[cfg(feature = "schema")]
mod json_schema;
mod mode;
mod paths;
mod problem;
mod remote_jwks;
mod replies;
mod revoked;
mod role_definitions;
mod roles;
mod rules;
mod settings;
mod signature;
mod source;
mod speller;
mod token_from;
mod value;

use deserr::Deserr;
use serde_json::Value;

pub(crate) use allow::{AllowConfig, Nested, PermissionConfig, RequirementConfig};
pub(crate) use claim_values::{ClaimValue, ClaimValues, claim_path};
pub(crate) use forward::ForwardConfig;
pub(crate) use grpc::GrpcConfig;
pub(crate) use issuers::IssuerConfig;
#[cfg(feature = "schema")]
pub use json_schema::schema;
#[cfg(all(test, feature = "schema"))]
pub(crate) use json_schema::tests::agreement;
pub(crate) use mode::ModeConfig;
pub(crate) use paths::PathsConfig;
pub use problem::{ConfigError, Problem, unknown};
pub(crate) use problem::{Invalid, Problems};
pub(crate) use remote_jwks::RemoteJwksConfig;
pub(crate) use replies::{Format, MessagesConfig, Origins, RepliesConfig};
pub(crate) use revoked::RevokedConfig;
pub(crate) use role_definitions::RoleConfig;
pub(crate) use roles::{ProviderConfig, RoleSourceConfig};
pub(crate) use rules::{Pattern, RuleConfig};
use settings::AuditConfig;
pub(crate) use settings::{AuditedDecisions, CorsPreflight, TokenConfig};
pub(crate) use signature::{JwksConfig, SignatureConfig};
pub(crate) use source::read;
pub(crate) use speller::Speller;
pub(crate) use value::{Given, Members, Name, NonEmpty};

/// The whole configuration: who may vouch for a subject, and who may call what.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = json_schema::object::<Self>))]
pub(crate) struct Config {
    /// Who may vouch for a subject. Needed where a rule asks for a principal.
    #[deserr(default)]
    #[cfg_attr(feature = "schema", schemars(extend("if" = { "minItems": 2 }, "then" = { "items": { "required": ["issuer"] } })))]
    pub(crate) issuers: Given<NonEmpty<IssuerConfig>>,
    /// Where tokens are looked for, and what each must keep to.
    #[deserr(default)]
    pub(crate) token: TokenConfig,
    /// The roles there are, by name. Left out, any name is a role, which those have whose token names it. One named
    /// `anonymous` is everybody's.
    #[deserr(default)]
    pub(crate) roles: Given<Members<RoleConfig>>,
    /// The permission table; its order does not matter. Of the rows that match a request the most specific one governs it,
    /// alone; without a row it is denied.
    pub(crate) rules: NonEmpty<RuleConfig>,
    /// What clients are told of a denial.
    #[deserr(default)]
    pub(crate) replies: RepliesConfig,
    /// Who is asking, told to the upstream.
    #[deserr(default)]
    pub(crate) forward: ForwardConfig,
    /// What the upstream reads in its own way, for the whole table. Left out, what servers read in different ways is
    /// refused. An option that does not fit the upstream is a way past the table.
    // Read ahead of the rules, whose patterns are read with it (`compile::paths`).
    #[deserr(default, rename = "paths")]
    #[cfg_attr(feature = "schema", schemars(rename = "paths"))]
    _paths: PathsConfig,
    /// Tokens and subjects that are refused (`invalid_token`), whoever issued them.
    #[deserr(default)]
    pub(crate) revoked: RevokedConfig,
    /// What is logged of decisions.
    #[deserr(default)]
    pub(crate) audit: AuditConfig,
    /// Whether denials stop requests, for the whole table.
    #[deserr(default)]
    pub(crate) mode: ModeConfig,
    /// Who decides on CORS preflights, which browsers send without a token.
    #[deserr(default)]
    pub(crate) cors_preflight: CorsPreflight,
}

/// Reads each row of a list on its own, with its index, and leaves out those that cannot be read: what
/// is left can still be checked against each other.
pub(crate) fn readable_rows<T: Deserr<Problems>>(config: &Value, list: &str) -> Vec<(usize, T)> {
    let rows = config.get(list).and_then(Value::as_array).into_iter().flatten().enumerate();
    rows.filter_map(|(index, row)| Some((index, deserr::deserialize(row.clone()).ok()?))).collect()
}

#[cfg(test)]
mod tests;
