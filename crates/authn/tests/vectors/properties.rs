//! What holds for every token: no changed one is accepted, and remembering changes no answer.

use authn::{Algorithm, Authenticator, Hash, Issuer, Unauthenticated};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::door::{
    ACCEPTED, NOW, authenticate, authenticator, claims, for_keys, issuer, said, said_at,
};
use crate::signer::{Signer, encoded};

fn good(algorithm: Algorithm) -> (Signer, String) {
    let signer = Signer::of(algorithm);
    let header = json!({"alg": algorithm.name()}).to_string();
    let token = signer.token(algorithm, header, claims().to_string());
    (signer, token)
}

/// A door that accepted a good token and remembers it, and that token.
fn remembering(algorithm: Algorithm) -> (Authenticator, String) {
    let (signer, token) = good(algorithm);
    let door = authenticator(vec![issuer(&[signer.jwk(json!({}))])], 100);
    assert_eq!(said(&door, &token), ACCEPTED, "{algorithm}");
    (door, token)
}

/// Whether anybody at all is established.
fn accepts(door: &Authenticator, token: &[u8]) -> bool {
    authenticate(door, &[b"Bearer ", token].concat(), NOW).is_ok()
}

#[test]
fn every_algorithm_is_accepted() {
    for algorithm in Algorithm::ALL {
        let (signer, token) = good(algorithm);
        assert_eq!(said(&for_keys(&[signer.jwk(json!({}))]), &token), ACCEPTED, "{algorithm}");
        let jwk = signer.jwk(json!({"alg": algorithm.name(), "use": "sig", "kid": "a"}));
        assert_eq!(said(&for_keys(&[jwk]), &token), ACCEPTED, "{algorithm}, named");
    }
}

/// Every character changed into every other, while the good token is remembered.
#[test]
fn no_token_with_a_character_changed_is_accepted() {
    let (door, token) = remembering(Algorithm::Hs(Hash::Sha256));
    for place in 0..token.len() {
        for byte in (0_u8..0x80).filter(|byte| *byte != token.as_bytes()[place]) {
            let mut changed = token.clone().into_bytes();
            changed[place] = byte;
            assert!(!accepts(&door, &changed), "{place}, {byte}");
        }
    }
    assert!(accepts(&door, token.as_bytes()));
}

/// One bit of each character.
#[test]
fn no_token_with_a_bit_flipped_is_accepted() {
    for algorithm in Algorithm::ALL {
        let (door, token) = remembering(algorithm);
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] ^= 1 << (place % 8);
            assert!(!accepts(&door, &changed), "{algorithm}: {place}");
        }
        assert!(accepts(&door, token.as_bytes()), "{algorithm}");
    }
}

#[test]
fn no_part_of_a_token_is_accepted() {
    let (door, token) = remembering(Algorithm::EdDsa);
    for place in 1..token.len() {
        let (first, last) = token.as_bytes().split_at(place);
        assert!(!accepts(&door, first), "the first {place}");
        assert!(!accepts(&door, last), "all but the first {place}");
    }
}

