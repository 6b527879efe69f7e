//! What rules say of their denials.

use serde_json::Value;

use crate::config::Problems;

/// Checks the rows as they are written, whatever else is wrong with them.
pub(super) fn check(config: &Value, problems: &mut Problems) {
    let rows = config.get("rules").and_then(Value::as_array).into_iter().flatten();
    for (index, row) in rows.enumerate() {
        let says = |key: &str, value: &str| row.get(key).is_some_and(|given| given == value);
        if row.get("status").is_some() && says("allow", "public") {
            let message = "does not go with `allow: public`, which denies nobody";
            problems.push(format!("rules[{index}].status"), message);
        }
    }
}
