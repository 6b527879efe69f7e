//! Header parameters that would choose the key, or change how the token is read.

use serde_json::{Value, json};

use super::{ES256, OURS, THEIRS, check, good, our_jwk, token};
use crate::door::{ACCEPTED, FORGED, authenticator, for_keys, foreign, issuer};

fn signed(member: &str, value: Value) -> String {
    let mut header = json!({"alg": "ES256"});
    header[member] = value;
    token(&OURS, ES256, &header)
}

/// CVE-2018-0114, and the server-side requests of CVE-2026-32301: a token brings no key, and nothing is fetched.
#[test]
fn a_key_in_the_token_is_ignored() {
    let door = for_keys(&[our_jwk("ec")]);
    let mut rows = Vec::new();
    for (member, value) in [
        ("jwk", THEIRS.jwk(json!({}))),
        ("jwk", THEIRS.jwk(json!({"kid": "ec"}))),
        ("jku", json!("https://attacker.example/jwks.json")),
        ("jku", json!("file:///etc/passwd")),
        ("x5u", json!("https://attacker.example/cert.pem")),
        ("x5c", json!(["MIIBszCCAVmgAwIBAgIUQ"])),
        ("x5t", json!("dGhlaXJz")),
        ("x5t#S256", json!("dGhlaXJz")),
        ("unknown", json!({"any": ["thing"]})),
    ] {
        let mut header = json!({"alg": "ES256", "kid": "ec"});
        header[member] = value;
        rows.push((format!("{member}, signed by them"), token(&THEIRS, ES256, &header), FORGED));
        rows.push((format!("{member}, signed by us"), token(&OURS, ES256, &header), ACCEPTED));
    }
    check(&door, rows);
}

/// RFC 7515 section 4.1.11; CVE-2025-59420, CVE-2026-32597, CVE-2026-35042.
#[test]
fn every_crit_is_refused() {
    let door = for_keys(&[our_jwk("ec")]);
    let values = [
        json!([]),
        json!(["b64"]),
        json!(["exp"]),
        json!(["alg"]),
        json!(["http://example.com/UNDEFINED"]),
        json!([null]),
        json!("exp"),
        json!(null),
        json!(false),
        json!({}),
    ];
    let reason = "the token's header has `crit`, which is not supported";
    let row = |value: Value| (value.to_string(), signed("crit", value), reason);
    check(&door, vec![("no crit", good(), ACCEPTED)]);
    check(&door, values.map(row).into());
}

/// RFC 7797 section 7.
#[test]
fn b64() {
    let door = for_keys(&[our_jwk("ec")]);
    let reason = "the token's header has `b64`, which is not supported";
    check(&door, vec![("true", signed("b64", json!(true)), ACCEPTED)]);
    for value in [json!(false), json!("false"), json!("true"), json!(0), json!(1), json!(null)] {
        check(&door, vec![(value.to_string(), signed("b64", value), reason)]);
    }
}

/// CVE-2023-50658 (`p2c`, the work to derive a key), CVE-2024-28180 (`zip`, a bomb): none of it is done.
#[test]
fn parameters_of_encryption_do_nothing() {
    let door = for_keys(&[our_jwk("ec")]);
    let key_wrapped = |header: Value| {
        let alg = header["alg"].as_str().unwrap().to_owned();
        (alg.clone(), token(&OURS, ES256, &header), foreign(&alg))
    };
    check(
        &door,
        vec![
            key_wrapped(
                json!({"alg": "PBES2-HS512+A256KW", "p2c": 2_147_483_647, "p2s": "c2FsdA"}),
            ),
            key_wrapped(json!({"alg": "dir", "enc": "A128GCM", "zip": "DEF"})),
            key_wrapped(json!({"alg": "ECDH-ES", "enc": "A128GCM", "epk": OURS.jwk(json!({}))})),
        ],
    );
    for (member, value) in [
        ("zip", json!("DEF")),
        ("p2c", json!(2_147_483_647)),
        ("enc", json!("A128GCM")),
        ("cty", json!("JWT")),
    ] {
        check(&door, vec![(member, signed(member, value), ACCEPTED)]);
    }
}

/// RFC 8725 section 3.11, RFC 9068 section 4.
#[test]
fn typ() {
    let any = for_keys(&[our_jwk("ec")]);
    let mut main = issuer(&[our_jwk("ec")]);
    main.types = vec!["at+jwt".to_owned()];
    let access = authenticator(vec![main], 0);
    let not_text = "the token's header has a `typ` that is not a string";
    let other = "the token's `typ` is not one of those of issuer `main`";
    for (typ, of_any, of_access) in [
        (json!("at+jwt"), ACCEPTED, ACCEPTED),
        (json!("AT+JWT"), ACCEPTED, ACCEPTED),
        (json!("application/at+jwt"), ACCEPTED, ACCEPTED),
        (json!("Application/AT+jwt"), ACCEPTED, ACCEPTED),
        (json!("JWT"), ACCEPTED, other),
        (json!("id+jwt"), ACCEPTED, other),
        (json!("at+jwt "), ACCEPTED, other),
        (json!("application/application/at+jwt"), ACCEPTED, other),
        (json!("text/at+jwt"), ACCEPTED, other),
        (json!(""), ACCEPTED, other),
        (json!(["at+jwt"]), not_text, not_text),
        (json!(null), not_text, not_text),
        (json!(1), not_text, not_text),
    ] {
        let token = signed("typ", typ.clone());
        check(&any, vec![(typ.to_string(), token.clone(), of_any)]);
        check(&access, vec![(typ.to_string(), token, of_access)]);
    }
    let without = token(&OURS, ES256, &json!({"alg": "ES256"}));
    check(&access, vec![("no typ", without, other)]);
}
