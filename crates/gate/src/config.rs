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
pub(crate) use mode::ModeConfig;
pub(crate) use paths::PathsConfig;
pub use problem::{ConfigError, Problem};
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

/// The whole configuration.
#[derive(Debug, Deserr)]
#[deserr(deny_unknown_fields, error = Problems)]
pub(crate) struct Config {
    #[deserr(default)]
    pub(crate) issuers: Given<NonEmpty<IssuerConfig>>,
    #[deserr(default)]
    pub(crate) token: TokenConfig,
    #[deserr(default)]
    pub(crate) roles: Given<Members<RoleConfig>>,
    pub(crate) rules: NonEmpty<RuleConfig>,
    #[deserr(default)]
    pub(crate) replies: RepliesConfig,
    #[deserr(default)]
    pub(crate) forward: ForwardConfig,
    // Read ahead of the rules, whose patterns are read with it (`compile::paths`).
    #[deserr(default, rename = "paths")]
    _paths: PathsConfig,
    #[deserr(default)]
    pub(crate) revoked: RevokedConfig,
    #[deserr(default)]
    pub(crate) audit: AuditConfig,
    #[deserr(default)]
    pub(crate) mode: ModeConfig,
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
