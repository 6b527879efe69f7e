//! Configuration to the parts of a gate, with the checks that concern several rows at once.

mod allow;
mod denials;
mod issuers;
mod paths;
mod role_definitions;
mod roles;
mod table;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use authn::{Authenticator, CacheLimits, Revoked, TokenRules, TokenSources, UnixTime};

use crate::config::{
    AuditedDecisions, Config, ConfigError, CorsPreflight, ModeConfig, Name, Problems,
    RevokedConfig, TokenConfig, read, readable_rows,
};
use crate::gate::Gate;
use crate::reply::Replies;

/// Reads a configuration and builds the gate, or finds everything that is wrong with it.
///
/// Where some of it cannot be read, the rows that can are still checked against each other, so that an
/// operator mends everything in one round.
pub(crate) fn gate(configuration: &[u8]) -> Result<Gate, ConfigError> {
    let value = read(configuration)?;
    let mut problems = Problems::default();
    let config: Result<Config, Problems> = deserr::deserialize(value.clone());
    let (settings, options, issuers, roles, mut rules) = match config {
        Ok(config) => {
            let settings = Settings {
                token: token_rules(config.token, config.revoked),
                replies: Replies::new(config.replies),
                audited: config.audit.decisions,
                mode: config.mode,
                cors_preflight: config.cors_preflight,
            };
            let issuers = config.issuers.0.map_or_else(Vec::new, |issuers| issuers.0);
            (
                Some(settings),
                config.paths.into(),
                enumerate(issuers),
                Some(config.roles),
                enumerate(config.rules.0),
            )
        }
        Err(found) => {
            problems = found;
            let roles = value.get("roles").cloned().map(deserr::deserialize).transpose();
            (
                None,
                paths::options(&value),
                readable_rows(&value, "issuers"),
                roles.ok().map(Option::unwrap_or_default),
                readable_rows(&value, "rules"),
            )
        }
    };
    table::check_paths(&value, &mut problems);
    let mut patterns = paths::patterns(&value, options, &mut problems);
    paths::add_grpc(&rules, options, &mut patterns, &mut problems);
    rules.retain(|(index, _)| patterns.contains_key(index));
    denials::check(&value, &mut problems);
    if value.get("issuers").is_none() {
        table::check_no_principal_is_needed(&rules, &mut problems);
    }
    let mut warnings = issuers::warnings(&issuers);
    let issuers = issuers::compile(issuers, &mut problems);
    let roles = roles.and_then(|roles| role_definitions::compile(roles, &mut problems));
    let policy = table::compile(rules, patterns, roles, &mut problems);
    let (Some(settings), Some((policy, vocabulary)), true) =
        (settings, policy, problems.0.is_empty())
    else {
        return Err(problems.into());
    };
    warnings.extend(denials::warning(settings.mode, policy.rules()));
    Ok(Gate {
        authenticator: Authenticator::new(issuers, settings.token, vocabulary),
        policy,
        paths: options,
        replies: settings.replies,
        audited: settings.audited,
        enforced: settings.mode.enforces(),
        cors_preflight: settings.cors_preflight,
        warnings,
    })
}

/// What is no list of rows.
struct Settings {
    token: TokenRules,
    replies: Replies,
    audited: AuditedDecisions,
    mode: ModeConfig,
    cors_preflight: CorsPreflight,
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
            max_entries: widen(config.cache.max_entries),
            max_bytes: widen(config.cache.max_bytes),
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

/// That no two rows of a list have the same text under this key.
fn check_unique<'t>(
    list: &str,
    key: &str,
    texts: impl Iterator<Item = (usize, &'t str)>,
    problems: &mut Problems,
) {
    let mut first_of = BTreeMap::new();
    for (index, text) in texts {
        match first_of.entry(text) {
            Entry::Vacant(entry) => {
                entry.insert(index);
            }
            Entry::Occupied(first) => {
                let message = format!("{text:?} is the {key} of {list}[{}] already", first.get());
                problems.push(format!("{list}[{index}].{key}"), message);
            }
        }
    }
}

fn texts(names: Vec<Name>) -> Vec<String> {
    names.into_iter().map(|name| name.0).collect()
}

#[cfg(test)]
mod tests;
