//! Time as an argument: seconds since the epoch, and the JWT's `NumericDate`.

use serde_json::{Number, Value};

/// A moment in whole seconds since 1970-01-01T00:00:00Z, leap seconds ignored (RFC 7519 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixTime(i64);

impl UnixTime {
    /// The moment `seconds` after the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The second in which `nanoseconds` after the epoch falls.
    #[must_use]
    pub fn from_nanoseconds(nanoseconds: u64) -> Self {
        Self(i64::try_from(nanoseconds / 1_000_000_000).unwrap_or(i64::MAX))
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// This moment, `seconds` later; the last moment there is when that is beyond it.
    #[must_use]
    pub const fn later_by(self, seconds: u32) -> Self {
        Self(self.0.saturating_add_unsigned(widen(seconds)))
    }

    /// This moment, `seconds` earlier; the first moment there is when that is before it.
    #[must_use]
    pub const fn earlier_by(self, seconds: u32) -> Self {
        Self(self.0.saturating_sub_unsigned(widen(seconds)))
    }

    /// Reads a `NumericDate` and rounds a fraction down: an `exp` never ends later than written.
    pub(crate) fn floor(claim: &Value) -> Result<Self, InvalidDate> {
        Self::numeric_date(claim, f64::floor)
    }

    /// Reads a `NumericDate` and rounds a fraction up: an `nbf` never begins earlier than written.
    pub(crate) fn ceil(claim: &Value) -> Result<Self, InvalidDate> {
        Self::numeric_date(claim, f64::ceil)
    }

    fn numeric_date(claim: &Value, round: fn(f64) -> f64) -> Result<Self, InvalidDate> {
        let Value::Number(number) = claim else {
            return Err(InvalidDate::NotANumber);
        };
        match number.as_i64() {
            Some(seconds) => Ok(Self(seconds)),
            None if number.is_u64() => Err(InvalidDate::OutOfRange),
            None => Self::fractional(number, round),
        }
    }

    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "rounded to a whole number and checked to lie within i64 just before"
    )]
    fn fractional(number: &Number, round: fn(f64) -> f64) -> Result<Self, InvalidDate> {
        const LIMIT: f64 = 9_223_372_036_854_775_808.0;
        let rounded = round(number.as_f64().ok_or(InvalidDate::OutOfRange)?);
        if (-LIMIT..LIMIT).contains(&rounded) {
            Ok(Self(rounded as i64))
        } else {
            Err(InvalidDate::OutOfRange)
        }
    }
}

/// Why a claim is not a `NumericDate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvalidDate {
    NotANumber,
    OutOfRange,
}

#[expect(clippy::as_conversions, reason = "`From` is not const; u32 always fits u64")]
const fn widen(seconds: u32) -> u64 {
    seconds as u64
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numeric_dates() {
        use InvalidDate::{NotANumber, OutOfRange};
        for (claim, floor, ceil) in [
            (json!(0), Ok(0), Ok(0)),
            (json!(1_700_000_000), Ok(1_700_000_000), Ok(1_700_000_000)),
            (json!(1_700_000_000.5), Ok(1_700_000_000), Ok(1_700_000_001)),
            (json!(-0.5), Ok(-1), Ok(0)),
            (json!(-7), Ok(-7), Ok(-7)),
            (json!(1e18), Ok(1_000_000_000_000_000_000), Ok(1_000_000_000_000_000_000)),
            (json!(i64::MAX), Ok(i64::MAX), Ok(i64::MAX)),
            (json!(u64::MAX), Err(OutOfRange), Err(OutOfRange)),
            (json!(18_446_744_073_709_551_616.0), Err(OutOfRange), Err(OutOfRange)),
            (json!(9_223_372_036_854_775_808.0), Err(OutOfRange), Err(OutOfRange)),
            (json!(-1e300), Err(OutOfRange), Err(OutOfRange)),
            (json!("1700000000"), Err(NotANumber), Err(NotANumber)),
            (json!(true), Err(NotANumber), Err(NotANumber)),
            (json!(null), Err(NotANumber), Err(NotANumber)),
            (json!([1]), Err(NotANumber), Err(NotANumber)),
        ] {
            assert_eq!(UnixTime::floor(&claim), floor.map(UnixTime), "floor of {claim}");
            assert_eq!(UnixTime::ceil(&claim), ceil.map(UnixTime), "ceil of {claim}");
        }
    }

    #[test]
    fn arithmetic_stops_at_the_ends_of_time() {
        assert_eq!(UnixTime(i64::MAX).later_by(60), UnixTime(i64::MAX));
        assert_eq!(UnixTime(i64::MIN).earlier_by(60), UnixTime(i64::MIN));
        assert_eq!(UnixTime(30).earlier_by(60), UnixTime(-30));
        assert_eq!(UnixTime::from_nanoseconds(1_999_999_999), UnixTime(1));
        assert_eq!(UnixTime::from_nanoseconds(u64::MAX), UnixTime(18_446_744_073));
    }
}
