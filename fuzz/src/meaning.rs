//! Tables, principals and requests of few words: each decision is what the table plainly means, said by gate's own tests.
//!
//! Input: three seeds of 32 bytes, for the table, the principal and the requests.

use authn::UnixTime;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gate::Gate;
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use self::plainly::{Verdict, verdict};
use self::requests::{Asked, asked};
use self::tables::{claims, table};
use crate::door::Software;

#[path = "../../crates/gate/src/gate/tests/properties/meaning.rs"]
mod plainly;
#[path = "../../crates/gate/src/gate/tests/properties/requests.rs"]
mod requests;
#[expect(dead_code, reason = "gate's tests use the rest")]
#[path = "../../crates/gate/src/gate/tests/properties/tables.rs"]
mod tables;

/// Checks one input.
#[must_use]
pub fn check(input: &[u8]) -> bool {
    let mut seeds = input.chunks(32);
    let config = by_chance(&table(true), seeds.next());
    let claims = by_chance(&claims(), seeds.next());
    let requests = by_chance(&vec(asked(), 6), seeds.next());
    let gate = Gate::from_configuration(config.to_string().as_bytes()).unwrap();
    let mut allowed = false;
    for asked in &requests {
        let expected = verdict(&config, asked, claims.as_ref());
        let found = decided(&gate, asked, claims.as_ref());
        assert_eq!(found, expected, "{config} {asked:?} {claims:?}");
        allowed |= matches!(found, Verdict::Allow(_));
    }
    allowed
}

/// What this seed makes of a strategy. Not the bytes themselves as chance: where they end, some strategies wait for ever.
fn by_chance<S: Strategy>(strategy: &S, bytes: Option<&[u8]>) -> S::Value {
    let mut seed = [0; 32];
    for (byte, own) in seed.iter_mut().zip(bytes.unwrap_or_default()) {
        *byte = *own;
    }
    let chance = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), chance);
    strategy.new_tree(&mut runner).unwrap().current()
}

fn decided(gate: &Gate, asked: &Asked, claims: Option<&Value>) -> Verdict {
    let token = claims.map(|claims| {
        let [header, claims] = [r#"{"alg":"RS256"}"#.to_owned(), claims.to_string()]
            .map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("Bearer {header}.{claims}.c2ln")
    });
    let mut headers =
        vec![(":method", asked.method), (":authority", &asked.authority), (":path", &asked.path)];
    headers.extend(asked.tenants.iter().map(|tenant| ("x-tenant", *tenant)));
    headers.extend(token.as_deref().map(|token| ("authorization", token)));
    let headers = headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let request = gate.request(headers);
    let decision = gate.decide(&request, &Software, UnixTime::from_seconds(1_000));
    let rule = decision.rule.map(|rule| rule.name.clone());
    match &decision.outcome {
        Ok(()) => Verdict::Allow(rule.unwrap()),
        Err(denial) => Verdict::Deny(denial.code(), rule),
    }
}
