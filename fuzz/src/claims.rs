//! The claims of a token that is well signed: who is let in is exactly who a plain reading of RFC 7519 lets in.
//!
//! Input: a line with the time, in seconds, and a payload.

use authn::{Algorithm, Hash};
use serde_json::{Value, json};

use crate::door::{authenticate, for_keys};
use crate::sentence::assert_short;
use crate::signer::Signer;

/// Checks one input.
#[must_use]
pub fn check(input: &[u8]) -> bool {
    let mut lines = input.splitn(2, |byte| *byte == b'\n');
    let now = std::str::from_utf8(lines.next().unwrap_or_default()).ok();
    let Some(now) = now.and_then(|text| text.parse().ok()) else { return false };
    let payload = lines.next().unwrap_or_default();
    let algorithm = Algorithm::Hs(Hash::Sha256);
    let signer = Signer::of(algorithm);
    let token = signer.token(algorithm, r#"{"alg":"HS256"}"#, payload);
    let door = for_keys(&[signer.jwk(json!({}))]);
    let said = authenticate(&door, format!("Bearer {token}").as_bytes(), now);
    if let Err(error) = &said {
        assert_short(&error.to_string());
    }
    // Longer ones are refused for that alone.
    if token.len() <= 16_384 {
        let expected = claims(payload).is_some_and(|claims| counts(&claims, i128::from(now)));
        assert_eq!(said.is_ok(), expected, "{said:?}: {}", payload.escape_ascii());
    }
    said.is_ok()
}

/// An object in which no name stands twice: it has as many members as its text has colons outside of strings.
fn claims(payload: &[u8]) -> Option<Value> {
    let claims: Value = serde_json::from_slice(payload).ok().filter(Value::is_object)?;
    let (mut colons, mut quoted, mut escaped) = (0, false, false);
    for byte in payload {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b':' if !quoted => colons += 1,
            _ => {}
        }
    }
    (members(&claims) == colons).then_some(claims)
}

fn members(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(members).sum(),
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// Whether these claims count now for the issuer and the audience of the door, which forgives a minute.
fn counts(claims: &Value, now: i128) -> bool {
    let text_or_none = |name: &str| claims.get(name).is_none_or(Value::is_string);
    let date_or_none =
        |name: &str| claims.get(name).is_none_or(|date| seconds(date, false).is_some());
    let audience = match &claims["aud"] {
        Value::String(one) => one == "api",
        Value::Array(list) => list.iter().all(Value::is_string) && list.contains(&json!("api")),
        _ => false,
    };
    // Beyond the last second that there is, nothing is later.
    let ends = seconds(&claims["exp"], false).is_some_and(|end| now < (end + 60).min(LAST));
    let begun = claims.get("nbf").is_none_or(|start| {
        seconds(start, true).is_some_and(|start| now >= (start - 60).max(FIRST))
    });
    claims["iss"] == "https://idp.example"
        && audience
        && ends
        && begun
        && date_or_none("iat")
        && text_or_none("sub")
        && text_or_none("jti")
}

/// A date in whole seconds, if there is such a second.
fn seconds(date: &Value, up: bool) -> Option<i128> {
    let date = date.as_number()?;
    let whole = if let Some(whole) = date.as_i128() {
        whole
    } else {
        let double = date.as_f64()?;
        let rounded = if up { double.ceil() } else { double.floor() };
        format!("{rounded:.0}").parse().ok()?
    };
    (FIRST..=LAST).contains(&whole).then_some(whole)
}

const FIRST: i128 = i64::MIN as i128;
const LAST: i128 = i64::MAX as i128;
