//! What a client writes in a path or a header, compared with a claim.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde_json::{Number, Value};

use crate::claim_test::{Same, equal, same};
use crate::path::fold;

/// A text of the request's.
pub(crate) struct Written<'a> {
    text: Cow<'a, str>,
    /// The integer that is written exactly like this: `42`, not `042` or `+42`.
    integer: Option<Number>,
    /// Its [`bare`] form, made when it is first asked for.
    bare: OnceCell<String>,
}

impl<'a> Written<'a> {
    pub(crate) fn new(text: Cow<'a, str>) -> Self {
        let integer: Option<Number> = serde_json::from_str(&text).ok();
        let integer = integer.filter(|number| !number.is_f64() && number.to_string() == *text);
        Self { text, integer, bare: OnceCell::new() }
    }

    /// Whether the claim is this string, or the integer that is written so.
    ///
    /// Where it is not, but a server may read it as that (`042` as 42, `ALICE` as `alice`), nobody knows: whoever must
    /// not be the claim's must not get by under another spelling.
    pub(crate) fn compare(&self, claim: &Value) -> Same {
        match claim {
            Value::String(claim) if *claim == self.text => Same::Yes,
            Value::String(claim) => self.differs(claim),
            Value::Number(number) if number.is_f64() => Same::Unknown,
            Value::Number(number) => match &self.integer {
                Some(integer) => same(equal(integer, number)),
                None => self.differs(&number.to_string()),
            },
            _ => Same::Unknown,
        }
    }

    /// Whether it is sure that the text is not the claim.
    fn differs(&self, claim: &str) -> Same {
        let is_number = !claim.is_empty() && claim.bytes().all(|byte| byte.is_ascii_digit());
        let spelled_otherwise = is_number && self.integer.is_none();
        let own = || self.bare.get_or_init(|| bare(&self.text));
        if spelled_otherwise || *own() == bare(claim) { Same::Unknown } else { Same::No }
    }
}

/// Letters and digits alone, whatever their case: `{A1-B2}` is `a1b2`.
fn bare(text: &str) -> String {
    let folded = fold(text).map_or(Cow::Borrowed(text), Cow::Owned);
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_different_or_nobody_knows() {
        use Same::{No, Unknown, Yes};
        for (text, claim, expected) in [
            ("42", json!("42"), Yes),
            ("42", json!(42), Yes),
            ("43", json!(42), No),
            ("43", json!("42"), No),
            ("-1", json!(-1), Yes),
            ("042", json!(42), Unknown),
            ("042", json!("42"), Unknown),
            ("+42", json!("42"), Unknown),
            ("42 ", json!("42"), Unknown),
            ("\u{ff14}\u{ff12}", json!("42"), Unknown),
            ("42.0", json!(42), Unknown),
            ("4e1", json!(40), Unknown),
            ("42", json!(42.5), Unknown),
            ("9007199254740992", json!(9_007_199_254_740_992.0), Unknown),
            ("18446744073709551615", json!(u64::MAX), Yes),
            ("alice", json!("alice"), Yes),
            ("alice", json!("bob"), No),
            ("ALICE", json!("alice"), Unknown),
            ("al-ice", json!("alice"), Unknown),
            ("{1B4E28BA-2FA1}", json!("1b4e28ba2fa1"), Unknown),
            ("alice", json!(true), Unknown),
            ("alice", json!({"a": "alice"}), Unknown),
            ("", json!(""), Yes),
            ("a", json!(""), No),
        ] {
            assert_eq!(Written::new(text.into()).compare(&claim), expected, "{text:?} {claim}");
        }
    }
}
