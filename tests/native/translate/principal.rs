//! Who may, in the words of rbac: what jwt_authn leaves in the metadata, where no client can write.

use serde_json::{Value, json};

use crate::policy::Requirement;

/// Somebody whose token is proven.
pub(super) fn authenticated() -> Value {
    claim("iss", &json!({ "present_match": true }))
}

/// Whoever meets the requirement.
pub(super) fn met(requirement: &Requirement) -> Value {
    match requirement {
        Requirement::Roles(names) => any(names.iter().map(|name| has("roles", &text(name)))),
        Requirement::AllRoles(names) => all(names.iter().map(|name| has("roles", &text(name)))),
        Requirement::Scopes(names) => all(names.iter().map(|name| scope(name))),
        Requirement::Claim(name, values) => {
            any(values.iter().map(|value| has(name, &equal(value))))
        }
        Requirement::Any(several) => any(several.iter().map(met)),
        Requirement::All(several) => all(several.iter().map(met)),
        Requirement::Not(one) => unmet(one),
    }
}

/// Whoever is known not to meet it: somebody, of whom nothing stands there that cannot be compared.
fn unmet(requirement: &Requirement) -> Value {
    let is_not = |one: Value| all([authenticated(), not(&one)]);
    match requirement {
        Requirement::Roles(_) | Requirement::AllRoles(_) | Requirement::Scopes(_) => {
            is_not(met(requirement))
        }
        Requirement::Claim(name, values) => {
            let incomparable =
                values.iter().map(|value| any(others(value).map(|kind| has(name, &kind))));
            is_not(any([met(requirement)].into_iter().chain(incomparable)))
        }
        Requirement::Any(several) => all(several.iter().map(unmet)),
        Requirement::All(several) => any(several.iter().map(unmet)),
        Requirement::Not(one) => met(one),
    }
}

fn scope(name: &str) -> Value {
    any(["scope", "scp"].map(|claim| has(claim, &text(name))))
}

/// The claim is such a value, or a list with one.
fn has(name: &str, value: &Value) -> Value {
    any([claim(name, value), claim(name, &json!({ "list_match": { "one_of": value } }))])
}

fn claim(name: &str, value: &Value) -> Value {
    let path = ["payload"].into_iter().chain(name.split('.')).map(|key| json!({ "key": key }));
    let path: Vec<_> = path.collect();
    json!({ "metadata": { "filter": "envoy.filters.http.jwt_authn", "path": path, "value": value } })
}

/// This very value.
fn equal(value: &Value) -> Value {
    match value {
        Value::String(own) => text(own),
        Value::Bool(own) => json!({ "bool_match": own }),
        number => json!({ "double_match": { "exact": number } }),
    }
}

/// Values of other types than this one's.
fn others(value: &Value) -> impl Iterator<Item = Value> {
    let (is_text, is_bool) = (value.is_string(), value.is_boolean());
    let any_text = json!({ "string_match": { "safe_regex": { "regex": r"[\s\S]*" } } });
    let any_bool = json!({ "or_match": { "value_matchers": [{ "bool_match": true }, { "bool_match": false }] } });
    let any_number = json!({ "double_match": { "range": { "start": -1e300, "end": 1e300 } } });
    let kinds = [(any_text, is_text), (any_bool, is_bool), (any_number, !is_text && !is_bool)];
    kinds.into_iter().filter(|(_, own)| !own).map(|(kind, _)| kind)
}

fn text(own: &str) -> Value {
    json!({ "string_match": { "exact": own } })
}

fn any(ids: impl IntoIterator<Item = Value>) -> Value {
    json!({ "or_ids": { "ids": ids.into_iter().collect::<Vec<_>>() } })
}

fn all(ids: impl IntoIterator<Item = Value>) -> Value {
    json!({ "and_ids": { "ids": ids.into_iter().collect::<Vec<_>>() } })
}

fn not(id: &Value) -> Value {
    json!({ "not_id": id })
}
