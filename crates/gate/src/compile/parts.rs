//! A configuration in its parts, as far as it can be read.

use authn::{CacheLimits, Revoked, TokenRules, TokenSources, UnixTime};
use serde_json::Value;

use super::texts;
use crate::config::{
    AuditedDecisions, Config, CorsPreflight, Given, IssuerConfig, Members, ModeConfig, Problems,
    RevokedConfig, RoleConfig, RuleConfig, TokenConfig, read, readable_rows,
};
use crate::forward::Forward;
use crate::reply::Replies;

/// What could be read; of the lists, each row with its index.
pub(super) struct Parts {
    /// What is no list of rows; only where everything could be read.
    pub(super) settings: Option<Settings>,
    pub(super) issuers: Vec<(usize, IssuerConfig)>,
    pub(super) roles: Option<Given<Members<RoleConfig>>>,
    pub(super) rules: Vec<(usize, RuleConfig)>,
}

/// What is no list of rows.
pub(super) struct Settings {
    pub(super) token: TokenRules,
    pub(super) replies: Replies,
    pub(super) forward: Option<Forward>,
    pub(super) audited: AuditedDecisions,
    pub(super) filter_state: bool,
    pub(super) mode: ModeConfig,
    pub(super) cors_preflight: CorsPreflight,
}

impl Parts {
    /// Reads a configuration from its tree of values. That is not kept beside what becomes of it: of a large table it
    /// takes most of the memory. For the parts of one that cannot be read whole, it is made once more.
    pub(super) fn read(value: Value, configuration: &[u8], problems: &mut Problems) -> Self {
        match deserr::deserialize(value) {
            Ok(config) => Self::whole(config),
            Err(found) => {
                let found: Problems = found;
                problems.0.extend(found.0);
                Self::readable(&read(configuration).unwrap_or_default())
            }
        }
    }

    fn whole(config: Config) -> Self {
        let settings = Settings {
            token: token_rules(config.token, config.revoked),
            replies: Replies::new(config.replies),
            forward: config.forward.forward(),
            audited: config.audit.decisions,
            filter_state: config.audit.filter_state,
            mode: config.mode,
            cors_preflight: config.cors_preflight,
        };
        Self {
            settings: Some(settings),
            issuers: enumerate(config.issuers.0.map_or_else(Vec::new, |issuers| issuers.0)),
            roles: Some(config.roles),
            rules: enumerate(config.rules.0),
        }
    }

    fn readable(value: &Value) -> Self {
        let roles: Result<_, Problems> =
            value.get("roles").cloned().map(deserr::deserialize).transpose();
        Self {
            settings: None,
            issuers: readable_rows(value, "issuers"),
            roles: roles.ok().map(Option::unwrap_or_default),
            rules: readable_rows(value, "rules"),
        }
    }
}

fn enumerate<T>(rows: Vec<T>) -> Vec<(usize, T)> {
    rows.into_iter().enumerate().collect()
}

fn token_rules(config: TokenConfig, revoked: RevokedConfig) -> TokenRules {
    let issued_before = Some(revoked.issued_before.0).filter(|seconds| *seconds > 0);
    TokenRules {
        sources: config.from.0.map_or_else(TokenSources::default, |from| from.0),
        leeway_seconds: config.leeway_seconds.0,
        max_bytes: usize::from(config.max_bytes.0),
        required_claims: texts(config.required_claims.0),
        cache: CacheLimits {
            max_entries: widen(config.cache.max_entries.0),
            max_bytes: widen(config.cache.max_bytes.0),
        },
        revoked: Revoked {
            ids: revoked.jti.into_iter().map(|text| text.0).collect(),
            subjects: revoked.sub.into_iter().map(|text| text.0).collect(),
            issued_before: issued_before.map(UnixTime::from_seconds),
        },
    }
}

/// A number of the configuration as a length; the largest length there is where it does not fit.
fn widen(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