/// Tokens of two issuers: good, soon over, not yet begun, over, forged, and broken.
fn mixed() -> (Vec<Issuer>, Vec<String>) {
    let signers = [Signer::Ed25519(7), Signer::Secret(vec![7; 64])];
    let algorithms = [Algorithm::EdDsa, Algorithm::Hs(Hash::Sha256)];
    let mut issuers = Vec::new();
    let mut tokens = Vec::new();
    for (number, (signer, algorithm)) in signers.into_iter().zip(algorithms).enumerate() {
        let mut issuer = issuer(&[signer.jwk(json!({}))]);
        issuer.name = format!("i{number}");
        issuer.issuer = Some(issuer.name.clone());
        let header = json!({"alg": algorithm.name()}).to_string();
        for changes in [
            json!({}),
            json!({"sub": "bob"}),
            json!({"exp": NOW + 10}),
            json!({"exp": NOW - 1_000}),
            json!({"nbf": NOW + 200}),
            json!({"aud": "web"}),
            json!({"sub": 5}),
        ] {
            let mut claims = claims();
            claims["iss"] = json!(issuer.name);
            claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            let token = signer.token(algorithm, &header, claims.to_string());
            let forged = Signer::Ed25519(9).token(algorithm, &header, claims.to_string());
            tokens.extend([token.clone(), forged, format!("{token}A"), format!("{token}.")]);
        }
        issuers.push(issuer);
    }
    (issuers, tokens)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever comes in whatever order, and however the clock goes.
    #[test]
    fn the_cache_changes_no_answer(
        sequence in prop::collection::vec((any::<prop::sample::Index>(), NOW - 300..NOW + 300), 1..40),
        cached in 1_usize..20,
    ) {
        let (issuers, tokens) = mixed();
        let remembering = authenticator(issuers.clone(), cached);
        let forgetful = authenticator(issuers, 0);
        for (index, now) in sequence {
            let token = index.get(&tokens);
            prop_assert_eq!(said_at(&remembering, token, now), said_at(&forgetful, token, now));
        }
    }

    /// Whatever a client sends: an answer, and never a principal.
    #[test]
    fn any_value_is_refused(value in any_value()) {
        let (door, _) = remembering(Algorithm::Hs(Hash::Sha256));
        let found = authenticate(&door, &value, NOW);
        let refused =
            matches!(found, Err(Unauthenticated::NoToken | Unauthenticated::InvalidToken(_)));
        prop_assert!(refused, "{found:?}");
    }

    /// One byte replaced, put in or left out, anywhere in a token of any algorithm.
    #[test]
    fn no_token_with_an_edit_is_accepted(
        algorithm in prop::sample::select(Algorithm::ALL.to_vec()),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        edit in 0..3,
    ) {
        let (door, token) = remembering(algorithm);
        let place = place.index(token.len());
        let mut changed = token.clone().into_bytes();
        match edit {
            0 => changed[place] = byte,
            1 => changed.insert(place, byte),
            _ => drop(changed.remove(place)),
        }
        // A blank more before the token is no other token (RFC 9110 section 11.4).
        prop_assume!(changed.trim_ascii_start() != token.as_bytes());
        prop_assert!(!accepts(&door, &changed), "{edit} at {place}: {byte}");
    }

    /// Whatever well signed claims say: accepted exactly where the RFCs and our rules have it so.
    #[test]
    fn any_claims_are_answered_by_the_rules(
        iss in claim(json!("https://idp.example")),
        aud in claim(json!(["web", "api"])),
        exp in claim(json!(NOW)),
        nbf in claim(json!(NOW)),
        sub in claim(json!("alice")),
    ) {
        let signer = Signer::of(Algorithm::EdDsa);
        let named = [("iss", &iss), ("aud", &aud), ("exp", &exp), ("nbf", &nbf), ("sub", &sub)];
        let present = named.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
        let payload: Value = present.collect();
        let token = signer.token(Algorithm::EdDsa, r#"{"alg":"EdDSA"}"#, payload.to_string());
        let found = said(&for_keys(&[signer.jwk(json!({}))]), &token);
        let names_api = |aud: &Value| match aud {
            Value::Array(all) => all.iter().all(Value::is_string) && all.contains(&json!("api")),
            other => *other == json!("api"),
        };
        let expected = iss.is_some_and(|iss| iss == "https://idp.example")
            && aud.is_some_and(|aud| names_api(&aud))
            && exp.is_some_and(|exp| date(&exp).is_some_and(|exp| exp.floor() > 1_699_999_940.0))
            && nbf.is_none_or(|nbf| date(&nbf).is_some_and(|nbf| nbf <= 1_700_000_060.0))
            && sub.is_none_or(|sub| sub.is_string());
        prop_assert_eq!(found.ends_with(" of main"), expected, "{}: {}", payload, found);
    }
}

/// Bytes that are anything, or look more and more like a token.
fn any_value() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..300);
    let parts = "Bearer [A-Za-z0-9_=-]{0,40}(\\.[A-Za-z0-9_=-]{0,40}){0,5}";
    let three = [(); 3].map(|()| bytes.clone());
    prop_oneof![
        bytes.clone(),
        bytes.prop_map(|bytes| [b"Bearer ", &bytes[..]].concat()),
        parts.prop_map(String::into_bytes),
        three.prop_map(|parts| {
            let parts = parts.map(encoded);
            format!("Bearer {}", parts.join(".")).into_bytes()
        }),
    ]
}

/// A date as a double, which is exact near `NOW`; none where it is beyond what 64 bits count.
fn date(value: &Value) -> Option<f64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let date = value.as_f64()?;
    (value.is_i64() || (-LIMIT..LIMIT).contains(&date)).then_some(date)
}

/// The claim that is good in most cases, else missing or anything.
fn claim(good: Value) -> impl Strategy<Value = Option<Value>> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (NOW - 100..NOW + 100).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "api|web|https://idp.example|.{0,5}".prop_map(Value::from),
    ];
    let any = leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(".{0,3}", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop_oneof![12 => Just(Some(good)), 1 => Just(None), 3 => any.prop_map(Some)]
}
