//! `expect`: a status, or a mapping that says more.

use serde::Deserialize;
use serde_json::{Value, json};

/// What is expected; what is left out may be anything.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Value")]
pub struct Expectation {
    /// The status that the client sees; 200 where the request is let through.
    pub status: u16,
    /// The reason's code.
    pub code: Option<String>,
    /// The rule that governed.
    pub rule: Option<String>,
    /// The sentence that the client is told.
    pub message: Option<String>,
}

impl TryFrom<Value> for Expectation {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Long {
            status: u16,
            code: Option<String>,
            rule: Option<String>,
            message: Option<String>,
        }
        let long = if value.is_object() { value } else { json!({ "status": value }) };
        let Long { status, code, rule, message } =
            serde_json::from_value(long).map_err(|error| format!("expect: {error}"))?;
        Ok(Self { status, code, rule, message })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expectation_is_a_status_or_a_mapping() {
        let short = Expectation::try_from(json!(403));
        assert_eq!(short, Expectation::try_from(json!({ "status": 403 })));
        assert!(short.is_ok());
    }

    #[test]
    fn an_unknown_key_in_an_expectation_is_named() {
        let error = Expectation::try_from(json!({ "status": 403, "reason": "x" })).err();
        let error = error.unwrap_or_default();
        assert!(error.contains("unknown field `reason`"), "{error}");
    }
}
