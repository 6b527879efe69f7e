//! Whole decisions, by any policy: the same however often and in whatever order they are asked for, by the rule that a scan
//! of the whole table finds, and explained as they are made.
//!
//! Input, by lines: a configuration; requests, each of fields between tabs: method, authority, path, headers as
//! `name: value`, and claims in braces that a token is signed of. Issuers are given a key of ours.

use authn::{Algorithm, Hash, UnixTime};
use authz::{Case, EncodedSlash, PathOptions, Semicolon, Target, TrailingSlash, naive};
use gate::{Denial, Gate};
use serde_json::{Value, json};

use crate::door::{NOW, Software};
use crate::sentence::assert_sentence;
use crate::signer::Signer;

/// Checks one input.
#[must_use]
pub fn check(input: &[u8]) -> bool {
    let mut lines = input.split(|byte| *byte == b'\n');
    let Ok(mut config) = authn::json::parse(lines.next().unwrap_or_default()) else { return false };
    use_our_key(&mut config);
    let requests: Vec<Headers> = lines.take(8).map(headers).collect();
    let [Some(forgetting), Some(forgetful), Some(remembering)] =
        [0, 1, 1_000].map(|cached| gate(&config, cached))
    else {
        return false;
    };
    let options = options(&config["paths"]);
    let first: Vec<_> = requests.iter().map(|one| decided(&forgetting, one, options)).collect();
    for gate in [&forgetful, &remembering] {
        for _ in 0..2 {
            for (headers, expected) in requests.iter().zip(&first).rev() {
                assert_eq!(&decided(gate, headers, options), expected);
            }
        }
    }
    first.iter().any(|one| one.starts_with("Ok"))
}

type Headers = Vec<(Vec<u8>, Vec<u8>)>;

fn headers(line: &[u8]) -> Headers {
    let mut fields = line.split(|byte| *byte == b'\t');
    let pseudo = [":method", ":authority", ":path"];
    let mut headers: Headers = pseudo
        .into_iter()
        .map(|name| (name.into(), fields.next().unwrap_or_default().to_vec()))
        .collect();
    for field in fields {
        if field.starts_with(b"{") {
            let algorithm = Algorithm::Hs(Hash::Sha256);
            let token = Signer::of(algorithm).token(algorithm, r#"{"alg":"HS256"}"#, field);
            headers.push((b"authorization".into(), format!("Bearer {token}").into_bytes()));
        } else if let Some(colon) = field.iter().position(|byte| *byte == b':') {
            let value = field[colon + 1..].trim_ascii().to_vec();
            headers.push((field[..colon].to_ascii_lowercase(), value));
        }
    }
    headers
}

/// Gives all issuers the key that tokens are signed with here.
fn use_our_key(config: &mut Value) {
    let secret = Signer::of(Algorithm::Hs(Hash::Sha256)).jwk(json!({"alg": "HS256"}));
    let issuers = config.get_mut("issuers").and_then(Value::as_array_mut);
    for issuer in issuers.into_iter().flatten().filter_map(Value::as_object_mut) {
        issuer.insert("signature".to_owned(), json!({"jwks": {"keys": [secret]}}));
    }
}

/// The gate of a configuration that remembers so many tokens.
fn gate(config: &Value, cached: u32) -> Option<Gate> {
    let mut config = config.clone();
    let members = config.as_object_mut()?;
    if let Some(token) = members.entry("token").or_insert_with(|| json!({})).as_object_mut() {
        token.insert("cache".to_owned(), json!({"max_entries": cached}));
    }
    Gate::from_configuration(config.to_string().as_bytes()).ok()
}

/// The options of a configuration that was taken.
fn options(paths: &Value) -> PathOptions {
    let is = |key: &str, word: &str| paths[key] == word;
    PathOptions {
        encoded_slash: if is("encoded_slash", "allow") {
            EncodedSlash::Allow
        } else {
            EncodedSlash::Reject
        },
        semicolon: match paths["semicolon"].as_str() {
            Some("allow") => Semicolon::Allow,
            Some("strip") => Semicolon::Strip,
            _ => Semicolon::Reject,
        },
        trailing_slash: if is("trailing_slash", "strict") {
            TrailingSlash::Strict
        } else {
            TrailingSlash::Ignore
        },
        case: if is("case", "insensitive") { Case::Insensitive } else { Case::Sensitive },
    }
}

/// All that comes of a request, in words.
fn decided(gate: &Gate, headers: &Headers, options: PathOptions) -> String {
    let now = UnixTime::from_seconds(NOW);
    let request = gate.request(headers.iter().map(|(name, value)| (&name[..], &value[..])));
    let decision = gate.decide(&request, &Software, now);
    let explained = gate.explain(&request, &Software, now);
    assert_eq!(explained.decision, decision);
    let reply = gate.reply(&request, &decision);
    assert_eq!(explained.reply, reply);
    assert_eq!(reply.is_some(), decision.outcome.is_err() && decision.enforced);
    let [method, authority, path] = [0, 1, 2].map(|index| &headers[index].1[..]);
    // A header line may repeat a pseudo-header, which then counts for none.
    let repeated = headers.iter().skip(3).any(|(name, _)| name.starts_with(b":"));
    let target = Target::parse(method, authority, path, options);
    match (&target, &decision.outcome) {
        _ if repeated => {}
        (Err(_), outcome) => {
            assert!(matches!(outcome, Err(Denial::InvalidTarget(_))), "{outcome:?}");
        }
        // What is allowed without a rule is a preflight.
        (Ok(_), Ok(())) if decision.rule.is_none() => assert_eq!(method, b"OPTIONS"),
        (Ok(target), _) => {
            let expected = naive::governing(gate.rules(), target);
            assert_eq!(decision.rule, expected.map(|index| &gate.rules()[index]));
        }
    }
    if let Err(denial) = &decision.outcome {
        assert_sentence(&denial.to_string());
    }
    let audit = gate.audit(&request, &decision);
    authn::json::parse(audit.as_bytes()).unwrap();
    let changes = gate.changes(&request, &decision);
    let rule = decision.rule.map(|rule| &rule.name);
    format!("{:?} {rule:?} {reply:?} {audit:?} {changes:?}", decision.outcome)
}
