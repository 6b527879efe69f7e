//! What a table means, said as plainly as the README does, from the configuration as it is written: every row is looked
//! at, every requirement is followed word by word. It shares no code with what it is compared with.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::requests::Asked;

/// What is decided, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Allow(String),
    Deny(&'static str, Option<String>),
}

/// What the table says of this request.
pub(super) fn verdict(config: &Value, asked: &Asked, claims: Option<&Value>) -> Verdict {
    let Some((rule, variables)) = governing(config, asked) else {
        return Verdict::Deny("no_rule", None);
    };
    let name = rule["name"].as_str().unwrap().to_owned();
    let view = View { asked, claims, variables, roles: roles(config, claims), config };
    let allowed = match &rule["allow"] {
        Value::String(word) => match word.as_str() {
            "public" => true,
            "authenticated" => claims.is_some(),
            _ => return Verdict::Deny("insufficient_permission", Some(name)),
        },
        requirement => view.meets(requirement) == Some(true),
    };
    match (allowed, claims) {
        (true, _) => Verdict::Allow(name),
        (false, None) => Verdict::Deny("missing_token", Some(name)),
        (false, Some(_)) => Verdict::Deny("insufficient_permission", Some(name)),
    }
}

/// How specific a row is, where it matches: the lesser, the more. Host before path before method.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    host: (u8, Reverse<usize>),
    path: Vec<u8>,
    method: u8,
}

/// The most specific rule that matches, with what its path's variables have taken.
pub(super) fn governing<'c>(
    config: &'c Value,
    asked: &Asked,
) -> Option<(&'c Value, BTreeMap<String, String>)> {
    let mut best: Option<(Rank, &Value, BTreeMap<String, String>)> = None;
    for rule in config["rules"].as_array().unwrap() {
        for host in list(&rule["hosts"]) {
            for path in list(&rule["paths"]).into_iter().flatten().chain(rule["path"].as_str()) {
                for method in list(&rule["methods"]) {
                    let Some(host) = host_rank(host, asked.host) else { continue };
                    let Some((path, variables)) = path_rank(path, &asked.segments) else {
                        continue;
                    };
                    let Some(method) = method_rank(method, asked.method) else { continue };
                    let rank = Rank { host, path, method };
                    if best.as_ref().is_none_or(|(other, ..)| rank < *other) {
                        best = Some((rank, rule, variables));
                    }
                }
            }
        }
    }
    best.map(|(_, rule, variables)| (rule, variables))
}

/// The names of a list; `None`, any, where it is left out.
fn list(value: &Value) -> Vec<Option<&str>> {
    match value.as_array() {
        Some(names) => names.iter().map(Value::as_str).collect(),
        None => vec![None],
    }
}

/// 0 the host itself, 1 one below another, of which the longer counts, 2 any.
fn host_rank(pattern: Option<&str>, host: &str) -> Option<(u8, Reverse<usize>)> {
    let (rank, length) = match pattern {
        None => (2, 0),
        Some(pattern) => match pattern.strip_prefix('*') {
            Some(suffix) if host.len() > suffix.len() && host.ends_with(suffix) => {
                (1, suffix.len())
            }
            None if host == pattern => (0, 0),
            _ => return None,
        },
    };
    Some((rank, Reverse(length)))
}

fn method_rank(pattern: Option<&str>, method: &str) -> Option<u8> {
    match pattern {
        None => Some(1),
        Some(name) => (name == method).then_some(0),
    }
}

/// Segment by segment: 0 a literal, 1 a variable, 2 the end, 3 a rest.
fn path_rank(pattern: &str, segments: &[&str]) -> Option<(Vec<u8>, BTreeMap<String, String>)> {
    let (mut rank, mut variables) = (Vec::new(), BTreeMap::new());
    let mut left = segments.iter();
    for step in pattern.split('/').skip(1).filter(|step| !step.is_empty()) {
        let name = step.trim_start_matches('{').trim_end_matches('}').trim_end_matches("=**");
        if step.contains("**") {
            let rest: Vec<&str> = left.copied().collect();
            variables.insert(name.to_owned(), rest.join("/"));
            rank.push(3);
            return Some((rank, variables));
        }
        let segment = *left.next()?;
        if step == "*" || step.starts_with('{') {
            variables.insert(name.to_owned(), segment.to_owned());
            rank.push(1);
        } else if step == segment {
            rank.push(0);
        } else {
            return None;
        }
    }
    rank.push(2);
    left.next().is_none().then_some((rank, variables))
}

