//! A policy in the words of Envoy's `rbac`, behind `jwt_authn`.
//!
//! rbac's policies add up, while of claimgate's rows the most specific one governs alone. So each rule becomes one policy
//! that is for what its rows match *and no more specific row of another rule does* (`not_rule`); a rule for `nobody` becomes
//! none, and only takes away from the others. No policy: denied, on both sides.
//!
//! | claimgate | rbac |
//! |---|---|
//! | host `h.x`, `*.x` | `:authority` by a regular expression: any case, one trailing dot, any port |
//! | methods | `:method`, exactly |
//! | `/a/b` | `url_path` exactly, with a trailing slash too |
//! | `/a/{id}`, `/a/*/b` | `uri_template`, with a trailing slash too |
//! | `/a/**` | `url_path`: `/a` exactly, or what begins with `/a/` |
//! | `/a/*/**` | `url_path` by a regular expression |
//! | authenticated | the metadata that jwt_authn leaves has an `iss` |
//! | roles, scopes, claims | metadata: the value itself, or one element of the list; scopes in `scope` or `scp`, which jwt_authn splits |
//! | `not` | `not_id`, and authenticated; around a claim, also that nothing of another type is there |
//!
//! The principals are in `translate/principal.rs`.

mod principal;

use serde_json::{Map, Value, json};

use crate::policy::{Allow, Policy, Rule, Step};

/// The rbac filter's rules.
pub(crate) fn rbac(policy: &Policy) -> Value {
    let rows: Vec<Row<'_>> = policy.rules.iter().flat_map(Row::of).collect();
    let mut policies = Map::new();
    for rule in &policy.rules {
        let principal = match &rule.allow {
            Allow::Nobody => continue,
            Allow::Public => json!({ "any": true }),
            Allow::Authenticated => principal::authenticated(),
            Allow::To(requirement) => principal::met(requirement),
        };
        let own = rows.iter().filter(|row| row.rule.name == rule.name);
        let permissions: Vec<_> = own.map(|row| row.governs(&rows)).collect();
        let policy = json!({ "permissions": permissions, "principals": [principal] });
        policies.insert(rule.name.clone(), policy);
    }
    json!({ "action": "ALLOW", "policies": policies })
}

/// One host, one path and one method of a rule; `None`: any.
struct Row<'p> {
    rule: &'p Rule,
    host: Option<&'static str>,
    path: &'p [Step],
    method: Option<&'static str>,
}

/// How specific a row is: the lesser, the more. Of two rows that match the same request, it tells which governs.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Exact, below a suffix (the longer, the more specific), any.
    host: (u8, isize),
    /// By segment: literal, any one, the end, a rest.
    path: Vec<u8>,
    method: bool,
}

impl<'p> Row<'p> {
    fn of(rule: &'p Rule) -> Vec<Self> {
        let any = |names: &[&'static str]| -> Vec<Option<&'static str>> {
            if names.is_empty() { vec![None] } else { names.iter().copied().map(Some).collect() }
        };
        let mut rows = Vec::new();
        for host in any(&rule.hosts) {
            for method in any(&rule.methods) {
                rows.extend(rule.paths.iter().map(|path| Self { rule, host, path, method }));
            }
        }
        rows
    }

    fn rank(&self) -> Rank {
        let host = match self.host {
            None => (2, 0),
            Some(suffix) if suffix.starts_with('*') => {
                (1, 0_isize.saturating_sub_unsigned(suffix.len()))
            }
            Some(_) => (0, 0),
        };
        let steps = self.path.iter().map(|step| match step {
            Step::Literal(_) => 0,
            Step::One(_) => 1,
            Step::Rest => 3,
        });
        Rank { host, path: steps.chain([2]).collect(), method: self.method.is_none() }
    }

    /// The permission for what it governs.
    fn governs(&self, all: &[Self]) -> Value {
        let own = self.rank();
        let others = all.iter().filter(|row| row.rule.name != self.rule.name && row.rank() < own);
        let others: Vec<_> = others.map(Self::matches).collect();
        if others.is_empty() {
            return self.matches();
        }
        let not = json!({ "not_rule": { "or_rules": { "rules": others } } });
        json!({ "and_rules": { "rules": [self.matches(), not] } })
    }

    /// The permission for what it matches.
    fn matches(&self) -> Value {
        let header =
            |name: &str, value: Value| json!({ "header": { "name": name, "string_match": value } });
        let host = self.host.map(|host| header(":authority", host_pattern(host)));
        let method = self.method.map(|method| header(":method", json!({ "exact": method })));
        let rules: Vec<_> = [Some(path(self.path)), host, method].into_iter().flatten().collect();
        json!({ "and_rules": { "rules": rules } })
    }
}

fn host_pattern(host: &str) -> Value {
    let name = match host.strip_prefix('*') {
        Some(suffix) => format!("[^:]+{}", literal(suffix)),
        None => literal(host),
    };
    json!({ "safe_regex": { "regex": format!(r"(?i){name}\.?(:[0-9]*)?") } })
}

fn path(path: &[Step]) -> Value {
    let (is_literal, is_rest) =
        (|step: &Step| matches!(step, Step::Literal(_)), path.last() == Some(&Step::Rest));
    let steps = if is_rest { &path[..path.len() - 1] } else { path };
    let text: String = steps
        .iter()
        .map(|step| match step {
            Step::Literal(text) => format!("/{text}"),
            _ => "/*".to_owned(),
        })
        .collect();
    let url = |how: Value| json!({ "url_path": { "path": how } });
    let alternatives = match (steps.iter().all(is_literal), is_rest) {
        (true, false) if steps.is_empty() => vec![url(json!({ "exact": "/" }))],
        (true, false) => {
            vec![url(json!({ "exact": text })), url(json!({ "exact": format!("{text}/") }))]
        }
        (true, true) if steps.is_empty() => vec![url(json!({ "prefix": "/" }))],
        (true, true) => {
            vec![url(json!({ "exact": text })), url(json!({ "prefix": format!("{text}/") }))]
        }
        (false, false) => vec![template(&text), template(&format!("{text}/"))],
        (false, true) => {
            let pattern: String = steps
                .iter()
                .map(|step| match step {
                    Step::Literal(text) => format!("/{}", literal(text)),
                    _ => "/[^/]+".to_owned(),
                })
                .collect();
            vec![url(json!({ "safe_regex": { "regex": format!("{pattern}(/.*)?") } }))]
        }
    };
    json!({ "or_rules": { "rules": alternatives } })
}

fn template(path: &str) -> Value {
    json!({ "uri_template": {
        "name": "envoy.path.match.uri_template.uri_template_matcher",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig",
            "path_template": path,
        },
    } })
}

/// A regular expression for this text alone.
fn literal(text: &str) -> String {
    let escaped = text.chars().map(|one| match one {
        '.' | '+' => format!(r"\{one}"),
        _ => one.to_string(),
    });
    escaped.collect()
}
