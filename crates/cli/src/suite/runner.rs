//! Trying a suite on the gate.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use gate::{Gate, UnixTime};
use serde_json::Value;

use super::{Check, Outcome, Request, Suite};
use crate::stand_in::StandIn;

/// A suite's policy with this program in the place of its issuers, and a token for each principal.
#[derive(Debug)]
pub struct Runner<'s> {
    gate: Gate,
    config: Value,
    stand_in: StandIn,
    tokens: Tokens<'s>,
    now: UnixTime,
}

/// The tokens, each by its principal's name.
struct Tokens<'s>(BTreeMap<&'s str, String>);

impl<'s> Runner<'s> {
    /// Makes ready for what is to be decided at the time `now`.
    ///
    /// # Errors
    /// When the policy is refused, or a principal's token cannot be made.
    pub fn new(suite: &'s Suite, now: UnixTime) -> Result<Self> {
        let mut config = suite.config.clone();
        let stand_in = StandIn::take_over(&mut config)?;
        let gate = Gate::from_configuration(config.to_string().as_bytes())?;
        let tokens = suite.drafts().map(|(name, draft)| {
            let token = stand_in.token(draft, now);
            Ok((name, token.with_context(|| format!("principal {name:?}"))?))
        });
        let tokens = Tokens(tokens.collect::<Result<_>>()?);
        Ok(Self { gate, config, stand_in, tokens, now })
    }

    /// The configuration, with this program's keys: whoever runs it decides as this does.
    #[must_use]
    pub fn config(&self) -> &Value {
        &self.config
    }

    /// The gate of this configuration.
    #[must_use]
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The tokens of all principals.
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        self.tokens.0.values().map(String::as_str)
    }

    /// A check's request as it is made: with the token.
    #[must_use]
    pub fn request(&self, check: &Check<'_>) -> Request {
        let mut request = check.request.clone();
        if let Some(token) = check.principal.and_then(|name| self.tokens.0.get(name)) {
            self.stand_in.attach(token, &mut request.path, &mut request.headers);
        }
        request
    }

    /// What becomes of it.
    #[must_use]
    pub fn outcome(&self, check: &Check<'_>) -> Outcome {
        Outcome::by(&self.gate, &self.request(check), self.now)
    }

    /// What becomes of each.
    #[must_use]
    pub fn try_all<'c>(&self, checks: Vec<Check<'c>>) -> Vec<(Check<'c>, Outcome)> {
        let outcomes: Vec<_> = checks.iter().map(|check| self.outcome(check)).collect();
        checks.into_iter().zip(outcomes).collect()
    }
}

impl std::fmt::Debug for Tokens<'_> {
    /// Whose they are.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}
