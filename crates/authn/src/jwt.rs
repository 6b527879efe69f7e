//! The form of a signed JWT: JWS compact serialization (RFC 7515 section 7.1, RFC 7519 section 7.2).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::claims::Claims;
use crate::json;
use crate::rejection::{InvalidToken, Part};

/// A token in the form of a signed JWT, its signature not looked at yet.
pub(crate) struct Jwt<'t> {
    pub(crate) header: Header,
    pub(crate) claims: Claims,
    /// What the signature is of: header and payload as they came (RFC 7515 section 5.2 step 8).
    pub(crate) signed: &'t str,
    pub(crate) signature: Vec<u8>,
}

/// What a token's header says of how to verify it. None of it is trusted: the key decides.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) alg: String,
    pub(crate) kid: Option<String>,
    pub(crate) typ: Option<String>,
}

impl<'t> Jwt<'t> {
    /// Reads a token. The form is checked whole, whoever verifies the signature; an unsigned token has
    /// not that form.
    ///
    /// # Errors
    /// The first deviation from the form.
    pub(crate) fn parse(token: &'t str) -> Result<Self, InvalidToken> {
        let (header, payload, signature) = parts(token)?;
        let signed_length = header.len().saturating_add(1).saturating_add(payload.len());
        let signed = token.get(..signed_length).ok_or(InvalidToken::NotThreeParts)?;
        let header = Header::parse(&object(Part::Header, header)?)?;
        let signature = bytes(Part::Signature, signature)?;
        if signature.is_empty() {
            return Err(InvalidToken::Unsigned);
        }
        let claims = Claims::new(object(Part::Payload, payload)?);
        Ok(Self { header, claims, signed, signature })
    }
}

impl Header {
    fn parse(header: &Map<String, Value>) -> Result<Self, InvalidToken> {
        let alg = match header.get("alg").and_then(Value::as_str) {
            None | Some("") => return Err(InvalidToken::Unsigned),
            Some(alg) if alg.eq_ignore_ascii_case("none") => return Err(InvalidToken::Unsigned),
            Some(alg) => alg.to_owned(),
        };
        // RFC 7515 section 4.1.11: an extension that is not understood makes the token invalid, and none is.
        if header.contains_key("crit") {
            return Err(InvalidToken::HeaderParameter("crit"));
        }
        // RFC 7797 section 7: a JWT must not use `b64: false`.
        if header.get("b64").is_some_and(|b64| *b64 != Value::Bool(true)) {
            return Err(InvalidToken::HeaderParameter("b64"));
        }
        Ok(Self { alg, kid: text(header, "kid")?, typ: text(header, "typ")? })
    }
}

impl fmt::Debug for Jwt<'_> {
    /// What it says of itself and the names of its claims, never the token or its signature.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = formatter.debug_struct("Jwt");
        fields.field("header", &self.header).field("claims", &self.claims).finish_non_exhaustive()
    }
}

fn text(header: &Map<String, Value>, member: &'static str) -> Result<Option<String>, InvalidToken> {
    match header.get(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(InvalidToken::HeaderType(member)),
    }
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
        Jwt::parse(token).map_or_else(|error| error.to_string(), |_| "accepted".to_owned())
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
                token(r#"{"alg":"RS256","kid":5}"#, "{}"),
                "the token's header has a `kid` that is not a string",
            ),
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

    #[test]
    fn debug_shows_neither_values_nor_signature() {
        let token = token(r#"{"alg":"RS256"}"#, r#"{"sub":"alice"}"#);
        assert_eq!(
            format!("{:?}", Jwt::parse(&token).unwrap()),
            "Jwt { header: Header { alg: \"RS256\", kid: None, typ: None }, claims: {\"sub\"}, .. }"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_answered(text in "[A-Za-z0-9_.=-]{0,80}") {
            let _ = Jwt::parse(&text);
        }
    }
}
