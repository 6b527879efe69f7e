//! What is told of a decision, for people and for programs.

use std::collections::BTreeMap;

use gate::{Access, Asked, Explanation, Matching, Principal, Reply};
use serde::Serialize;
use serde_json::Value;

use crate::asker::Signature;

/// A decision and what it was made of.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    pub(super) method: &'a str,
    pub(super) host: &'a str,
    /// Without the query, which may hold a token.
    pub(super) path: &'a str,
    /// `allow` or `deny`.
    pub(super) decision: &'static str,
    /// Whether a denial is only noted.
    pub(super) shadow: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule: Option<Row<'a>>,
    /// What the rule asks for, in a word: `public`, `authenticated`, `nobody`, or `requirement`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) access: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) asked: Option<&'a Asked>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) principal: Option<Who<'a>>,
    pub(super) signature: Signature,
    /// The rules that match too, but are less specific.
    pub(super) beaten: Vec<Row<'a>>,
    /// Where no rule matches: those that do but for the method or the host.
    pub(super) near: Vec<Row<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reply: Option<Answer<'a>>,
    pub(super) audit: Value,
    /// Whether the policy has this logged.
    pub(super) audited: bool,
    /// As it would be logged, word for word.
    #[serde(skip)]
    pub(super) audit_line: &'a str,
}

/// A rule, by the row that matches.
#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    pub(super) name: &'a str,
    pub(super) matches: String,
    /// Why another rule is more specific.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<String>,
}

/// Who was established.
#[derive(Debug, Serialize)]
pub(super) struct Who<'a> {
    pub(super) issuer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<&'a str>,
    pub(super) roles: &'a [String],
}

/// The reply that a client gets.
#[derive(Debug, Serialize)]
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) grpc_status: Option<u8>,
    pub(super) body: &'a str,
    /// What `%RESPONSE_CODE_DETAILS%` says in the access log.
    pub(super) details: &'a str,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        headers: &'a [(String, String)],
        explanation: &'a Explanation<'a>,
        signature: Signature,
    ) -> Self {
        let header = |wanted: &str| {
            let found = headers.iter().find(|(name, _)| name == wanted);
            found.map_or("", |(_, value)| value.as_str())
        };
        let Explanation { decision, asked, matching, near, reply, audit, audited } = explanation;
        let denial = decision.outcome.as_ref().err();
        let rule = matching.first().filter(|_| decision.rule.is_some());
        let beaten = matching.iter().skip(1);
        Self {
            method: header(":method"),
            host: header(":authority"),
            path: header(":path").split('?').next().unwrap_or_default(),
            decision: if denial.is_some() { "deny" } else { "allow" },
            shadow: denial.is_some() && !decision.enforced,
            status: decision.status(),
            code: denial.map(gate::Denial::code),
            reason: denial.map(ToString::to_string),
            rule: rule.map(|rule| Row::new(rule, None)),
            access: rule.map(|rule| access(&rule.rule.access)),
            asked: asked.as_ref(),
            principal: decision.principal.as_deref().map(Who::new),
            signature,
            beaten: rule
                .into_iter()
                .flat_map(|rule| beaten.clone().map(|one| Row::new(one, Some(rule))))
                .collect(),
            near: near.iter().map(|one| Row::new(one, None)).collect(),
            reply: reply.as_ref().map(Answer::new),
            audit: serde_json::from_str(audit).unwrap_or_default(),
            audited: *audited,
            audit_line: audit,
        }
    }
}

impl<'a> Row<'a> {
    fn new(matching: &Matching<'a>, by: Option<&Matching<'a>>) -> Self {
        let why = by.map(|by| matching.beaten_by(by).to_string());
        Self { name: &matching.rule.name, matches: matching.to_string(), why }
    }
}

impl<'a> Who<'a> {
    fn new(principal: &'a Principal) -> Self {
        Self { issuer: principal.issuer(), subject: principal.subject(), roles: principal.roles() }
    }
}

impl<'a> Answer<'a> {
    fn new(reply: &'a Reply) -> Self {
        Self {
            status: reply.status,
            headers: reply.headers.iter().map(|(name, value)| (*name, value.as_str())).collect(),
            grpc_status: reply.grpc_status,
            body: &reply.body,
            details: &reply.details,
        }
    }
}

fn access(access: &Access) -> &'static str {
    match access {
        Access::Public => "public",
        Access::Authenticated => "authenticated",
        Access::Nobody => "nobody",
        Access::Require(_) => "requirement",
    }
}
