//! `rules` to the policy.

use std::collections::BTreeSet;

use authn::{Vocabulary, text};
use authz::{HostPattern, MethodPattern, PathPattern, Policy, Roles, Rule, Tie, Words};
use serde_json::Value;

use super::allow::Compiler;
use super::paths::RowPaths;
use super::{Notes, check_unique};
use crate::config::{
    AllowConfig, Given, GrpcConfig, ModeConfig, NonEmpty, Pattern, Problems, RuleConfig,
};

/// Compiles the rows, each with its index, and notes what is wrong among them. Without `roles`, which are then
/// wrong themselves, what the rows say of roles is not checked.
pub(super) fn compile(
    rows: Vec<(usize, RuleConfig)>,
    mut paths: RowPaths,
    roles: Option<Roles>,
    notes: &mut Notes,
) -> Option<(Policy, Vocabulary)> {
    let roles_known = roles.is_some();
    let mut words = Words { roles: roles.unwrap_or_default(), ..Words::default() };
    let written: Vec<(usize, String)> = rows
        .iter()
        .filter_map(|(index, row)| Some((*index, row.name.0.as_ref()?.0.clone())))
        .collect();
    check_unique(
        "rules",
        "name",
        written.iter().map(|(index, name)| (*index, &**name)),
        &mut notes.problems,
    );
    let mut names: BTreeSet<String> = written.into_iter().map(|(_, name)| name).collect();
    let mut rules: Vec<(usize, Rule)> = Vec::new();
    for (index, row) in rows {
        let Some(paths) = paths.remove(&index) else { continue };
        let name = match &row.name.0 {
            Some(name) => name.0.clone(),
            None => free_name(index, &row, &mut names),
        };
        let variables = Vec::new();
        let compiler = Compiler { words: &mut words, roles_known, variables, notes };
        rules.push((index, rule(index, name, row, paths, compiler)));
    }
    let names: Vec<(usize, String)> =
        rules.iter().map(|(index, rule)| (*index, rule.name.clone())).collect();
    let problems = &mut notes.problems;
    check_size(&rules, problems)?;
    let policy = Policy::new(rules.into_iter().map(|(_, rule)| rule).collect(), words);
    for tie in policy.as_ref().err().into_iter().flatten() {
        note_tie(*tie, &names, problems);
    }
    policy.ok().filter(|(policy, _)| check_steps(policy.steps(), problems))
}

/// That finding the rule for a request cannot take long, whatever the request.
fn check_steps(steps: usize, problems: &mut Problems) -> bool {
    let few = steps <= MAX_STEPS;
    if !few {
        let message = format!(
            "finding the rule for one request could take {steps} steps, more than {MAX_STEPS}: too many paths \
             have a literal where others have a variable, level upon level"
        );
        problems.push("rules", message);
    }
    few
}

/// Steps of a look-up; real tables take some ten.
const MAX_STEPS: usize = 4_096;

/// Each row has one of `path`, `paths` and `grpc`: seen on the row as it is written, whatever else is wrong with it.
pub(super) fn check_paths(config: &Value, problems: &mut Problems) {
    let rows = config.get("rules").and_then(Value::as_array).into_iter().flatten();
    for (index, row) in rows.enumerate().filter_map(|(index, row)| Some((index, row.as_object()?)))
    {
        let has: Vec<&str> =
            ["path", "paths", "grpc"].into_iter().filter(|key| row.contains_key(*key)).collect();
        match has[..] {
            [] => problems.push(format!("rules[{index}]"), "`path`, `paths` or `grpc` is missing"),
            [_] => {}
            [one, two, ..] => {
                problems.push(format!("rules[{index}]"), format!("has both `{one}` and `{two}`"));
            }
        }
        if row.contains_key("grpc") && row.contains_key("methods") {
            let message = "does not go with `grpc`: its method is POST";
            problems.push(format!("rules[{index}].methods"), message);
        }
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

fn rule(
    index: usize,
    name: String,
    config: RuleConfig,
    paths: Vec<Pattern<PathPattern>>,
    mut compiler: Compiler<'_>,
) -> Rule {
    let place = format!("rules[{index}]");
    let access = compiler.access(config.allow, &format!("{place}.allow"));
    let methods = match config.grpc.0 {
        Some(_) => vec![GrpcConfig::method()],
        None => or_any(patterns(config.methods), MethodPattern::Any),
    };
    check_variables(&paths, &compiler.variables, compiler.notes);
    Rule {
        name,
        hosts: or_any(patterns(config.hosts), HostPattern::Any),
        methods,
        paths: paths.into_iter().map(|pattern| pattern.compiled).collect(),
        variables: compiler.variables.into_iter().map(|(name, _)| name).collect(),
        access,
        message: config.message.0.map(|message| message.0),
        hidden: config.status.0.is_some(),
        enforced: config.mode.0.is_none_or(ModeConfig::enforces),
    }
}

/// That each path has the variables which claims are compared with.
fn check_variables(
    paths: &[Pattern<PathPattern>],
    variables: &[(String, String)],
    notes: &mut Notes,
) {
    for (name, place) in variables {
        for path in paths {
            let own = || path.compiled.variables();
            if own().any(|own| own == name) {
                continue;
            }
            let near = notes.speller.nearest(name, own());
            let hint = near.map(|near| format!("; did you mean `{{{near}}}`?")).unwrap_or_default();
            let message = format!("path {:?} has no variable `{{{name}}}`{hint}", path.text);
            notes.problems.push(place, message);
        }
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

/// A generated name, with the rule's index where another rule has it: as two have whose long lists of paths begin alike.
fn free_name(index: usize, config: &RuleConfig, names: &mut BTreeSet<String>) -> String {
    let mut name = generated_name(config);
    while !names.insert(name.clone()) {
        name = format!("{name} #{index}");
    }
    name
}

/// `GET,HEAD api.example.com /a,/b`, as far as the rule says these, and no longer than a written name.
fn generated_name(config: &RuleConfig) -> String {
    let methods = joined(&config.methods);
    let hosts = joined(&config.hosts);
    let path = config.path.0.clone();
    let paths = config.paths.0.as_ref().map(|paths| paths.0.join(","));
    let grpc = config.grpc.0.as_ref().map(GrpcConfig::text);
    let parts: Vec<String> = [methods, hosts, path, paths, grpc].into_iter().flatten().collect();
    text::cut(&parts.join(" "), 120).into_owned()
}

fn joined<P>(list: &Given<NonEmpty<Pattern<P>>>) -> Option<String> {
    let texts: Vec<&str> = list.0.as_ref()?.0.iter().map(|pattern| pattern.text.as_str()).collect();
    Some(texts.join(","))
}
