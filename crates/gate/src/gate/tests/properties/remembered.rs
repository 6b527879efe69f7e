//! A token that was verified before is worth what it is worth: what is remembered never shows.

use hmac::{Hmac, KeyInit as _, Mac as _};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sha2::Sha256;

use super::*;

/// A token that this secret signs, valid from `nbf` to `exp`.
fn signed(secret: [u8; 32], claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#);
    let text = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
    mac.update(text.as_bytes());
    format!("Bearer {text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn with_cache(config: &Value, max_entries: u32) -> Gate {
    let mut config = config.clone();
    let key = json!({"kty": "oct", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode(SECRET)});
    config["issuers"][0]["signature"] = json!({"jwks": {"keys": [key]}});
    config["token"] = json!({"leeway_seconds": 0, "cache": {"max_entries": max_entries}});
    config["revoked"] = json!({"sub": ["7"]});
    compiled(&config)
}

proptest! {
    #[test]
    fn what_is_remembered_never_shows(
        config in table(true),
        tokens in vec((claims(), select(vec![SECRET, [8; 32]]), 0..2_000, 0..2_000), 1..5),
        steps in vec((any::<prop::sample::Index>(), asked(), 0..2_000_i64), 1..40),
    ) {
        let tokens: Vec<Option<String>> = tokens
            .into_iter()
            .map(|(claims, secret, nbf, exp)| {
                let mut claims = claims?;
                claims["nbf"] = json!(nbf);
                claims["exp"] = json!(exp);
                Some(signed(secret, &claims))
            })
            .collect();
        // One that remembers nothing, one that forgets all the time, one that remembers everything.
        let gates = [0, 2, 10_000].map(|max_entries| with_cache(&config, max_entries));
        for (which, asked, now) in &steps {
            let token = &tokens[which.index(tokens.len())];
            let answers = gates.each_ref().map(|gate| {
                let headers = headers(asked, token.as_deref());
                let headers = headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes()));
                let request = gate.request(headers);
                let host = Stub(Ok(Vec::new()));
                let decision = gate.decide(&request, &host, UnixTime::from_seconds(*now));
                (gate.reply(&request, &decision), audited(gate, &request, &decision))
            });
            prop_assert_eq!(&answers[0], &answers[1]);
            prop_assert_eq!(&answers[0], &answers[2]);
        }
    }
}

const SECRET: [u8; 32] = [7; 32];
