//! How well a suite knows a policy: what its cases have to do with each rule.

use gate::{Access, Gate};
use serde::Serialize;

use super::{Check, Outcome};

/// What the listed cases have to do with one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The rule.
    pub rule: String,
    /// How many it allows.
    pub allowed: usize,
    /// How many it denies.
    pub denied: usize,
    /// What there is no case of, though there could be.
    pub lacks: Vec<Lack>,
}

/// What a rule may have no case of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lack {
    /// One that it allows.
    Allowed,
    /// One that it denies for what it asks of a principal.
    Denied,
}

impl Coverage {
    /// The coverage of each rule by what became of these checks; those that no case lists do not count.
    #[must_use]
    pub fn of(gate: &Gate, outcomes: &[(Check<'_>, Outcome)]) -> Vec<Self> {
        let rules = gate.rules().iter();
        rules.map(|rule| Self::of_rule(&rule.name, &rule.access, outcomes)).collect()
    }

    fn of_rule(name: &str, access: &Access, outcomes: &[(Check<'_>, Outcome)]) -> Self {
        let is_own = |(check, outcome): &&(Check<'_>, Outcome)| {
            check.expect.is_some() && outcome.rule.as_deref() == Some(name)
        };
        let (allowed, denied): (Vec<_>, Vec<_>) =
            outcomes.iter().filter(is_own).partition(|(_, outcome)| outcome.code.is_none());
        // That somebody is unknown says nothing of what the rule asks for, unless it asks for nothing but a token, or
        // is open to those who have none.
        let is_open = !matches!(access, Access::Require(_))
            || allowed.iter().any(|(check, _)| check.principal.is_none());
        let is_denial = |outcome: &Outcome| {
            is_open || outcome.code.as_deref() == Some("insufficient_permission")
        };
        let mut lacks = Vec::new();
        if *access != Access::Nobody && allowed.is_empty() {
            lacks.push(Lack::Allowed);
        }
        if *access != Access::Public && !denied.iter().any(|(_, outcome)| is_denial(outcome)) {
            lacks.push(Lack::Denied);
        }
        Self { rule: name.to_owned(), allowed: allowed.len(), denied: denied.len(), lacks }
    }
}
