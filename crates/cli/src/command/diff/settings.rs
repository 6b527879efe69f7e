//! What else differs between two configurations: what is not the table decides, too.

use std::collections::BTreeSet;

use serde_json::Value;

/// The places outside of `rules` and `roles` where the two differ.
pub(super) fn differing(old: &Value, new: &Value) -> Vec<String> {
    let mut places = Vec::new();
    let keys = keys(old).chain(keys(new)).collect::<BTreeSet<_>>();
    for key in keys.into_iter().filter(|key| !matches!(*key, "rules" | "roles")) {
        compare(old.get(key), new.get(key), key, &mut places);
    }
    places
}

/// Whether a difference at this place can let nobody in: it is about what is said and noted. What the upstream is told of
/// who asks is not among that: whose copy of a header is no longer removed can say to be anybody.
pub(super) fn is_harmless(place: &str) -> bool {
    let top = place.split(['.', '[']).next().unwrap_or_default();
    matches!(top, "replies" | "audit")
}

/// As deep as a configuration is nested, which its reader bounds.
fn compare(old: Option<&Value>, new: Option<&Value>, place: &str, places: &mut Vec<String>) {
    match (old, new) {
        (Some(Value::Object(_)), Some(Value::Object(_))) => {
            let (Some(old), Some(new)) = (old, new) else { return };
            for key in keys(old).chain(keys(new)).collect::<BTreeSet<_>>() {
                compare(old.get(key), new.get(key), &format!("{place}.{key}"), places);
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(two))) if one.len() == two.len() => {
            for (index, (one, two)) in one.iter().zip(two).enumerate() {
                compare(Some(one), Some(two), &format!("{place}[{index}]"), places);
            }
        }
        // A number is the same as 60 and as 60.0.
        (Some(Value::Number(one)), Some(Value::Number(two))) if one.as_f64() == two.as_f64() => {}
        (old, new) if old == new => {}
        _ => places.push(place.to_owned()),
    }
}

fn keys(value: &Value) -> impl Iterator<Item = &str> {
    value.as_object().into_iter().flat_map(|members| members.keys()).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_named_as_far_as_they_go() {
        let old = json!({
            "issuers": [{"name": "a", "audiences": ["x"]}],
            "token": {"leeway_seconds": 60},
            "paths": {"case": "sensitive"},
            "rules": [1],
        });
        for (new, expected) in [
            (old.clone(), vec![]),
            (
                json!({"issuers": [{"name": "a", "audiences": ["y"]}], "token": {"leeway_seconds": 60.0},
                    "mode": "shadow", "rules": [2], "roles": {}}),
                vec!["issuers[0].audiences[0]", "mode", "paths"],
            ),
            (
                json!({"issuers": [{"name": "a"}, {"name": "b"}], "token": {"leeway_seconds": 61, "max_bytes": 1},
                    "paths": {"case": "sensitive"}}),
                vec!["issuers", "token.leeway_seconds", "token.max_bytes"],
            ),
        ] {
            assert_eq!(differing(&old, &new), expected);
        }
    }

    #[test]
    fn what_is_said_and_noted_lets_nobody_in() {
        for (place, expected) in [
            ("replies.realm", true),
            ("audit", true),
            ("forward.headers.x-user", false),
            ("issuers[0].replies", false),
            ("token", false),
            ("cors_preflight", false),
            ("repliesx", false),
        ] {
            assert_eq!(is_harmless(place), expected, "{place}");
        }
    }
}
