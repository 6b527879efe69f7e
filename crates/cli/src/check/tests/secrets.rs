//! That no key is printed, whatever is wrong with it or beside it.

use super::*;

const SECRET: &str = "c2VjcmV0LWtleS1vZi1lbm91Z2gtYnl0ZXMtdG8tdXNl";

#[test]
fn no_key_is_shown() {
    let jwk = format!("{{ kty: oct, k: {SECRET} }}");
    let rules = "rules: [{ path: /a, alow: public }]";
    for text in [
        // On one line with what is wrong.
        format!(
            "{{ issuers: [{{ name: m, issuer: i, signature: {{ jwks: {{ keys: [{jwk}] }} }} }}], {rules} }}"
        ),
        format!(
            "issuers: [{{ name: m, issuer: i, signature: {{ jwks: {{ keys: [{jwk}] }} }} }}]\n{rules}"
        ),
        // Where it does not belong.
        format!("issuers: [{{ name: m, signature: {SECRET} }}]\n{rules}"),
        format!("issuers: [{{ name: m, signature: {{ {SECRET}: 1 }} }}]\n{rules}"),
        format!("issuers: [{{ name: m, signature: {{ jwks: {SECRET} }} }}]\n{rules}"),
        format!(
            "issuers:\n  - name: m\n    signature:\n      jwks:\n        keys:\n          - {jwk}\n{rules}"
        ),
        format!(
            "issuers:\n  - name: m\n    signature: {{ remote_jwks: {{ keys: [{jwk}] }} }}\n{rules}"
        ),
        format!("issuers: [{{ name: m, signatur: {{ jwks: {{ keys: [{jwk}] }} }} }}]\n{rules}"),
        format!("issuers: [{{ name: m, jwks: {{ keys: [{jwk}] }} }}]\n{rules}"),
        format!("issuers: [{{ name: m, jwk: {jwk} }}]\n{rules}"),
        format!("jwks: {{ keys: [{jwk}] }}\n{rules}"),
        format!("key: {jwk}\n{rules}"),
        format!(
            "issuers: [{{ name: m, signature: {{ jwks: {{ keys: [{{ kty: oct, k: [{SECRET}] }}] }} }} }}]\n{rules}"
        ),
        // By another name.
        format!("secret: {SECRET}\n{rules}"),
        format!("'client-secret' : {SECRET}\n{rules}"),
        format!("{{ issuers: [], \"clientSecretKey\": {SECRET}, {rules} }}"),
        format!("issuers:\n  - name: m\n    hs256_secret: !!int {SECRET}\n{rules}"),
        // Anchored elsewhere.
        format!(
            "x: &x {jwk}\nissuers: [{{ name: m, signature: {{ jwks: {{ keys: [*x] }} }} }}]\n{rules}"
        ),
        // Not even YAML.
        format!("issuers: [{{ name: m, signature: {{ jwks: {{ keys: [{jwk} }} }} }}]\n{rules}"),
        format!(
            "issuers:\n  - signature: {{ jwks: {{ keys: [{{ \"k\": \"{SECRET}\", x: ] }} }}\n{rules}"
        ),
        format!(
            "issuers: [{{ name: m, signature: {{ jwks: {{ k: {SECRET}, k: 1 }} }} }}]\n{rules}"
        ),
    ] {
        assert_hidden(&check(&text));
    }
}

#[test]
fn no_key_is_shown_inside_of_containers() {
    let policy = json!({
        "issuers": [{"name": "m", "issuer": "i", "signature": {"jwks": {"keys": [{"kty": "oct", "k": SECRET}]}}}],
        "rules": [{"path": "/a", "alow": "public"}],
    });
    for (text, _, _) in containers(&policy.to_string()) {
        assert_hidden(&check(&text));
        // Broken off in the middle of a rule, which a string can be without the file being unreadable.
        assert_hidden_if_policy(&text.replace("\"alow\":", "\"alow\""));
    }
}

fn assert_hidden_if_policy(text: &str) {
    let file = File { name: "policy.yaml".to_owned(), text: text.to_owned() };
    if let Ok(checked) = Checked::new(file, &[]) {
        assert_hidden(&checked);
    }
}

fn assert_hidden(checked: &Checked) {
    let text = &checked.file.text;
    assert!(!checked.findings.is_empty(), "{text}");
    let printed = checked.printed();
    assert!(!printed.contains(SECRET.get(..12).unwrap()), "{printed}\nof\n{text}");
}

#[test]
fn what_is_no_key_is_shown() {
    for text in [
        "issuers:\n  - name: m\n    issuer: 5\n    signature: { jwks: { keys: [] } }\nrules: []",
        "issuers:\n  - name: m\n    issuer: i\n    signature: { decode_only: true }\nrules: [{ path: /a, allow: nobody }]",
        "x: { remote_jwks: { uri: https://a/jwks.json }\nrules: [",
        "rules: [{ path: /secrets/password, alow: nobody }]",
    ] {
        assert!(check(text).printed().contains('^'), "{text}");
    }
}
