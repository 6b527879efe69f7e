//! Dates in claims, for people.

use gate::UnixTime;
use jiff::Timestamp;
use serde_json::Value;

/// The claims that are dates (RFC 7519 section 4.1, `OpenID` Connect Core section 2).
const DATES: [&str; 5] = ["exp", "nbf", "iat", "auth_time", "updated_at"];

/// `2027-01-15T08:00:00Z, in 4 min`, for a claim that is a date.
pub(super) fn date(claim: &str, value: &Value, now: UnixTime) -> Option<String> {
    let seconds = value.as_i64().filter(|_| DATES.contains(&claim))?;
    let date = Timestamp::from_second(seconds).ok()?;
    let away = seconds.checked_sub(now.seconds())?;
    Some(format!("{date}, {}", distance(away)))
}

/// How far away a time is.
fn distance(seconds: i64) -> String {
    let unit = |seconds: u64| match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    };
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {}", unit(seconds.unsigned_abs())),
        _ => format!("{} ago", unit(seconds.unsigned_abs())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_are_dates() {
        let now = UnixTime::from_seconds(1_800_000_000);
        for (claim, value, expected) in [
            ("exp", json!(1_800_000_000), Some("2027-01-15T08:00:00Z, now")),
            ("exp", json!(1_800_000_119), Some("2027-01-15T08:01:59Z, in 119 s")),
            ("iat", json!(1_799_996_000), Some("2027-01-15T06:53:20Z, 66 min ago")),
            ("nbf", json!(1_799_900_000), Some("2027-01-14T04:13:20Z, 27 h ago")),
            ("exp", json!(0), Some("1970-01-01T00:00:00Z, 20833 days ago")),
            ("exp", json!(i64::MAX), None),
            ("exp", json!("1800000000"), None),
            ("count", json!(1_800_000_000), None),
        ] {
            assert_eq!(date(claim, &value, now).as_deref(), expected, "{claim} {value}");
        }
    }
}
