//! What the gate says to a row's example, asked by a column.

use anyhow::Result;
use gate::{Asked, Explanation, Gate, Met, UnixTime};
use serde_json::Value;

use super::{Column, Row};
use crate::host::NoEnvoy;
use crate::somebody;
use crate::stand_in::{Draft, StandIn};

/// Those who ask, and the gate that they ask.
pub(super) struct Asking<'a> {
    gate: &'a Gate,
    stand_in: &'a StandIn,
    now: UnixTime,
    /// For each column.
    bearers: Vec<Bearer>,
}

/// What somebody has.
enum Bearer {
    NoToken,
    Token(String),
    /// There is no token with this role.
    Impossible,
}

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Answer {
    /// In a few words.
    pub(super) outcome: String,
    /// Why it is denied.
    pub(super) reason: Option<String>,
    /// What the rule asks for.
    pub(super) parts: Vec<Part>,
    /// Status, body.
    pub(super) reply: Option<(u16, String)>,
}

/// A part of what a rule asks for, as deep as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Part {
    pub(super) depth: usize,
    pub(super) glyph: &'static str,
    pub(super) what: String,
    pub(super) has: Option<String>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(
        gate: &'a Gate,
        stand_in: &'a StandIn,
        config: &Value,
        columns: &[Column<'_>],
        now: UnixTime,
    ) -> Result<Self> {
        let bearer = |column: &Column<'_>| {
            let Some(roles) = column.roles() else { return Ok(Bearer::NoToken) };
            let Some(claims) = somebody::claims(gate, config, roles, now) else {
                return Ok(Bearer::Impossible);
            };
            let draft = Draft { claims, ..Draft::default() };
            Ok(Bearer::Token(stand_in.token(&draft, now)?))
        };
        let bearers = columns.iter().map(bearer).collect::<Result<_>>()?;
        Ok(Self { gate, stand_in, now, bearers })
    }

    /// Whether there can be somebody who asks as this column.
    pub(super) fn is_possible(&self, column: usize) -> bool {
        !matches!(self.bearers.get(column), None | Some(Bearer::Impossible))
    }

    /// What becomes of a row's example, asked by a column; `None` where there is nothing to be asked, or nobody to ask.
    pub(super) fn answer(&self, row: &Row<'_>, column: usize) -> Option<Answer> {
        let example = row.example.as_ref()?;
        let mut path = example.path.clone();
        let mut headers = Vec::new();
        match self.bearers.get(column)? {
            Bearer::NoToken => {}
            Bearer::Token(token) => self.stand_in.attach(token, &mut path, &mut headers),
            Bearer::Impossible => return None,
        }
        let target =
            [(":method", &example.method), (":authority", &example.host), (":path", &path)];
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value));
        let headers = target.into_iter().chain(headers);
        let headers = headers.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let request = self.gate.request(headers);
        Some(Answer::new(&self.gate.explain(&request, &NoEnvoy, self.now)))
    }
}

impl Answer {
    fn new(explanation: &Explanation<'_>) -> Self {
        let Explanation { decision, asked, reply, .. } = explanation;
        let denial = decision.outcome.as_ref().err();
        let outcome = match (denial, decision.status()) {
            (Some(denial), Some(status)) if decision.enforced => {
                format!("denied: {status} {}", denial.code())
            }
            (Some(denial), Some(status)) => {
                format!("denied in shadow: noted as {status} {}, and let through", denial.code())
            }
            _ => "allowed".to_owned(),
        };
        let mut parts = Vec::new();
        if let Some(asked) = asked {
            Part::add(asked, 0, &mut parts);
        }
        Self {
            outcome,
            reason: denial.map(ToString::to_string),
            parts,
            reply: reply.as_ref().map(|reply| (reply.status, reply.body.clone())),
        }
    }
}

impl Part {
    /// As deep as a requirement may be.
    fn add(asked: &Asked, depth: usize, parts: &mut Vec<Self>) {
        let glyph = match asked.met {
            Met::Yes => "✓",
            Met::No => "✗",
            Met::Unknown => "?",
        };
        parts.push(Self { depth, glyph, what: asked.what.clone(), has: asked.has.clone() });
        asked.parts.iter().for_each(|one| Self::add(one, depth.saturating_add(1), parts));
    }
}
