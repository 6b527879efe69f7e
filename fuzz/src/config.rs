//! A configuration: refused with sentences, or compiled the same however often, in whatever form and order it is written.

use authn::{json, structpb};
use gate::{ConfigError, Gate, Rule};
use prost::Message as _;
use serde_json::{Map, Value};

use crate::sentence::assert_sentence;
use crate::wire;

/// Checks one input.
#[must_use]
pub fn check(input: &[u8]) -> bool {
    let gate = match Gate::from_configuration(input) {
        Ok(gate) => gate,
        Err(refused) => {
            assert_eq!(Gate::from_configuration(input).unwrap_err(), refused);
            check_problems(&refused);
            return false;
        }
    };
    assert_same(&gate, &Gate::from_configuration(input).unwrap());
    gate.warnings().iter().for_each(|warning| assert_sentence(&warning.to_string()));
    if let Ok(members) = json::parse_object(input) {
        check_other_forms(&gate, members);
    }
    true
}

/// As a `Struct`, where that can say it; and with the rules the other way round, when a name that is made up may be another.
fn check_other_forms(gate: &Gate, mut members: Map<String, Value>) {
    let fields = wire::fields(&members).encode_to_vec();
    if structpb::parse(&fields).is_ok_and(|read| read == members) {
        assert_same(gate, &Gate::from_configuration(&fields).unwrap());
    }
    if let Some(Value::Array(rules)) = members.get_mut("rules") {
        rules.reverse();
    }
    let reversed = Value::Object(members).to_string();
    let reversed = Gate::from_configuration(reversed.as_bytes()).unwrap();
    let targets = |rule: &Rule| (rule.hosts.clone(), rule.methods.clone(), rule.paths.clone());
    assert!(gate.rules().iter().map(targets).eq(reversed.rules().iter().rev().map(targets)));
}

fn check_problems(refused: &ConfigError) {
    assert!(!refused.problems().is_empty());
    for problem in refused.problems() {
        assert_sentence(&problem.message);
        assert!(problem.message.starts_with(|first: char| !first.is_uppercase()), "{problem}");
    }
}

/// That two gates were built of the same configuration, as far as anybody can see.
fn assert_same(one: &Gate, two: &Gate) {
    assert_eq!(one.rules(), two.rules());
    assert_eq!(one.warnings(), two.warnings());
    assert_eq!(one.metrics(), two.metrics());
    let sources = |gate: &Gate| -> Vec<_> {
        gate.remote_keys().map(|(name, keys)| (name.to_owned(), keys.source().clone())).collect()
    };
    assert_eq!(sources(one), sources(two));
}
