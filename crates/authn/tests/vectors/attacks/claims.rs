//! Claims of shapes that libraries misread. Every token here is well signed.

use serde_json::{Value, json};

use super::{ES256, OURS, our_jwk};
use crate::door::{ACCEPTED, NOW, claims, for_keys, said};

/// What is said of the good claims with this one set, as the JSON text that it is in the token.
fn with(claim: &str, value: &str) -> String {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(claim);
    let start = format!("{{\"{claim}\":{value},");
    let payload = claims.to_string().replacen('{', &start, 1);
    said(&for_keys(&[our_jwk("ec")]), &OURS.token(ES256, r#"{"alg":"ES256"}"#, payload))
}

fn without(claim: &str) -> String {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(claim);
    said(&for_keys(&[our_jwk("ec")]), &OURS.token(ES256, r#"{"alg":"ES256"}"#, claims.to_string()))
}

/// CVE-2024-53861, CVE-2025-30144: part of an issuer, or a list that holds it.
#[test]
fn iss() {
    let text = |found: &str| format!("claim `iss` is {found}, expected a string");
    let unknown = |iss: &str| format!("issuer {iss:?} is not one of `issuers`");
    assert_eq!(without("iss"), "claim `iss` is missing");
    for (iss, expected) in [
        (json!("https://idp.example"), ACCEPTED.to_owned()),
        (json!(["https://idp.example"]), text("an array")),
        (json!(["https://evil.example", "https://idp.example"]), text("an array")),
        (json!({"https://idp.example": true}), text("an object")),
        (json!(null), text("null")),
        (json!(1), text("a number")),
        (json!(true), text("a boolean")),
    ] {
        assert_eq!(with("iss", &iss.to_string()), expected, "{iss}");
    }
    for iss in [
        "",
        "https",
        "https://idp.example/",
        "https://idp.example.evil.example",
        "https://IDP.example",
        " https://idp.example",
        "https://idp.example\0",
        "http://idp.example",
    ] {
        assert_eq!(with("iss", &Value::from(iss).to_string()), unknown(iss), "{iss}");
    }
}

/// CVE-2020-26160, CVE-2026-24899, CVE-2026-30223.
#[test]
fn aud() {
    let shape = |found| format!("claim `aud` is {found}, expected a string or an array of strings");
    let other = "claim `aud` names none of `audiences` of issuer `main`".to_owned();
    assert_eq!(without("aud"), "claim `aud` is missing");
    for (aud, expected) in [
        (json!("api"), ACCEPTED.to_owned()),
        (json!(["api"]), ACCEPTED.to_owned()),
        (json!(["web", "api"]), ACCEPTED.to_owned()),
        (json!([]), other.clone()),
        (json!([""]), other.clone()),
        (json!(""), other.clone()),
        (json!("API"), other.clone()),
        (json!("api2"), other.clone()),
        (json!("ap"), other.clone()),
        (json!("api web"), other.clone()),
        (json!("api,web"), other.clone()),
        (json!(["web"]), other),
        (json!(["api", 1]), shape("a number")),
        (json!(["api", null]), shape("null")),
        (json!([["api"]]), shape("an array")),
        (json!({"api": true}), shape("an object")),
        (json!(null), shape("null")),
        (json!(0), shape("a number")),
        (json!(true), shape("a boolean")),
    ] {
        assert_eq!(with("aud", &aud.to_string()), expected, "{aud}");
    }
}

/// Never "no expiry", whatever it is, and no arithmetic that wraps.
#[test]
fn exp() {
    let date = |found| format!("claim `exp` is {found}, expected a number of seconds");
    let expired = |exp: i64| format!("expired {} s ago", NOW - exp);
    let no_number = "the token's payload is not a JSON object with unique members: \
                     number out of range at line 1 column 12";
    assert_eq!(without("exp"), "claim `exp` is missing");
    for (exp, expected) in [
        ("1700000000", ACCEPTED.to_owned()),
        ("1699999941", ACCEPTED.to_owned()),
        ("1699999940", expired(NOW - 60)),
        ("1699999940.9", expired(NOW - 60)),
        ("1699999941.5", ACCEPTED.to_owned()),
        ("17e8", ACCEPTED.to_owned()),
        ("0", expired(0)),
        ("-0", expired(0)),
        ("-0.0", expired(0)),
        ("0.5", expired(0)),
        ("30", expired(30)),
        ("-1", expired(-1)),
        ("-1.5", expired(-2)),
        ("-9223372036854775808", format!("expired {} s ago", i64::MAX)),
        ("9223372036854775807", ACCEPTED.to_owned()),
        ("9223372036854775808", date("out of range")),
        ("18446744073709551615", date("out of range")),
        ("18446744073709551616", date("out of range")),
        // 2^64 + NOW + 300.
        ("18446744075409551916", date("out of range")),
        ("1e300", date("out of range")),
        ("-1e300", date("out of range")),
        ("1e400", no_number.to_owned()),
        ("1e-400", expired(0)),
        ("\"1700000300\"", date("a string")),
        ("\"\"", date("a string")),
        ("\"never\"", date("a string")),
        ("null", date("null")),
        ("true", date("a boolean")),
        ("false", date("a boolean")),
        ("[]", date("an array")),
        ("[1700000300]", date("an array")),
        ("{}", date("an object")),
        ("{\"$numberLong\":1700000300}", date("an object")),
    ] {
        assert_eq!(with("exp", exp), expected, "{exp}");
    }
}

#[test]
fn nbf_sub_and_iat() {
    let date = |found| format!("claim `nbf` is {found}, expected a number of seconds");
    for (claim, value, expected) in [
        ("nbf", "1700000000", ACCEPTED.to_owned()),
        ("nbf", "1700000060", ACCEPTED.to_owned()),
        ("nbf", "1700000060.1", "not valid for another 61 s".to_owned()),
        ("nbf", "0", ACCEPTED.to_owned()),
        ("nbf", "-9223372036854775808", ACCEPTED.to_owned()),
        ("nbf", "9223372036854775807", format!("not valid for another {} s", i64::MAX - NOW)),
        ("nbf", "9223372036854775808", date("out of range")),
        ("nbf", "\"0\"", date("a string")),
        ("nbf", "null", date("null")),
        ("sub", "null", "claim `sub` is null, expected a string".to_owned()),
        ("sub", "1", "claim `sub` is a number, expected a string".to_owned()),
        ("sub", "[\"alice\"]", "claim `sub` is an array, expected a string".to_owned()),
        // RFC 7519 section 4.1.6 gives `iat` no part in validity.
        ("iat", "9223372036854775807", ACCEPTED.to_owned()),
        ("iat", "\"yesterday\"", ACCEPTED.to_owned()),
    ] {
        assert_eq!(with(claim, value), expected, "{claim}: {value}");
    }
    assert_eq!(without("sub"), "somebody of main");
}
