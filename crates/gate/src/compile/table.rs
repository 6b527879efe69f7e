//! `rules` to the policy.

use authn::text;
use authz::{Access, HostPattern, MethodPattern, Policy, Requirement, Rule, Tie};
use serde_json::Value;

use super::{check_unique, texts};
use crate::config::{AllowConfig, Given, NonEmpty, Pattern, Problems, RuleConfig};

/// Compiles the rows, each with its index, and notes what is wrong among them.
pub(super) fn compile(rows: Vec<(usize, RuleConfig)>, problems: &mut Problems) -> Option<Policy> {
    let rules: Vec<(usize, Rule)> =
        rows.into_iter().map(|(index, row)| (index, rule(row))).collect();
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

/// Each row has `path` or `paths`: seen on the row as it is written, whatever else is wrong with it.
pub(super) fn check_paths(config: &Value, problems: &mut Problems) {
    let rows = config.get("rules").and_then(Value::as_array).into_iter().flatten();
    for (index, row) in rows.enumerate().filter_map(|(index, row)| Some((index, row.as_object()?)))
    {
        let problem = match (row.contains_key("path"), row.contains_key("paths")) {
            (false, false) => "`path` or `paths` is missing",
            (true, true) => "has both `path` and `paths`",
            _ => continue,
        };
        problems.push(format!("rules[{index}]"), problem);
    }
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

fn rule(config: RuleConfig) -> Rule {
    let name = match &config.name.0 {
        Some(name) => name.0.clone(),
        None => generated_name(&config),
    };
    let paths = config.path.0.into_iter().chain(patterns(config.paths));
    Rule {
        name,
        hosts: or_any(patterns(config.hosts), HostPattern::Any),
        methods: or_any(patterns(config.methods), MethodPattern::Any),
        paths: paths.map(|pattern| pattern.compiled).collect(),
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
    let path = config.path.0.as_ref().map(|path| path.text.clone());
    let parts: Vec<String> =
        [methods, hosts, path, joined(&config.paths)].into_iter().flatten().collect();
    text::cut(&parts.join(" "), 120).into_owned()
}

fn joined<P>(list: &Given<NonEmpty<Pattern<P>>>) -> Option<String> {
    let texts: Vec<&str> = list.0.as_ref()?.0.iter().map(|pattern| pattern.text.as_str()).collect();
    Some(texts.join(","))
}
