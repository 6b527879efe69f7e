//! The gate by itself, as `claimgate explain` and `claimgate test` ask it: it must say what the module says.

use anyhow::Result;
use claimgate_tests::token::now;
use gate::{Gate, Host, HostFailure, UnixTime};
use serde_json::Value;

use crate::requests::Asked;
use crate::wire::Answer;

/// The gate for one policy.
pub(crate) struct Alone(Gate);

/// What it says of a request.
#[derive(Debug)]
pub(crate) struct Decided {
    /// Which rule governs.
    pub(crate) rule: Option<String>,
    /// Status and body of the reply to a denial, and why.
    denial: Option<(u16, String, String)>,
}

impl Alone {
    pub(crate) fn new(policy: &Value) -> Result<Self> {
        Ok(Self(Gate::from_configuration(policy.to_string().as_bytes())?))
    }

    pub(crate) fn decide(&self, asked: &Asked) -> Decided {
        let Asked { method, host, path, person, .. } = asked;
        let target = [(":method", *method), (":authority", host), (":path", path)];
        let tokens = person.headers.iter().map(|token| ("authorization", token.as_str()));
        let fields = target.into_iter().chain(tokens);
        let request =
            self.0.request(fields.map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        let explained = self.0.explain(&request, &Nowhere, UnixTime::from_seconds(now()));
        let why = explained.decision.outcome.as_ref().err().map(ToString::to_string);
        let reply = explained.reply.map(|reply| (reply.status, reply.body));
        let denial = reply.zip(why).map(|((status, body), why)| (status, body, why));
        Decided { rule: explained.decision.rule.map(|rule| rule.name.clone()), denial }
    }
}

impl Decided {
    /// Whether the module has answered so. What Envoy refuses by itself never came to it.
    pub(crate) fn is(&self, asked: &Asked, answer: &Answer) -> bool {
        match (&self.denial, &answer.body) {
            (None, None) => answer.is_allowed() || is_of_envoy(answer),
            (Some((status, ..)), Some(_)) if asked.method == "HEAD" => *status == answer.status,
            (Some((status, body, _)), Some(sent)) => *status == answer.status && body == sent,
            (Some(_), None) => is_of_envoy(answer),
            (None, Some(_)) => false,
        }
    }
}

fn is_of_envoy(answer: &Answer) -> bool {
    matches!(answer.status, 0 | 400)
}

/// A host that knows nothing: signatures are checked in software.
struct Nowhere;

impl Host for Nowhere {
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        Ok(Vec::new())
    }
}
