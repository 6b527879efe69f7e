//! `expect`: a status, or a mapping that says more.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use super::Outcome;

/// What is expected; what is left out may be anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// The status that the client sees; 200 where the request is let through.
    pub status: u16,
    /// The reason's code.
    pub code: Option<String>,
    /// The rule that governs.
    pub rule: Option<String>,
    /// The sentence that the client is told.
    pub message: Option<String>,
}

impl Expectation {
    /// What is not as expected, a sentence each.
    #[must_use]
    pub fn differences(&self, found: &Outcome) -> Vec<String> {
        let mut differences = Vec::new();
        if self.status != found.status {
            differences.push(format!("expected status {}, found {}", self.status, found.status));
        }
        for (what, expected, found) in [
            ("code", &self.code, &found.code),
            ("rule", &self.rule, &found.rule),
            ("message", &self.message, &found.message),
        ] {
            match (expected, found) {
                (Some(expected), Some(found)) if expected != found => {
                    differences.push(format!("expected {what} {expected:?}, found {found:?}"));
                }
                (Some(expected), None) => {
                    differences.push(format!("expected {what} {expected:?}, found none"));
                }
                _ => {}
            }
        }
        differences
    }
}

impl<'de> Deserialize<'de> for Expectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Long {
            status: u16,
            code: Option<String>,
            rule: Option<String>,
            message: Option<String>,
        }

        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Expectation;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a status such as 403, or a mapping with `status`")
            }

            fn visit_u64<E: Error>(self, status: u64) -> Result<Self::Value, E> {
                let status = u16::try_from(status)
                    .map_err(|_| E::invalid_value(Unexpected::Unsigned(status), &self))?;
                Ok(Expectation { status, code: None, rule: None, message: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
                let Long { status, code, rule, message } =
                    Long::deserialize(MapAccessDeserializer::new(members))?;
                Ok(Expectation { status, code, rule, message })
            }
        }

        deserializer.deserialize_any(Either)
    }
}
