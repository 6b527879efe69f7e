//! What rules say of their denials.

use authz::Rule;
use serde_json::Value;

use crate::config::{ModeConfig, Problems};

/// Checks the rows as they are written, whatever else is wrong with them.
pub(super) fn check(config: &Value, problems: &mut Problems) {
    let shadow = config.get("mode").is_some_and(|mode| mode == "shadow");
    let rows = config.get("rules").and_then(Value::as_array).into_iter().flatten();
    for (index, row) in rows.enumerate() {
        let says = |key: &str, value: &str| row.get(key).is_some_and(|given| given == value);
        let of_denials = ["status", "message", "mode"].into_iter();
        for key in of_denials.filter(|_| says("allow", "public")) {
            // `mode: enforce` is what holds anyway.
            if row.get(key).is_some_and(|given| given != "enforce") {
                let message = "does not go with `allow: public`, which denies nobody";
                problems.push(format!("rules[{index}].{key}"), message);
            }
        }
        if shadow && says("mode", "enforce") {
            let message = "does not go with `mode: shadow` of the whole, which enforces nothing";
            problems.push(format!("rules[{index}].mode"), message);
        }
    }
}

/// What an operator should be told of denials that let requests go on, if some do.
pub(super) fn warning(mode: ModeConfig, rules: &[Rule]) -> Option<String> {
    if !mode.enforces() {
        return Some("`mode: shadow`: nothing is enforced, every request goes on".to_owned());
    }
    let mut shadow = rules.iter().filter(|rule| !rule.enforced);
    let first = &shadow.next()?.name;
    Some(match shadow.count() {
        0 => format!("rule `{first}` is in shadow: what it denies goes on"),
        more => format!("rule `{first}` and {more} more are in shadow: what they deny goes on"),
    })
}
