//! What rules say of their denials.

use authz::Rule;
use serde_json::Value;

use crate::config::{ModeConfig, Problems};
use crate::warning::Warning;

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

/// What an operator should be told of denials that let requests go on, if some do: a rule that is in shadow also
/// takes its targets from the less specific rules that denied them.
pub(super) fn warnings(mode: ModeConfig, rules: &[Rule]) -> Vec<Warning> {
    const NAMED: usize = 10;
    if !mode.enforces() {
        let message = "nothing is enforced, every request goes on";
        return vec![Warning::new("shadow", "mode", message)];
    }
    let mut shadow = rules.iter().enumerate().filter(|(_, rule)| !rule.enforced);
    let mut warnings: Vec<Warning> = shadow.by_ref().take(NAMED).map(in_shadow).collect();
    match shadow.count() {
        0 => {}
        more => {
            warnings.push(Warning::new("shadow", "", format!("{more} more rules are in shadow")));
        }
    }
    warnings
}

fn in_shadow((index, rule): (usize, &Rule)) -> Warning {
    let message = format!(
        "rule `{}` is in shadow: whatever it governs goes on, also what another rule denied before it was there",
        rule.name
    );
    Warning::new("shadow", format!("rules[{index}].mode"), message)
}

/// What an operator should be told of rules that hide what they govern, but not in the same words.
pub(super) fn unlike(rules: &[Rule]) -> Option<Warning> {
    let mut hidden = rules.iter().enumerate().filter(|(_, rule)| rule.hidden);
    let (_, first) = hidden.next()?;
    let (index, other) = hidden.find(|(_, rule)| rule.message != first.message)?;
    let (first, other) = (&first.name, &other.name);
    let message = format!(
        "rules `{first}` and `{other}` hide what they govern, but their `message` tells them apart"
    );
    Some(Warning::new("hidden-unlike", format!("rules[{index}].status"), message))
}
