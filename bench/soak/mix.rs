//! What is sent: tokens good and bad, targets of every kind, and what becomes of each pair.

use anyhow::{Context, Result};
use claimgate_tests::config::sample_policy;
use claimgate_tests::signer::Signer;
use claimgate_tests::token::{AUDIENCE, ISSUER, now};
use serde_json::{Value, json};

/// All tokens. The request of a number is the same whenever it is asked for.
pub struct Mix {
    tokens: Vec<Token>,
}

struct Token {
    text: String,
    who: Who,
}

/// Who a token makes of its bearer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Impostor,
    /// Of this number and role.
    Known(usize, &'static str),
}

/// One request, and what claimgate has to make of it.
pub struct Request<'m> {
    pub method: &'static str,
    pub path: String,
    /// Of the header `authorization`, with its scheme.
    pub token: Option<&'m str>,
    pub expected: Expected,
}

/// An answer's status, and where the decision is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    pub status: u16,
    pub rule: Option<&'static str>,
    pub code: &'static str,
}

/// What a target asks of whoever wants it. Where a rule governs, by name.
#[derive(Clone, Copy)]
enum Asks {
    Malformed,
    NoRule,
    Nothing(&'static str),
    Anybody(&'static str),
    /// More than anybody has, so that nobody is asked who they are.
    TooMuch(&'static str),
    Roles(&'static str, &'static [&'static str]),
    /// The person whose number is in the path: the bearer's own, or that of the next.
    Owner(&'static str, usize),
}

/// `NUMBER` is a person's number.
const TARGETS: &[(&str, &str, Asks)] = &[
    ("GET", "/me;x", Asks::Malformed),
    ("GET", "/me/%3f", Asks::Malformed),
    ("GET", "/nowhere/NUMBER?page=2", Asks::NoRule),
    ("DELETE", "/healthz", Asks::NoRule),
    ("GET", "/healthz", Asks::Nothing("health")),
    ("GET", "/me/settings?tab=1", Asks::Anybody("profile")),
    ("GET", "/me", Asks::Anybody("profile")),
    ("GET", "/admin-dashboard/help", Asks::Anybody("admin-dashboard-help")),
    ("GET", "/internal/metrics", Asks::TooMuch("internal")),
    ("GET", "/user-data/NUMBER", Asks::Roles("read-user-data", &["viewer", "admin"])),
    ("DELETE", "/user-data/NUMBER", Asks::Roles("delete-user-data", &["admin"])),
    ("GET", "/admin-dashboard/users/NUMBER", Asks::Roles("admin-dashboard", &["admin"])),
    ("GET", "/orders/of/NUMBER", Asks::Owner("own-orders", 0)),
    ("GET", "/orders/of/NUMBER", Asks::Owner("own-orders", 1)),
];

/// The sample policy, with a rule for owners and headers for the upstream, and these keys.
pub fn policy(signers: &[Signer]) -> Result<Value> {
    let mut policy = sample_policy()?;
    let keys: Vec<Value> = signers.iter().map(Signer::jwk).collect();
    policy["issuers"][0]["signature"] = json!({ "jwks": { "keys": keys } });
    policy["forward"] = json!({ "headers": { "x-user": "sub", "x-roles": "$roles" } });
    let rules = policy["rules"].as_array_mut().context("the sample policy has no rules")?;
    let own = json!({ "sub": "{id}" });
    rules.push(
        json!({ "name": "own-orders", "path": "/orders/of/{id}", "allow": { "claims": own } }),
    );
    Ok(policy)
}

impl Mix {
    /// Signs so many tokens, each another one.
    pub fn new(signers: &[Signer], strangers: &[Signer], tokens: usize) -> Result<Self> {
        let tokens = (0..tokens).map(|number| {
            let (ours, theirs) = (signer(signers, number)?, signer(strangers, number)?);
            Ok(token(ours, theirs, number))
        });
        Ok(Self { tokens: tokens.collect::<Result<_>>()? })
    }

    /// The request of this number: half of them with one of few tokens, a tenth with none.
    pub fn request(&self, number: u64) -> Request<'_> {
        let mut random = fastrand::Rng::with_seed(number);
        let among = if random.bool() { self.tokens.len().div_ceil(100) } else { self.tokens.len() };
        let token = &self.tokens[random.usize(..among)];
        let token = Some(token).filter(|_| random.usize(..10) > 0);
        let who = token.map_or(Who::Nobody, |token| token.who);
        let (method, path, asks) = TARGETS[random.usize(..TARGETS.len())];
        let person = match (asks, who) {
            (Asks::Owner(_, next), Who::Known(person, _)) => person + next,
            _ => random.usize(..1_000_000),
        };
        Request {
            method,
            path: path.replace("NUMBER", &person.to_string()),
            token: token.map(|token| token.text.as_str()),
            expected: expected(asks, who),
        }
    }
}

/// The target first, then who is asking, then what is asked for.
fn expected(asks: Asks, who: Who) -> Expected {
    let (rule, met) = match asks {
        Asks::Malformed => return Expected { status: 400, rule: None, code: "invalid_path" },
        Asks::NoRule => return Expected { status: 403, rule: None, code: "no_rule" },
        Asks::Nothing(rule) => {
            return Expected { status: 200, rule: Some(rule), code: "allowed" };
        }
        Asks::TooMuch(rule) => {
            return Expected { status: 403, rule: Some(rule), code: "insufficient_permission" };
        }
        Asks::Anybody(rule) => (rule, true),
        Asks::Roles(rule, roles) => {
            (rule, matches!(who, Who::Known(_, role) if roles.contains(&role)))
        }
        Asks::Owner(rule, next) => (rule, next == 0),
    };
    let (status, code) = match who {
        Who::Nobody => (401, "missing_token"),
        Who::Impostor => (401, "invalid_token"),
        Who::Known(..) if met => (200, "allowed"),
        Who::Known(..) => (403, "insufficient_permission"),
    };
    Expected { status, rule: Some(rule), code }
}

/// RSA takes long to sign: one token in twenty.
fn signer(signers: &[Signer], number: usize) -> Result<&Signer> {
    let algorithm = match number / KINDS % 20 {
        0 => "RS256",
        1..=8 => "ES256",
        9..=14 => "EdDSA",
        _ => "HS256",
    };
    let found = signers.iter().find(|signer| signer.algorithm() == algorithm);
    found.with_context(|| format!("nobody signs with {algorithm}"))
}

/// Three in five are good.
fn token(ours: &Signer, theirs: &Signer, number: usize) -> Token {
    let role = if number.is_multiple_of(3) { "admin" } else { "viewer" };
    let mut claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": number.to_string(), "iat": now(), "exp": now() + LASTING,
        "jti": format!("{number:036}"), "roles": ["employee", role], "email": format!("user{number}@example.com"),
    });
    let good = Who::Known(number, role);
    let (text, who) = match number % KINDS {
        0..=11 => (ours.token(&claims), good),
        12 => {
            claims["exp"] = json!(now() - LASTING);
            (ours.token(&claims), Who::Impostor)
        }
        13 => {
            claims["nbf"] = json!(now() + LASTING);
            (ours.token(&claims), Who::Impostor)
        }
        14 => {
            claims["iss"] = json!(format!("{ISSUER}elsewhere"));
            (ours.token(&claims), Who::Impostor)
        }
        15 => {
            claims["aud"] = json!(["another", number.to_string()]);
            (ours.token(&claims), Who::Impostor)
        }
        16 => (theirs.token(&claims), Who::Impostor),
        17 => {
            let signed = ours.jws(&json!({ "alg": "none" }), &claims);
            let unsigned = signed.trim_end_matches(|c| c != '.').to_owned();
            (unsigned, Who::Impostor)
        }
        18 => (ours.token(&claims).replace('.', ".!"), Who::Impostor),
        _ => (format!("garbage-{number}"), Who::Impostor),
    };
    Token { text: format!("Bearer {text}"), who }
}

/// Kinds of tokens.
const KINDS: usize = 20;

/// A week: no token comes to its time while this runs.
const LASTING: i64 = 7 * 24 * 3_600;
