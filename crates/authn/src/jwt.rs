//! The form of a signed JWT: JWS compact serialization (RFC 7515 section 7.1, RFC 7519 section 7.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::claims::Claims;
use crate::json;
use crate::rejection::{InvalidToken, Part};

/// Reads the claims of a token in the form of a signed JWT.
///
/// The form is checked whole: header and signature too, although nobody here verifies the signature
/// (see [`Signature::DecodeOnly`](crate::Signature::DecodeOnly)). An unsigned token has not that form.
///
/// # Errors
/// The first deviation from the form.
pub(crate) fn decode(token: &str) -> Result<Claims, InvalidToken> {
    let (header, payload, signature) = parts(token)?;
    check_header(&object(Part::Header, header)?)?;
    if bytes(Part::Signature, signature)?.is_empty() {
        return Err(InvalidToken::Unsigned);
    }
    object(Part::Payload, payload).map(Claims::new)
}

/// The three parts; a look at the first six fields at most, however many dots there are.
fn parts(token: &str) -> Result<(&str, &str, &str), InvalidToken> {
    let mut fields = token.splitn(6, '.');
    match (fields.next(), fields.next(), fields.next(), fields.next(), fields.count()) {
        (Some(header), Some(payload), Some(signature), None, _) => Ok((header, payload, signature)),
        (.., Some(_), 1) => Err(InvalidToken::Encrypted),
        _ => Err(InvalidToken::NotThreeParts),
    }
}

fn check_header(header: &Map<String, Value>) -> Result<(), InvalidToken> {
    match header.get("alg").and_then(Value::as_str) {
        None => return Err(InvalidToken::Unsigned),
        Some(alg) if alg.is_empty() || alg.eq_ignore_ascii_case("none") => {
            return Err(InvalidToken::Unsigned);
        }
        Some(_) => {}
    }
    // RFC 7515 section 4.1.11: an extension that is not understood makes the token invalid, and none is.
    if header.contains_key("crit") {
        return Err(InvalidToken::HeaderParameter("crit"));
    }
    // RFC 7797 section 7: a JWT must not use `b64: false`.
    if header.get("b64").is_some_and(|b64| *b64 != Value::Bool(true)) {
        return Err(InvalidToken::HeaderParameter("b64"));
    }
    Ok(())
}

fn object(part: Part, text: &str) -> Result<Map<String, Value>, InvalidToken> {
    json::parse_object(&bytes(part, text)?)
        .map_err(|error| InvalidToken::Json(part, error.to_string()))
}

fn bytes(part: Part, text: &str) -> Result<Vec<u8>, InvalidToken> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidToken::Encoding(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str) -> String {
        format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
    }

    fn reason(token: &str) -> String {
        decode(token).map_or_else(|error| error.to_string(), |_| "accepted".to_owned())
    }

    #[test]
    fn the_form_of_a_signed_jwt() {
        let good = token(r#"{"alg":"RS256"}"#, r#"{"sub":"alice"}"#);
        let (head, _) = good.rsplit_once('.').unwrap();
        let encoding = |part| format!("the token's {part} is not base64url without padding");
        let parts = "the token does not have the three parts of a signed JWT";
        let unsigned = "the token's header names no signature algorithm";
        for (token, expected) in [
            (good.clone(), "accepted"),
            (String::new(), parts),
            ("a".to_owned(), parts),
            ("a.b".to_owned(), parts),
            (format!("{good}.x"), parts),
            (format!("{good}.x.y"), "the token is encrypted (JWE), which is not supported"),
            (format!("{good}.x.y.z"), parts),
            (".".repeat(50), parts),
            (
                "..".to_owned(),
                "the token's header is not a JSON object with unique members: EOF while parsing a value at line 1 column 0",
            ),
            (format!("{head}."), unsigned),
            (format!("{head}.c2ln=="), &encoding("signature")),
            (format!("{head}.c2lnA"), &encoding("signature")),
            // Trailing bits: `c2k` is "si"; `c2l` has bits set beyond it.
            (format!("{head}.c2l"), &encoding("signature")),
            (format!("{head}.+/+/"), &encoding("signature")),
            (format!("={good}"), &encoding("header")),
            (token(r#"{"alg":"none"}"#, "{}"), unsigned),
            (token(r#"{"alg":"NoNe"}"#, "{}"), unsigned),
            (token(r#"{"alg":""}"#, "{}"), unsigned),
            (token(r#"{"alg":["RS256"]}"#, "{}"), unsigned),
            (token("{}", "{}"), unsigned),
            (
                token(r#"{"alg":"RS256","crit":["b64"]}"#, "{}"),
                "the token's header has `crit`, which is not supported",
            ),
            (
                token(r#"{"alg":"RS256","crit":[]}"#, "{}"),
                "the token's header has `crit`, which is not supported",
            ),
            (
                token(r#"{"alg":"RS256","b64":false}"#, "{}"),
                "the token's header has `b64`, which is not supported",
            ),
            (
                token(r#"{"alg":"RS256","alg":"none"}"#, "{}"),
                "the token's header is not a JSON object with unique members: duplicate member \"alg\" at line 1 column 20",
            ),
            (
                token(r#"{"alg":"RS256"}"#, "[]"),
                "the token's payload is not a JSON object with unique members: expected an object, found an array",
            ),
            (
                token(r#"{"alg":"RS256"}"#, r#"{"sub":"a","sub":"b"}"#),
                "the token's payload is not a JSON object with unique members: duplicate member \"sub\" at line 1 column 16",
            ),
            (
                token(r#"{"alg":"RS256"}"#, r#"{"exp":1e400}"#),
                "the token's payload is not a JSON object with unique members: number out of range at line 1 column 12",
            ),
        ] {
            assert_eq!(reason(&token), expected, "{token}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_answered(text in "[A-Za-z0-9_.=-]{0,80}") {
            let _ = decode(&text);
        }
    }
}
