//! What is counted, by which names.

use std::collections::BTreeMap;

use super::*;

fn counts(gate: &Gate) -> BTreeMap<String, u64> {
    let taken = gate.take_counts();
    let counts: BTreeMap<String, u64> = taken.iter().cloned().collect();
    assert_eq!(counts.len(), taken.len(), "each metric once");
    counts
}

fn decide(gate: &Gate, method: &str, path: &str, who: &str) {
    let authorization = authorization(who);
    let headers = request(method, path, &authorization);
    let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
    let decision = gate.decide(&request, &Stub(Ok(Vec::new())), UnixTime::from_seconds(1_000));
    gate.count(&decision);
}

fn expected(counts: &[(&str, u64)]) -> BTreeMap<String, u64> {
    counts.iter().map(|(name, count)| (format!("claimgate.{name}"), *count)).collect()
}

#[test]
fn decisions_are_counted_until_they_are_taken() {
    let gate = gate(json!({}));
    for (method, path, who, _) in TABLE {
        decide(&gate, method, path, who);
    }
    gate.count(&gate.undecided(HostFailure("no clock".to_owned())));
    assert_eq!(
        counts(&gate),
        expected(&[
            ("decisions.enforce.allowed", 4),
            ("decisions.enforce.insufficient_permission", 4),
            ("decisions.enforce.invalid_path", 2),
            ("decisions.enforce.invalid_token", 2),
            ("decisions.enforce.keys_unavailable", 1),
            ("decisions.enforce.missing_token", 2),
            ("decisions.enforce.no_rule", 2),
            ("rules.delete_user.enforce.allowed", 1),
            ("rules.delete_user.enforce.insufficient_permission", 1),
            ("rules.health.enforce.allowed", 2),
            ("rules.internal.enforce.insufficient_permission", 2),
            ("rules.me.enforce.allowed", 1),
            ("rules.me.enforce.invalid_token", 2),
            ("rules.me.enforce.missing_token", 2),
            ("rules.plain.enforce.insufficient_permission", 1),
            // Where a rule asks and a token is there.
            ("token_cache.misses", 6),
        ])
    );
    assert_eq!(gate.take_counts(), []);
    decide(&gate, "GET", "/me", "admin");
    decide(&gate, "GET", "/me", "admin");
    let again = counts(&gate);
    assert_eq!(again["claimgate.rules.me.enforce.allowed"], 2);
}

#[test]
fn what_is_in_shadow_is_counted_apart() {
    let gate = gate(json!({"mode": "shadow"}));
    for (method, path, who) in [("GET", "/me", "admin"), ("GET", "/me", ""), ("GET", "/none", "")] {
        decide(&gate, method, path, if who.is_empty() { "nobody" } else { who });
    }
    assert_eq!(
        counts(&gate),
        expected(&[
            ("decisions.shadow.allowed", 1),
            ("decisions.shadow.missing_token", 1),
            ("decisions.shadow.no_rule", 1),
            ("rules.me.shadow.allowed", 1),
            ("rules.me.shadow.missing_token", 1),
            ("token_cache.misses", 1),
        ])
    );
}

#[test]
fn remembered_tokens_are_hits() {
    let secret = json!({"keys": [{"kty": "oct", "k": "A".repeat(43)}]});
    let gate = gate(json!({
        "issuers": [{"name": "main", "issuer": "idp", "signature": {"jwks": secret}}],
    }));
    let token = {
        use hmac::{KeyInit as _, Mac as _};
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#);
        let claims = json!({"iss": "idp", "exp": 2_000}).to_string();
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&[0; 32]).unwrap();
        mac.update(signed.as_bytes());
        format!("Bearer {signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    };
    for _ in 0..3 {
        assert_eq!(ask(&gate, &request("GET", "/me", &token)), (None, None));
    }
    assert_eq!(counts(&gate), expected(&[("token_cache.hits", 2), ("token_cache.misses", 1)]));
}

#[test]
fn fetches_are_counted_by_issuer() {
    let remote = json!({"remote_jwks": {"cluster": "idp", "uri": "https://idp/jwks"}});
    let gate = gate(json!({"issuers": [{"name": "a-1_b", "signature": remote}]}));
    let now = UnixTime::from_seconds(1_000);
    let (_, keys) = gate.remote_keys().next().unwrap();
    let set = json!({"keys": [{"kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]});
    keys.finish(Err("no answer".to_owned()), now, 0);
    keys.finish(Ok(b"[]"), now, 0);
    keys.finish(Ok(set.to_string().as_bytes()), now, 0);
    let ends = [("jwks.a-1_b.fetched", 1), ("jwks.a-1_b.failed", 2)];
    assert_eq!(counts(&gate), expected(&ends));
    assert_eq!(counts(&gate), expected(&[]));
    for (name, _) in ends {
        assert!(gate.metrics().contains(&format!("claimgate.{name}")), "{name}");
    }
}

#[test]
fn rules_have_no_metrics_before_they_decide() {
    let rules: Vec<_> =
        (0..1_000).map(|index| json!({"path": format!("/{index}"), "allow": "public"})).collect();
    let gate = gate(json!({"rules": rules}));
    let names = gate.metrics();
    assert_eq!(names.len(), 2 * 7 + 2, "{names:?}");
    decide(&gate, "GET", "/7", "nobody");
    for name in counts(&gate).keys().filter(|name| !name.contains(".rules.")) {
        assert!(names.contains(name), "{name}");
    }
}
