//! Configuration to the parts of a gate, with the checks that concern several rows at once.

mod allow;
mod denials;
mod forward;
mod issuers;
mod negations;
mod parts;
mod paths;
mod role_definitions;
mod roles;
mod table;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use authn::Authenticator;

use self::parts::{Parts, Settings};
use crate::config::{ConfigError, Name, Problems, Speller, read};
use crate::forward::Forward;
use crate::gate::Gate;
use crate::metrics::Metrics;
use crate::warning::Warning;

/// Reads a configuration and builds the gate, or finds everything that is wrong with it.
///
/// Where some of it cannot be read, the rows that can are still checked against each other, so that an
/// operator mends everything in one round.
pub(crate) fn gate(configuration: &[u8]) -> Result<Gate, ConfigError> {
    let value = read(configuration)?;
    let mut problems = Problems::default();
    // Seen on the rows as they are written, whatever else is wrong with them.
    table::check_paths(&value, &mut problems);
    denials::check(&value, &mut problems);
    let options = paths::options(&value);
    let mut patterns = paths::patterns(&value, options, &mut problems);
    let has_issuers = value.get("issuers").is_some();

    let Parts { settings, issuers, roles, mut rules } =
        Parts::read(value, configuration, &mut problems);
    paths::add_grpc(&rules, options, &mut patterns, &mut problems);
    rules.retain(|(index, _)| patterns.contains_key(index));
    if !has_issuers {
        table::check_no_principal_is_needed(&rules, &mut problems);
    }
    let mut warnings = issuers::warnings(&issuers);
    let issuers = issuers::compile(issuers, &mut problems);
    let mut notes = Notes { problems, warnings: Vec::new(), speller: Speller::default() };
    let roles = roles.and_then(|roles| role_definitions::compile(roles, &mut notes));
    let policy = table::compile(rules, patterns, roles, &mut notes);
    let Notes { mut problems, warnings: of_rules, .. } = notes;
    if let (Some(Settings { forward: Some(forward), token, .. }), Some((policy, _))) =
        (&settings, &policy)
    {
        forward::check(forward, &token.sources, policy.headers(), &mut problems);
    }
    let (Some(settings), Some((policy, mut vocabulary)), true) =
        (settings, policy, problems.0.is_empty())
    else {
        return Err(problems.into());
    };
    warnings.extend(issuers::eternity(&issuers, &settings.token));
    warnings.extend(of_rules);
    warnings.extend(denials::warnings(settings.mode, policy.rules()));
    warnings.extend(denials::unlike(policy.rules()));
    warnings.extend(negations::warnings(policy.rules()));
    vocabulary.claims.extend(settings.forward.iter().flat_map(Forward::claims).map(str::to_owned));
    let metrics = Metrics::new(policy.rules());
    Ok(Gate {
        authenticator: Authenticator::new(issuers, settings.token, vocabulary),
        policy,
        paths: options,
        replies: settings.replies,
        forward: settings.forward,
        audited: settings.audited,
        filter_state: settings.filter_state,
        enforced: settings.mode.enforces(),
        cors_preflight: settings.cors_preflight,
        warnings,
        metrics,
    })
}

/// What is found while roles and rules are compiled.
struct Notes {
    problems: Problems,
    warnings: Vec<Warning>,
    /// One for all names: its limit is for the whole configuration.
    speller: Speller,
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
