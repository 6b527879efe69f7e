//! Who asks: people with claims at random, and such whose token is none.

use std::fmt;

use claimgate_tests::token::{AUDIENCE, ISSUER, Issuer, now};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::policy::{ROLES, SCOPES, some};
use crate::trick::Trick;

/// Who signs tokens, and somebody who would like to.
pub(crate) struct Signers {
    pub(crate) issuer: Issuer,
    pub(crate) forger: Issuer,
}

/// Somebody, with what stands in the `authorization` headers.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    what: String,
    pub(crate) headers: Vec<String>,
    pub(crate) trick: Option<Trick>,
    /// The same person without the trick, where that does not change who it is.
    pub(crate) honest: Option<Box<Person>>,
}

/// Some people: two in three with a good token.
pub(crate) fn random(rng: &mut Rng, signers: &Signers) -> Vec<Person> {
    let Signers { issuer, forger } = signers;
    let good: Vec<_> = (0..20).map(|_| claims(rng)).collect();
    let with = |key: &str, value: Value| {
        let mut claims = good[0].clone();
        claims[key] = value;
        claims
    };
    let bearer = |what: &str, issuer: &Issuer, claims: &Value| {
        Person::new(what, vec![format!("Bearer {}", issuer.token(claims))])
    };
    let mut people: Vec<_> =
        good.iter().map(|claims| bearer(&shown(claims), issuer, claims)).collect();
    let unsigned = issuer.jws(br#"{"alg":"none"}"#, good[0].to_string().as_bytes(), false);
    people.extend([
        Person::new("nobody", vec![]),
        Person::new("nobody", vec![]),
        bearer("one who is late", issuer, &with("exp", json!(now() - 300))),
        bearer("one without `exp`", issuer, &with("exp", Value::Null)),
        bearer("a forger", forger, &good[0]),
        bearer(
            "somebody of another issuer",
            issuer,
            &with("iss", json!("https://else.example.com/")),
        ),
        bearer("somebody for another audience", issuer, &with("aud", json!("else"))),
        Person::new("an unsigned token", vec![format!("Bearer {unsigned}")]),
        Person::new("no token", vec!["Bearer x.y.z".to_owned()]),
        Person::new("Basic", vec!["Basic YTpi".to_owned()]),
    ]);
    let (one, other) = (&people[0], &people[1]);
    let spelt = one.headers[0].replacen("Bearer", if rng.bool() { "bearer" } else { "BEARER" }, 1);
    let tricky = [
        Person::tricky(Trick::Scheme, vec![spelt], Some(one.clone())),
        Person::tricky(
            Trick::TwoTokens,
            [one, other].map(|one| one.headers[0].clone()).into(),
            None,
        ),
    ];
    people.extend(tricky);
    people
}

impl Person {
    fn new(what: &str, headers: Vec<String>) -> Self {
        Self { what: what.to_owned(), headers, trick: None, honest: None }
    }

    fn tricky(trick: Trick, headers: Vec<String>, honest: Option<Self>) -> Self {
        let what = honest.as_ref().map_or("two people", |one| &one.what).to_owned();
        Self { what, headers, trick: Some(trick), honest: honest.map(Box::new) }
    }
}

impl fmt::Display for Person {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.what)
    }
}

/// What tells people apart.
fn shown(claims: &Value) -> String {
    let mut claims = claims.clone();
    if let Some(members) = claims.as_object_mut() {
        members.retain(|key, _| !matches!(key.as_str(), "iss" | "aud" | "exp"));
    }
    claims.to_string()
}

/// Claims that establish somebody, some of a type that no rule asks for.
fn claims(rng: &mut Rng) -> Value {
    let mut claims = json!({ "iss": ISSUER, "aud": AUDIENCE, "exp": now() + 7_200 });
    let roles = some(rng, &[0, 1, 2, 2, 3], ROLES);
    let scopes = some(rng, &[0, 1, 2, 3], SCOPES);
    let mut put = |key: &str, choices: Vec<Value>| {
        let value = choices[rng.usize(..choices.len())].clone();
        if key == "org" || !value.is_null() || rng.bool() {
            claims[key] = value;
        }
    };
    let one_role = roles.first().map_or(Value::Null, |role| json!(role));
    let mixed: Vec<_> =
        roles.iter().map(|role| json!(role)).chain([json!(5), json!(["admin"])]).collect();
    put("roles", vec![json!(roles), json!(roles), one_role, json!(mixed), json!(roles.join(","))]);
    let text = json!(scopes.join(" "));
    put("scope", vec![text.clone(), text.clone(), json!(scopes), json!(5), Value::Null]);
    put("scp", vec![json!(scopes), text, Value::Null, Value::Null, json!("reader")]);
    let values = [
        json!("sales"),
        json!("hr"),
        json!("5"),
        json!(""),
        json!(5),
        json!(6),
        json!(5.5),
        json!(true),
        json!(false),
        json!(["sales", "ops"]),
        json!(["ops"]),
        json!(["hr", 5]),
        json!([6, "ops"]),
        json!([]),
        json!([null, "hr"]),
        json!([["sales"]]),
        Value::Null,
        Value::Null,
    ];
    put("dept", values.to_vec());
    put("flag", values.to_vec());
    put(
        "org",
        values
            .iter()
            .map(|value| json!({ "unit": value }))
            .chain([json!("sales"), json!({})])
            .collect(),
    );
    claims
}
