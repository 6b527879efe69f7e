//! What becomes of a request.

use gate::{Gate, Reply, UnixTime};
use serde::Serialize;
use serde_json::Value;

use super::Request;
use crate::host::NoEnvoy;

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// What the client sees; 200 where the request is let through. For a gRPC call, what its grpc-status stands for.
    pub status: u16,
    /// The code of the denial, enforced or not.
    pub code: Option<String>,
    /// The rule that governs, where one does.
    pub rule: Option<String>,
    /// The sentence that the client is told.
    pub message: Option<String>,
    /// The precise reason of the denial, as the log has it.
    pub reason: Option<String>,
}

impl Outcome {
    /// What the gate makes of a request.
    #[must_use]
    pub fn by(gate: &Gate, request: &Request, now: UnixTime) -> Self {
        let asked = gate.request(request.fields());
        let decision = gate.decide(&asked, &NoEnvoy, now);
        let (denial, reply) = (decision.outcome.as_ref().err(), gate.reply(&asked, &decision));
        Self {
            status: reply.as_ref().map_or(LET_THROUGH, |reply| reply.status),
            code: denial.map(|denial| denial.code().to_owned()),
            rule: decision.rule.map(|rule| rule.name.clone()),
            // Nothing can be told in answer to HEAD (RFC 9110 section 9.3.2).
            message: reply.filter(|_| request.method != "HEAD").and_then(sentence),
            reason: denial.map(ToString::to_string),
        }
    }

    /// Whether it goes on to the upstream.
    #[must_use]
    pub fn is_let_through(&self) -> bool {
        self.status == LET_THROUGH
    }
}

/// What the client is told, in whatever form.
fn sentence(reply: Reply) -> Option<String> {
    if reply.grpc_status.is_some() {
        return Some(reply.body);
    }
    let body: Value = serde_json::from_str(&reply.body).ok()?;
    let sentence = body.get("error").or_else(|| body.get("detail"))?;
    sentence.as_str().map(str::to_owned)
}

/// The status that stands for going on; no denial has it.
const LET_THROUGH: u16 = 200;
