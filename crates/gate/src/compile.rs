//! Configuration to the parts of a gate, with the checks that concern several rows at once.

use std::collections::BTreeMap;

use authn::{Authenticator, ClaimPath, Issuer, RoleSource, Signature, TokenRules};
use authz::{Access, HostPattern, MethodPattern, Policy, Requirement, Rule};

use crate::config::{
    AllowConfig, Config, ConfigError, IssuerConfig, Name, Pattern, Problems, RuleConfig,
    SignatureConfig, TokenConfig, read, readable_rows,
};
use crate::gate::Gate;
use crate::reply::Replies;

/// Reads a configuration and builds the gate, or finds everything that is wrong with it.
pub(crate) fn gate(configuration: &[u8]) -> Result<Gate, ConfigError> {
    let value = read(configuration)?;
    let mut problems = Problems::default();
    match deserr::deserialize::<Config, _, Problems>(value.clone()) {
        Ok(config) => {
            check_principals_possible(&config, &mut problems);
            let issuers = config.issuers.map_or_else(Vec::new, |issuers| issuers.0);
            let issuers = self::issuers(enumerate(issuers), &mut problems);
            let policy = policy(enumerate(config.rules.0), &mut problems);
            if let Some(policy) = policy.filter(|_| problems.0.is_empty()) {
                return Ok(Gate {
                    authenticator: Authenticator::new(issuers, token_rules(config.token)),
                    policy,
                    replies: Replies::new(config.replies),
                    audited: config.audit.decisions,
                });
            }
        }
        Err(found) => {
            problems = found;
            issuers(readable_rows(&value, "issuers"), &mut problems);
            policy(readable_rows(&value, "rules"), &mut problems);
        }
    }
    Err(problems.into())
}

fn enumerate<T>(rows: Vec<T>) -> Vec<(usize, T)> {
    rows.into_iter().enumerate().collect()
}

/// A rule that needs a principal, where nobody can establish one, denies everybody: surely a mistake.
fn check_principals_possible(config: &Config, problems: &mut Problems) {
    if config.issuers.is_some() {
        return;
    }
    for (index, rule) in config.rules.0.iter().enumerate() {
        if matches!(rule.allow, AllowConfig::Authenticated | AllowConfig::Require(_)) {
            let place = format!("rules[{index}].allow");
            problems.push(place, "needs a principal, but there are no `issuers` to vouch for one");
        }
    }
}

fn issuers(rows: Vec<(usize, IssuerConfig)>, problems: &mut Problems) -> Vec<Issuer> {
    let names = rows.iter().map(|(index, row)| (*index, row.name.0.as_str()));
    check_unique("issuers", "name", names, problems);
    let values =
        rows.iter().filter_map(|(index, row)| Some((*index, row.issuer.as_ref()?.0.as_str())));
    check_unique("issuers", "issuer", values, problems);
    if rows.len() > 1 {
        for (index, _) in rows.iter().filter(|(_, row)| row.issuer.is_none()) {
            let message =
                "`issuer` is missing; it may be left out only where the list has one entry";
            problems.push(format!("issuers[{index}]"), message);
        }
    }
    rows.into_iter().map(|(_, row)| issuer(row)).collect()
}

fn check_unique<'t>(
    list: &str,
    key: &str,
    texts: impl Iterator<Item = (usize, &'t str)>,
    problems: &mut Problems,
) {
    let mut first_of = BTreeMap::new();
    for (index, text) in texts {
        if let Some(first) = first_of.insert(text, index) {
            let message = format!("{text:?} is the {key} of {list}[{first}] already");
            problems.push(format!("{list}[{index}].{key}"), message);
        }
    }
}

