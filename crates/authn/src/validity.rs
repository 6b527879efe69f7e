//! The time in which a token counts.

use crate::rejection::InvalidToken;
use crate::time::UnixTime;

/// From `nbf` on and before `exp`, as far as a token says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) start: Option<UnixTime>,
    pub(crate) end: Option<UnixTime>,
}

impl Validity {
    /// That `now` is inside it, give or take the leeway.
    pub(crate) fn check(self, now: UnixTime, leeway: u32) -> Result<(), InvalidToken> {
        if let Some(end) = self.end.filter(|end| now >= end.later_by(leeway)) {
            let seconds = now.seconds().saturating_sub(end.seconds());
            return Err(InvalidToken::Expired { seconds });
        }
        if let Some(start) = self.start.filter(|start| now < start.earlier_by(leeway)) {
            let seconds = start.seconds().saturating_sub(now.seconds());
            return Err(InvalidToken::NotYetValid { seconds });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::claims::Claims;

    fn valid(payload: &Value, second: i64, leeway: u32) -> String {
        let claims = Claims::new(payload.as_object().unwrap().clone());
        let now = UnixTime::from_seconds(second);
        let checked = claims.validity().and_then(|validity| validity.check(now, leeway));
        checked.map_or_else(|error| error.to_string(), |()| "ok".to_owned())
    }

    #[test]
    fn there_is_a_leeway_at_both_ends() {
        let date = |found| format!("claim `exp` is {found}, expected a number of seconds");
        for (payload, expected) in [
            (json!({}), "ok".to_owned()),
            (json!({"exp": 1_061}), "ok".to_owned()),
            (json!({"exp": 941}), "ok".to_owned()),
            (json!({"exp": 940}), "expired 60 s ago".to_owned()),
            (json!({"exp": 940.9}), "expired 60 s ago".to_owned()),
            (json!({"exp": 0}), "expired 1000 s ago".to_owned()),
            (json!({"exp": -5}), "expired 1005 s ago".to_owned()),
            (json!({"exp": i64::MIN}), format!("expired {} s ago", i64::MAX)),
            (json!({"exp": i64::MAX}), "ok".to_owned()),
            (json!({"exp": u64::MAX}), date("out of range")),
            (json!({"exp": 1e300}), date("out of range")),
            (json!({"exp": "2000"}), date("a string")),
            (json!({"exp": null}), date("null")),
            (json!({"exp": true}), date("a boolean")),
            (json!({"exp": [2000]}), date("an array")),
            (json!({"exp": {"a": 1}}), date("an object")),
            (json!({"nbf": 1_060}), "ok".to_owned()),
            (json!({"nbf": 1_060.5}), "not valid for another 61 s".to_owned()),
            (
                json!({"nbf": "0"}),
                "claim `nbf` is a string, expected a number of seconds".to_owned(),
            ),
        ] {
            let checked = valid(&payload, 1_000, 60);
            assert_eq!(checked, expected, "{payload}");
        }
    }
}
