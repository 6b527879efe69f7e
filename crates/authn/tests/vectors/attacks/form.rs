//! The form: three parts, base64url, JSON whose members are unique.

use serde_json::json;

use super::{ES256, OURS, check, good, our_jwk};
use crate::door::{ACCEPTED, FORGED, claims, for_keys};
use crate::signer::encoded;

const NOT_A_TOKEN: &str = "authorization is not `Bearer` and one token";
const PARTS: &str = "the token does not have the three parts of a signed JWT";
const ENCRYPTED: &str = "the token is encrypted (JWE), which is not supported";

fn encoding(part: &str) -> String {
    format!("the token's {part} is not base64url without padding")
}

/// CVE-2025-30204 (dots), CVE-2026-29000 (an unsecured token inside a JWE), GHSA-jc38-x7x8-2xc8.
#[test]
fn parts() {
    let good = good();
    let jwe = encoded(r#"{"alg":"dir","enc":"A128GCM","cty":"JWT"}"#);
    let inner = encoded("eyJhbGciOiJub25lIn0.e30.");
    let rows = [
        ("good", good.clone(), ACCEPTED),
        ("a dot before", format!(".{good}"), PARTS),
        ("a dot after", format!("{good}."), PARTS),
        ("a dot doubled", good.replacen('.', "..", 1), PARTS),
        ("two parts", good.rsplit_once('.').unwrap().0.to_owned(), PARTS),
        ("one part", "eyJhbGciOiJFUzI1NiJ9".to_owned(), PARTS),
        ("six parts", format!("{good}.a.b.c"), PARTS),
        ("dots only", ".".repeat(16_000), PARTS),
        ("JWE", format!("{jwe}..{inner}.{inner}.{inner}"), ENCRYPTED),
        ("five parts, the first three good", format!("{good}.."), ENCRYPTED),
        ("two tokens", format!("{good},{good}"), NOT_A_TOKEN),
        ("quoted", format!("\"{good}\""), NOT_A_TOKEN),
    ];
    check(&for_keys(&[our_jwk("ec")]), rows.into());
}

/// CVE-2016-9122, CVE-2022-39227: a text that one reader takes for JSON and another for a compact token.
#[test]
fn json_serialization() {
    let good = good();
    let fields: Vec<_> = good.split('.').collect();
    let flat = json!({"protected": fields[0], "payload": fields[1], "signature": fields[2]});
    let mut forged = claims();
    forged["sub"] = json!("mallory");
    let forged = encoded(forged.to_string());
    let polyglot = format!(
        r#"{{"  {}.{forged}.":"","protected":"{}","payload":"{}","signature":"{}"}}"#,
        fields[0], fields[0], fields[1], fields[2]
    );
    let general = json!({"payload": fields[1], "signatures": [flat]});
    let rows = [
        ("compact", good.clone(), ACCEPTED),
        ("flattened", flat.to_string(), NOT_A_TOKEN),
        ("general", general.to_string(), NOT_A_TOKEN),
        ("both at once", polyglot, NOT_A_TOKEN),
        ("in base64url", encoded(flat.to_string()), PARTS),
    ];
    check(&for_keys(&[our_jwk("ec")]), rows.into());
}

#[test]
fn base64url() {
    // Of 15, 16 and 64 bytes: the last character of the second and third has bits that are not used.
    let good = good();
    let fields: Vec<_> = good.split('.').collect();
    let (head, body, signature) = (fields[0], fields[1], fields[2]);
    let without = |first: usize| signature.chars().skip(first).collect::<String>();
    let bits = |text: &str| {
        let (rest, last) = text.split_at(text.len() - 1);
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let next = alphabet.chars().nth(alphabet.find(last).unwrap() + 1).unwrap();
        format!("{rest}{next}")
    };
    let mut rows = vec![
        ("good", good.clone(), ACCEPTED.to_owned()),
        ("trailing bits", format!("{head}.{body}.{}", bits(signature)), encoding("signature")),
        ("+ and /", format!("{head}.{body}.+/{}", without(2)), encoding("signature")),
        ("a character more", format!("{head}.{body}.{signature}A"), FORGED.to_owned()),
        ("one left over", format!("{head}.{body}.{}", without(1)), encoding("signature")),
        ("blank before", format!(" {good}"), ACCEPTED.to_owned()),
    ];
    for pad in ["=", "=="] {
        rows.push(("padding", format!("{head}{pad}.{body}.{signature}"), encoding("header")));
        rows.push(("padding", format!("{head}.{body}{pad}.{signature}"), encoding("payload")));
        rows.push(("padding", format!("{head}.{body}.{signature}{pad}"), encoding("signature")));
    }
    for inside in ["\n", " ", "\t", "\0", "?", "%3D", "\u{e9}"] {
        let reason = NOT_A_TOKEN.to_owned();
        rows.push((inside, format!("{head}.{body}.{inside}{signature}"), reason.clone()));
        rows.push((inside, format!("{good}{inside}"), reason));
    }
    check(&for_keys(&[our_jwk("ec")]), rows);
}

/// CVE-2025-27144, CVE-2025-30204: what is too long is not looked into.
#[test]
fn length() {
    let door = for_keys(&[our_jwk("ec")]);
    let padded = |length: usize| {
        let mut claims = claims();
        claims["pad"] = json!("x".repeat(length));
        OURS.token(ES256, r#"{"alg":"ES256"}"#, claims.to_string())
    };
    let over = (11_000..13_000).find(|length| padded(*length).len() > 16_384).unwrap();
    let (last, first) = (padded(over - 1), padded(over));
    let reason =
        |token: &str| format!("the token has {} bytes, `token.max_bytes` is 16384", token.len());
    let dots = ".".repeat(16_385);
    let rows = [
        ("the longest", last.clone(), ACCEPTED.to_owned()),
        ("one more", first.clone(), reason(&first)),
        ("dots only", dots.clone(), reason(&dots)),
    ];
    assert!(last.len() >= 16_383);
    check(&door, rows.into());
}