/// The roles of who is asking: what the token names and, where roles are defined, what they inherit.
fn roles(config: &Value, claims: Option<&Value>) -> BTreeSet<String> {
    let mut named = claims.map_or_else(Vec::new, |claims| match &claims["roles"] {
        Value::String(one) => vec![one.clone()],
        several => {
            several.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
        }
    });
    let Some(defined) = config["roles"].as_object() else { return named.into_iter().collect() };
    named.push("anonymous".to_owned());
    let mut roles = BTreeSet::new();
    while let Some(role) = named.pop() {
        if let Some(definition) = defined.get(&role) {
            named.extend(list(&definition["inherits"]).into_iter().flatten().map(str::to_owned));
            roles.insert(role);
        }
    }
    roles
}

struct View<'a> {
    config: &'a Value,
    asked: &'a Asked,
    claims: Option<&'a Value>,
    variables: BTreeMap<String, String>,
    roles: BTreeSet<String>,
}

impl View<'_> {
    /// `None` where nobody can know, which no `not` turns into a yes.
    fn meets(&self, requirement: &Value) -> Option<bool> {
        every(requirement.as_object().unwrap().iter().map(|(member, value)| {
            let names = || value.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
            let each = || value.as_array().unwrap().iter().map(|one| self.meets(one));
            match member.as_str() {
                "roles" => Some(names().any(|name| self.roles.contains(name))),
                "all_roles" => Some(names().all(|name| self.roles.contains(name))),
                "permissions" => Some(names().any(|name| self.permits(name))),
                "all_permissions" => Some(names().all(|name| self.permits(name))),
                "scopes" => Some(names().all(|name| self.has_scope(name))),
                "claims" => self.has_claims(value.as_object().unwrap()),
                "any" => some(each()),
                "all" => every(each()),
                "not" => self.claims.and_then(|_| self.meets(value)).map(|met| !met),
                other => panic!("{other}"),
            }
        }))
    }

    fn permits(&self, permission: &str) -> bool {
        self.roles.iter().any(|role| {
            let granted = list(&self.config["roles"][role]["permissions"]);
            granted.into_iter().flatten().any(|pattern| match pattern.strip_suffix('*') {
                Some(prefix) => permission.starts_with(prefix),
                None => permission == pattern,
            })
        })
    }

    fn has_scope(&self, scope: &str) -> bool {
        let Some(claims) = self.claims else { return false };
        let listed = claims["scp"].as_array().into_iter().flatten().any(|one| one == scope);
        listed
            || claims["scope"].as_str().is_some_and(|text| text.split(' ').any(|one| one == scope))
    }

    fn has_claims(&self, wanted: &Map<String, Value>) -> Option<bool> {
        let Some(claims) = self.claims else { return Some(false) };
        every(wanted.iter().map(|(name, values)| {
            let one_of = |claim: &Value| {
                some(values.as_array().unwrap().iter().map(|wanted| self.is(wanted, claim)))
            };
            match name.split('.').try_fold(claims, |claim, part| claim.get(part)) {
                Some(Value::Array(elements)) => {
                    some(elements.iter().filter(|element| !element.is_array()).map(one_of))
                }
                Some(claim) => one_of(claim),
                None => Some(false),
            }
        }))
    }

    fn is(&self, wanted: &Value, claim: &Value) -> Option<bool> {
        let claim = whole(claim);
        if claim.is_null() {
            return Some(false);
        }
        let written = match wanted {
            Value::Object(_) => match self.asked.tenants[..] {
                [tenant] if !tenant.is_empty() => tenant,
                _ => return None,
            },
            Value::String(text) if text.starts_with('{') => {
                &self.variables[text.trim_matches(['{', '}'])]
            }
            literal => {
                let alike = std::mem::discriminant(literal) == std::mem::discriminant(&claim);
                return alike.then(|| *literal == claim);
            }
        };
        let claim = match claim {
            Value::String(text) => text,
            Value::Number(number) if !number.is_f64() => number.to_string(),
            _ => return None,
        };
        let letters =
            |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
        let integer =
            |text: &str| text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
        match claim == written {
            true => Some(true),
            false if letters(&claim).eq_ignore_ascii_case(&letters(written)) => None,
            false if integer(&claim) && !claim.starts_with('-') && !integer(written) => None,
            false => Some(false),
        }
    }
}

/// Yes if one is; no if none is; nobody knows otherwise.
fn some(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let all: Vec<_> = all.collect();
    if all.contains(&Some(true)) {
        Some(true)
    } else if all.contains(&None) {
        None
    } else {
        Some(false)
    }
}

fn every(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    some(all.map(|one| one.map(|met| !met))).map(|met| !met)
}

/// JSON knows one kind of number: `7.0` is 7.
fn whole(value: &Value) -> Value {
    let double = value.as_f64().filter(|double| double.fract() == 0.0);
    let integer = double.and_then(|double| format!("{double:.0}").parse::<i64>().ok());
    integer.map_or_else(|| value.clone(), Value::from)
}
