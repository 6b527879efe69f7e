//! `rules` to the policy.

use authn::text;
use authz::{Access, HostPattern, MethodPattern, PathPattern, Policy, Requirement, Rule, Tie};

use super::paths::RowPaths;
use super::{check_unique, texts};
use crate::config::{AllowConfig, Given, NonEmpty, Pattern, Problems, RuleConfig};

/// Compiles the rows, each with its index, and notes what is wrong among them.
pub(super) fn compile(
    rows: Vec<(usize, RuleConfig)>,
    mut paths: RowPaths,
    problems: &mut Problems,
) -> Option<Policy> {
    let mut compiled = |(index, row)| Some((index, rule(row, paths.remove(&index)?)));
    let rules: Vec<(usize, Rule)> = rows.into_iter().filter_map(&mut compiled).collect();
    let names: Vec<(usize, String)> =
        rules.iter().map(|(index, rule)| (*index, rule.name.clone())).collect();
    check_unique("rules", "name", names.iter().map(|(index, name)| (*index, &**name)), problems);
    check_size(&rules, problems)?;
    let policy = Policy::new(rules.into_iter().map(|(_, rule)| rule).collect());
    for tie in policy.as_ref().err().into_iter().flatten() {
        note_tie(*tie, &names, problems);
    }
    policy.ok()
}

/// A rule that needs a principal, where nobody can establish one, denies everybody: surely a mistake.
pub(super) fn check_no_principal_is_needed(rows: &[(usize, RuleConfig)], problems: &mut Problems) {
    for (index, rule) in rows {
        if matches!(rule.allow, AllowConfig::Authenticated | AllowConfig::Require(_)) {
            let place = format!("rules[{index}].allow");
            problems.push(place, "needs a principal, but there are no `issuers` to vouch for one");
        }
    }
}

/// The combinations of host, method and path in all: a few lines can multiply to gigabytes.
fn check_size(rules: &[(usize, Rule)], problems: &mut Problems) -> Option<()> {
    let mut routes: usize = 0;
    for (index, rule) in rules {
        let own =
            rule.hosts.len().saturating_mul(rule.methods.len()).saturating_mul(rule.paths.len());
        routes = routes.saturating_add(own);
        if routes > MAX_ROUTES {
            let message = format!(
                "the rules up to this one name {routes} combinations of host, method and path, more than {MAX_ROUTES}"
            );
            problems.push(format!("rules[{index}]"), message);
            return None;
        }
    }
    Some(())
}

/// Combinations of host, method and path that a table may have.
const MAX_ROUTES: usize = 250_000;

fn note_tie(tie: Tie, names: &[(usize, String)], problems: &mut Problems) {
    let (Some((first, one)), Some((second, two))) = (names.get(tie.first), names.get(tie.second))
    else {
        return;
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

fn rule(config: RuleConfig, paths: Vec<PathPattern>) -> Rule {
    let name = match &config.name.0 {
        Some(name) => name.0.clone(),
        None => generated_name(&config),
    };
    Rule {
        name,
        hosts: or_any(patterns(config.hosts), HostPattern::Any),
        methods: or_any(patterns(config.methods), MethodPattern::Any),
        paths,
        access: match config.allow {
            AllowConfig::Public => Access::Public,
            AllowConfig::Authenticated => Access::Authenticated,
            AllowConfig::Nobody => Access::Nobody,
            AllowConfig::Require(all) => Access::Require(Requirement::Roles(texts(all.roles.0))),
        },
        message: config.message.0.map(|message| message.0),
    }
}

fn patterns<P>(list: Given<NonEmpty<Pattern<P>>>) -> Vec<Pattern<P>> {
    list.0.map_or_else(Vec::new, |list| list.0)
}

fn or_any<P>(patterns: Vec<Pattern<P>>, any: P) -> Vec<P> {
    if patterns.is_empty() {
        return vec![any];
    }
    patterns.into_iter().map(|pattern| pattern.compiled).collect()
}

/// `GET,HEAD api.example.com /a,/b`, as far as the rule says these, and no longer than a written name.
fn generated_name(config: &RuleConfig) -> String {
    let methods = joined(&config.methods);
    let hosts = joined(&config.hosts);
    let path = config.path.0.clone();
    let paths = config.paths.0.as_ref().map(|paths| paths.0.join(","));
    let parts: Vec<String> = [methods, hosts, path, paths].into_iter().flatten().collect();
    text::cut(&parts.join(" "), 120).into_owned()
}

fn joined<P>(list: &Given<NonEmpty<Pattern<P>>>) -> Option<String> {
    let texts: Vec<&str> = list.0.as_ref()?.0.iter().map(|pattern| pattern.text.as_str()).collect();
    Some(texts.join(","))
}
