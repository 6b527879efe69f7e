//! What is formatted for a log never has a token in it.

use super::*;

/// RFC 7515 appendix A.1: header, payload, signature, and the key.
const TOKEN: [&str; 3] = [
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
];
const KEY: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

#[test]
fn debug_shows_neither_tokens_nor_keys() {
    let gate = gate(json!({
        "issuers": [{"name": "main", "issuer": "joe", "signature": {"jwks": {"keys": [{"kty": "oct", "k": KEY}]}}}],
        "token": {"from": [{"query": "t"}, {"header": "x-token"}, {"cookie": "t"}]},
        "rules": [{"path": "/me", "allow": {"claims": {"iss": {"header": "x-token"}}}}],
    }));
    let token = TOKEN.join(".");
    let (path, cookie) = (format!("/me?t={token}"), format!("t={token}"));
    let mut headers = super::request("GET", &path, "");
    headers.extend([("x-token", token.as_str()), ("cookie", &cookie)]);
    let request = gate.request(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
    let now = UnixTime::from_seconds(1_300_819_000);
    let decision = gate.decide(&request, &Stub(Ok(Vec::new())), now);
    assert_eq!(decision.principal.as_ref().unwrap().issuer(), "main");
    // The gate remembers the token now.
    let (gate, request) = (format!("{gate:?}"), format!("{request:?}"));
    assert!(gate.contains("entries: 1"), "{gate}");
    assert_eq!(
        request,
        "Request { method: GET, authority: api.example.com, path: /me, credentials: {\"query parameter `t`\": \"one\", \
         \"x-token\": \"one\", \"cookie `t`\": \"one\"}, grpc: false, compared: 1, .. }"
    );
    for text in [gate, request, format!("{decision:?}")] {
        for secret in TOKEN.into_iter().chain([KEY]) {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}
