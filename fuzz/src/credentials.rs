//! Where a request may say who is asking: whoever is let in is the only one that any server would find there.
//!
//! Input, by lines: a path, then headers as `name: value`. `$A` stands for Alice's token, `$B` for Bob's.

use authn::{
    Algorithm, Authenticator, CacheLimits, Credentials, Hash, Revoked, TokenRules, TokenSource,
    TokenSources, UnixTime, Vocabulary,
};
use serde_json::json;

use crate::door::{NOW, Software, claims, issuer};
use crate::sentence::assert_short;
use crate::signer::Signer;

/// Checks one input.
#[must_use]
pub fn check(input: &[u8]) -> bool {
    let tokens = ["alice", "bob"].map(token);
    let input =
        replaced(&replaced(input, b"$A", tokens[0].as_bytes()), b"$B", tokens[1].as_bytes());
    let mut lines = input.split(|byte| *byte == b'\n');
    let path = lines.next().unwrap_or_default();
    let headers: Vec<(&[u8], &[u8])> = lines.filter_map(header).collect();
    let door = door();
    let mut credentials = Credentials::new(door.sources());
    for (name, value) in &headers {
        credentials.note_header(name, value);
    }
    credentials.note_path(path);
    match door.authenticate(&credentials, &Software, UnixTime::from_seconds(NOW)) {
        Err(error) => {
            assert_short(&error.to_string());
            false
        }
        Ok(principal) => {
            let own = usize::from(principal.subject() == Some("bob"));
            assert_eq!(principal.subject(), Some(["alice", "bob"][own]));
            let found = found(path, &headers);
            assert!(found.contains(&tokens[own]), "{}", input.escape_ascii());
            assert!(!found.contains(&tokens[1 - own]), "{}", input.escape_ascii());
            true
        }
    }
}

fn token(subject: &str) -> String {
    let mut claims = claims();
    claims["sub"] = json!(subject);
    let algorithm = Algorithm::Hs(Hash::Sha256);
    Signer::of(algorithm).token(algorithm, r#"{"alg":"HS256"}"#, claims.to_string())
}

fn door() -> Authenticator {
    let header = |name: &str, scheme: Option<&str>| TokenSource::Header {
        name: name.to_owned(),
        scheme: scheme.map(str::to_owned),
    };
    let named = [TokenSource::Cookie, TokenSource::Query].map(|source| source("t".to_owned()));
    let mut sources = vec![header("authorization", Some("Bearer")), header("x-token", None)];
    sources.extend(named);
    let rules = TokenRules {
        sources: TokenSources::new(sources).unwrap(),
        leeway_seconds: 60,
        max_bytes: 16_384,
        required_claims: Vec::new(),
        cache: CacheLimits { max_entries: 0, max_bytes: 0 },
        revoked: Revoked::default(),
    };
    let secret = Signer::of(Algorithm::Hs(Hash::Sha256)).jwk(json!({}));
    Authenticator::new(vec![issuer(&[secret])], rules, Vocabulary::default())
}

fn replaced(text: &[u8], wanted: &[u8], by: &[u8]) -> Vec<u8> {
    let (mut result, mut left) = (Vec::new(), text);
    while let [first, rest @ ..] = left {
        if left.starts_with(wanted) {
            result.extend_from_slice(by);
            left = &left[wanted.len()..];
        } else {
            result.push(*first);
            left = rest;
        }
    }
    result
}

/// A name in lower case, as Envoy has them, and a value without blanks around it.
fn header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some((&line[..colon], line[colon + 1..].trim_ascii()))
}

/// All that servers of many kinds find at our sources: they decode, forget about case, blanks and quotes, and begin another
/// pair at any of `,;&`.
fn found(path: &[u8], headers: &[(&[u8], &[u8])]) -> Vec<String> {
    let query = path.iter().position(|byte| *byte == b'?').map(|mark| &path[mark + 1..]);
    let mut found: Vec<String> = query.into_iter().flat_map(|query| pairs(query, b"&;")).collect();
    for (name, value) in headers {
        match *name {
            b"authorization" => found.extend(after_scheme(value)),
            b"x-token" => {
                let words = value.split(|byte| *byte == b',');
                found.extend(words.map(|word| String::from_utf8_lossy(word).trim().to_owned()));
            }
            b"cookie" => found.extend(pairs(value, b";,")),
            _ => {}
        }
    }
    found
}

/// The words that follow the scheme, wherever that stands.
fn after_scheme(value: &[u8]) -> Vec<String> {
    let value = String::from_utf8_lossy(value).replace(',', " ");
    let words: Vec<&str> = value.split_whitespace().collect();
    let follows = words.windows(2).filter(|two| two[0].to_lowercase().ends_with("bearer"));
    follows.map(|two| two[1].to_owned()).collect()
}

/// The values under our name.
fn pairs(text: &[u8], ends: &[u8]) -> Vec<String> {
    // A NUL ends a name (PHP); nobody is known to strip it.
    let blank = |c: char| c != '\0' && (c.is_whitespace() || c.is_control() || "\"+".contains(c));
    let pairs = text.split(|byte| ends.contains(byte));
    let values = pairs.filter_map(|pair| {
        let pair = String::from_utf8_lossy(pair).into_owned();
        let (name, value) = pair.split_once('=')?;
        let name = name.to_lowercase().replace("%74", "t").replace("%54", "t").replace("%20", " ");
        let name = name.split('[').next().unwrap_or_default();
        (name.trim_matches(blank) == "t").then(|| value.trim_matches(blank).to_owned())
    });
    values.collect()
}
