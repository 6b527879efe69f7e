//! `JSONTestSuite`: through the reader alone, and as header and payload of a signed token.

use authn::{Algorithm, Hash, json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::door::{UNSIGNED, authenticator, issuer, said};
use crate::folder;
use crate::signer::Signer;

struct Case {
    name: String,
    /// `accept`, `reject` or `either`.
    parse: String,
    text: Vec<u8>,
}

/// The suite's 318 texts.
fn cases() -> Option<Vec<Case>> {
    let file = folder::read("jsontestsuite/parsing.json")?;
    let case = |case: &Value| Case {
        name: case["name"].as_str().unwrap().to_owned(),
        parse: case["parse"].as_str().unwrap().to_owned(),
        text: match case["b64"].as_str() {
            Some(text) => STANDARD.decode(text).unwrap(),
            None => recipe(&case["recipe"]),
        },
    };
    Some(file["cases"].as_array().unwrap().iter().map(case).collect())
}

/// The two large texts: a piece, how often, and how long the whole then is (one adds a line's end).
fn recipe(recipe: &Value) -> Vec<u8> {
    let count = usize::try_from(recipe["n"].as_u64().unwrap()).unwrap();
    let length = usize::try_from(recipe["bytes"].as_u64().unwrap()).unwrap();
    let mut text = recipe["repeat"].as_str().unwrap().repeat(count).into_bytes();
    text.resize(length, b'\n');
    text
}

/// Texts that the suite accepts and we refuse: objects that name a member twice.
const DUPLICATES: [&str; 2] =
    ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];

#[test]
fn the_reader() {
    let Some(cases) = cases() else { return };
    let (mut refused, mut parsed, mut either) = (0, 0, 0);
    for Case { name, parse, text } in &cases {
        let found = json::parse(text);
        match parse.as_str() {
            "accept" if DUPLICATES.contains(&name.as_str()) => {
                let reason = found.unwrap_err().to_string();
                assert!(reason.starts_with("duplicate member \"a\""), "{name}: {reason}");
            }
            "accept" => {
                assert!(found.is_ok(), "{name}: {found:?}");
                parsed += 1;
            }
            "reject" => {
                assert!(found.is_err(), "{name}: {found:?}");
                refused += 1;
            }
            _ => either += 1,
        }
    }
    assert_eq!((refused, parsed, either), (188, 93, 35));
}

/// A text that is no object with unique members is refused in its place, whatever it is; one that is
/// brings no `alg`, and no `iss`.
#[test]
fn as_header_and_payload() {
    let Some(cases) = cases() else { return };
    let algorithm = Algorithm::Hs(Hash::Sha256);
    let signer = Signer::of(algorithm);
    let mut issuer = issuer(&[signer.jwk(json!({}))]);
    issuer.issuer = None;
    let authenticator = authenticator(vec![issuer], 10);
    for Case { name, text, .. } in &cases {
        let object = json::parse_object(text).is_ok();
        let in_header = said(&authenticator, &signer.token(algorithm, text, "{}"));
        let in_payload = said(&authenticator, &signer.token(algorithm, r#"{"alg":"HS256"}"#, text));
        if text.len() > 10_000 {
            assert!(in_header.ends_with("`token.max_bytes` is 16384"), "{name}: {in_header}");
            assert!(in_payload.ends_with("`token.max_bytes` is 16384"), "{name}: {in_payload}");
        } else if object {
            assert_eq!(in_header, UNSIGNED, "{name}");
            assert_eq!(in_payload, "claim `exp` is missing", "{name}");
        } else {
            let refused = |part| format!("the token's {part} is not a JSON object with unique");
            assert!(in_header.starts_with(&refused("header")), "{name}: {in_header}");
            assert!(in_payload.starts_with(&refused("payload")), "{name}: {in_payload}");
        }
    }
}