fn issuer(config: IssuerConfig) -> Issuer {
    let roles = match config.roles {
        None => ["roles", "role"].into_iter().filter_map(top_level_claim).collect(),
        Some(sources) => sources
            .0
            .into_iter()
            .map(|source| RoleSource {
                claim: source.claim.0,
                split: source.split.map(|separator| separator.0),
            })
            .collect(),
    };
    Issuer {
        name: config.name.0,
        issuer: config.issuer.map(|name| name.0),
        audiences: config.audiences.map_or_else(Vec::new, |audiences| texts(audiences.0)),
        signature: match config.signature {
            SignatureConfig::JwtAuthn(jwt_authn) => {
                Signature::JwtAuthn { metadata: jwt_authn.metadata.0 }
            }
            SignatureConfig::DecodeOnly => Signature::DecodeOnly,
        },
        roles,
    }
}

fn top_level_claim(name: &str) -> Option<RoleSource> {
    Some(RoleSource { claim: ClaimPath::parse(name).ok()?, split: None })
}

fn token_rules(config: TokenConfig) -> TokenRules {
    TokenRules {
        leeway_seconds: config.leeway_seconds.0,
        max_bytes: usize::from(config.max_bytes.0),
        required_claims: texts(config.required_claims.0),
    }
}

fn policy(rows: Vec<(usize, RuleConfig)>, problems: &mut Problems) -> Option<Policy> {
    let (places, rules): (Vec<usize>, Vec<Rule>) =
        rows.into_iter().map(|(index, row)| (index, rule(row))).unzip();
    let names: Vec<_> =
        places.into_iter().zip(rules.iter().map(|rule| rule.name.clone())).collect();
    check_unique(
        "rules",
        "name",
        names.iter().map(|(index, name)| (*index, name.as_str())),
        problems,
    );
    let ties = match Policy::new(rules) {
        Ok(policy) => return Some(policy),
        Err(ties) => ties,
    };
    for tie in ties {
        let (Some((first, one)), Some((second, two))) =
            (names.get(tie.first), names.get(tie.second))
        else {
            continue;
        };
        let message = if first == second {
            format!("{two:?} names the same host, method and path twice")
        } else {
            format!(
                "{two:?} ties with rules[{first}] {one:?}: both govern the same requests, equally specific"
            )
        };
        problems.push(format!("rules[{second}]"), message);
    }
    None
}

fn rule(config: RuleConfig) -> Rule {
    let name = match &config.name {
        Some(name) => name.0.clone(),
        None => generated_name(&config),
    };
    let methods = config.methods.map(|methods| compiled(methods.0));
    let hosts = config.hosts.map(|hosts| compiled(hosts.0));
    let paths = config.path.into_iter().chain(config.paths.into_iter().flat_map(|paths| paths.0));
    Rule {
        name,
        hosts: hosts.unwrap_or_else(|| vec![HostPattern::Any]),
        methods: methods.unwrap_or_else(|| vec![MethodPattern::Any]),
        paths: compiled(paths),
        access: match config.allow {
            AllowConfig::Public => Access::Public,
            AllowConfig::Authenticated => Access::Authenticated,
            AllowConfig::Nobody => Access::Nobody,
            AllowConfig::Require(all) => Access::Require(Requirement::Roles(texts(all.roles.0))),
        },
        message: config.message.map(|message| message.0),
    }
}

/// `GET,HEAD api.example.com /a,/b`, as far as the rule says these.
fn generated_name(config: &RuleConfig) -> String {
    let methods = config.methods.as_ref().map(|methods| joined(&methods.0));
    let hosts = config.hosts.as_ref().map(|hosts| joined(&hosts.0));
    let path = config.path.as_ref().map(|path| path.text.clone());
    let paths = config.paths.as_ref().map(|paths| joined(&paths.0));
    let parts: Vec<String> = [methods, hosts, path, paths].into_iter().flatten().collect();
    parts.join(" ")
}

fn joined<P>(patterns: &[Pattern<P>]) -> String {
    let texts: Vec<&str> = patterns.iter().map(|pattern| pattern.text.as_str()).collect();
    texts.join(",")
}

fn compiled<P>(patterns: impl IntoIterator<Item = Pattern<P>>) -> Vec<P> {
    patterns.into_iter().map(|pattern| pattern.compiled).collect()
}

fn texts(names: Vec<Name>) -> Vec<String> {
    names.into_iter().map(|name| name.0).collect()
}

#[cfg(test)]
mod tests;
