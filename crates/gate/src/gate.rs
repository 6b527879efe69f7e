//! The gate itself.

use std::rc::Rc;

use authn::{Authenticator, Host, HostFailure, Principal, RemoteKeys, Unauthenticated, UnixTime};
use authz::{Access, Facts, Governing, PathOptions, Policy, Rule, Target};

use crate::audit;
use crate::compile;
use crate::config::{AuditedDecisions, ConfigError, CorsPreflight};
use crate::decision::{Decision, Denial};
use crate::forward::{Changes, Forward, Noted};
use crate::metrics::{self, Metrics};
use crate::reply::{Replies, Reply};
use crate::request::Request;
use crate::warning::Warning;

/// A configuration, compiled: decides requests and words the replies.
#[derive(Debug)]
pub struct Gate {
    pub(crate) authenticator: Authenticator,
    pub(crate) policy: Policy,
    /// How targets are read: as the policy's patterns were.
    pub(crate) paths: PathOptions,
    pub(crate) replies: Replies,
    /// What the upstream is told of who is asking; `None` where requests go on untouched.
    pub(crate) forward: Option<Forward>,
    pub(crate) audited: AuditedDecisions,
    /// Whether decisions are put where access logs find them.
    pub(crate) filter_state: bool,
    /// Whether denials are replied to, as far as their rules say nothing else.
    pub(crate) enforced: bool,
    pub(crate) cors_preflight: CorsPreflight,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) metrics: Metrics,
}

impl Gate {
    /// Builds a gate from the plugin configuration: JSON text or a serialized `google.protobuf.Struct`.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem; a configuration is taken whole or not at all.
    pub fn from_configuration(bytes: &[u8]) -> Result<Self, ConfigError> {
        compile::gate(bytes)
    }

    /// What an operator should be told once at start.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The permission table's rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        self.policy.rules()
    }

    /// The issuers whose keys have to be fetched, by name.
    pub fn remote_keys(&self) -> impl Iterator<Item = (&str, &RemoteKeys)> {
        self.authenticator.remote_keys()
    }

    /// Takes over the keys that another gate fetched, issuer by issuer.
    pub fn adopt_keys(&self, other: &Self) {
        for (name, keys) in self.remote_keys() {
            for (_, known) in other.remote_keys().filter(|(other, _)| *other == name) {
                keys.adopt(known);
            }
        }
    }

    /// Reads a request from its headers, in one pass: lower-case names and raw values, pseudo-headers
    /// among them.
    pub fn request<'a>(
        &'a self,
        headers: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Request<'a> {
        let sources = self.authenticator.sources();
        let noted = self.forward.as_ref().map(|forward| Noted::new(forward, sources));
        Request::read(headers, sources, self.policy.headers(), noted)
    }

    /// Decides a request at the time `now`: the target first, so that a public rule needs no token.
    pub fn decide(&self, request: &Request<'_>, host: &impl Host, now: UnixTime) -> Decision<'_> {
        let target = Target::parse(request.method, request.authority, request.path, self.paths);
        let target = match target {
            Ok(target) => target,
            Err(invalid) => return self.decision(None, None, Err(Denial::InvalidTarget(invalid))),
        };
        if self.cors_preflight == CorsPreflight::Allow && self.is_preflight(request) {
            return self.decision(None, None, Ok(()));
        }
        let Some(governing) = self.policy.governing(&target) else {
            return self.decision(None, None, Err(Denial::NoRule));
        };
        let rule = governing.rule;
        let principal = match self.principal(rule, request, host, now) {
            Ok(principal) => principal,
            Err((denial, wait_seconds)) => {
                let decision = self.decision(Some(governing), None, Err(denial));
                // What goes on anyway is not held.
                let wait_seconds = wait_seconds.filter(|_| decision.enforced);
                return Decision { wait_seconds, ..decision };
            }
        };
        let headers = &request.compared;
        let facts = Facts { principal: principal.as_deref(), target: &target, headers };
        let outcome = governing.permits(facts).map_err(Denial::of);
        self.decision(Some(governing), principal, outcome)
    }

    /// Whether a browser asks for a request that somebody may send: what nobody may, no script has to ask for.
    fn is_preflight(&self, request: &Request<'_>) -> bool {
        let announced = request.preflight().and_then(|method| {
            Target::parse(method, request.authority, request.path, self.paths).ok()
        });
        let governing = announced.and_then(|target| Some(self.policy.governing(&target)?.rule));
        // A rule in shadow lets the request through that is asked for.
        governing.is_some_and(|rule| rule.access != Access::Nobody || !rule.enforced)
    }

    /// The decision on a request that cannot be decided because the host failed: a denial.
    #[must_use]
    pub fn undecided(&self, failure: HostFailure) -> Decision<'_> {
        self.decision(None, None, Err(Denial::HostFailed(failure)))
    }

    /// The decision on a request whose headers could not be read: a denial, and in shadow too where they would have to be
    /// changed before it goes on.
    #[must_use]
    pub fn unread(&self, failure: HostFailure) -> Decision<'_> {
        let undecided = self.undecided(failure);
        Decision { enforced: undecided.enforced || self.forward.is_some(), ..undecided }
    }

    fn decision<'g>(
        &self,
        governing: Option<Governing<'g>>,
        principal: Option<Rc<Principal>>,
        outcome: Result<(), Denial<'g>>,
    ) -> Decision<'g> {
        let (rule, index) = governing.map(|governing| (governing.rule, governing.index)).unzip();
        let enforced = self.enforced && rule.is_none_or(|rule| rule.enforced);
        Decision { rule, index, principal, outcome, enforced, wait_seconds: None }
    }

    /// Who is asking, if the rule wants to know, and if there is a token; else the denial, and for how long it is
    /// worth waiting.
    fn principal(
        &self,
        rule: &Rule,
        request: &Request<'_>,
        host: &impl Host,
        now: UnixTime,
    ) -> Result<Option<Rc<Principal>>, (Denial<'static>, Option<u32>)> {
        if !rule.needs_principal() {
            return Ok(None);
        }
        match self.authenticator.authenticate(&request.credentials, host, now) {
            Ok(principal) => Ok(Some(principal)),
            // What may be done without a token, the rule says.
            Err(Unauthenticated::NoToken) => Ok(None),
            Err(Unauthenticated::InvalidToken(invalid)) => {
                Err((Denial::InvalidToken(invalid), None))
            }
            Err(Unauthenticated::KeyUnknown { invalid, wait_seconds }) => {
                Err((Denial::InvalidToken(invalid), Some(wait_seconds)))
            }
            Err(Unauthenticated::KeysUnknown { issuer, wait_seconds }) => {
                Err((Denial::KeysUnknown(issuer), Some(wait_seconds)))
            }
            Err(Unauthenticated::HostFailed(failure)) => Err((Denial::HostFailed(failure), None)),
        }
    }

    /// Whether a decision lets the request go on as it came, and nobody is told of it: what is usual, and quick.
    #[must_use]
    pub fn is_silent(&self, decision: &Decision<'_>) -> bool {
        decision.outcome.is_ok()
            && self.forward.is_none()
            && !self.filter_state
            && self.audited != AuditedDecisions::All
    }

    /// What is to be changed about a request before it goes on; `None` where it does not, or goes on as it came.
    #[must_use]
    pub fn changes<'a>(
        &self,
        request: &Request<'a>,
        decision: &Decision<'_>,
    ) -> Option<Changes<'a>> {
        let noted = request.noted.as_ref().filter(|_| decision.stops().is_none())?;
        Some(noted.changes(request.path, decision.principal.as_deref()))
    }

    /// Whether what a request says behind its body is to be looked at too.
    #[must_use]
    pub fn reads_trailers(&self) -> bool {
        self.forward.as_ref().is_some_and(|forward| !forward.headers.is_empty())
    }

    /// The names among these trailers that some server may take for a header that is forwarded. They are to be removed:
    /// some servers read both as one.
    #[must_use]
    pub fn forged<'a>(
        &self,
        trailers: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Vec<&'a [u8]> {
        let names = trailers.into_iter().map(|(name, _)| name);
        match &self.forward {
            Some(forward) => names.filter(|name| forward.makes(name)).collect(),
            None => Vec::new(),
        }
    }

    /// The reply to a denied request; `None` where it goes on, allowed or in shadow.
    #[must_use]
    pub fn reply(&self, request: &Request<'_>, decision: &Decision<'_>) -> Option<Reply> {
        let denial = decision.stops()?;
        Some(self.replies.reply(denial, decision.rule, request))
    }

    /// Counts a decision that is carried out.
    pub fn count(&self, decision: &Decision<'_>) {
        self.metrics.count(decision);
    }

    /// What was counted since this was last asked, by the names of the metrics: only what counted something.
    #[must_use]
    pub fn take_counts(&self) -> Vec<(String, u64)> {
        self.metrics.take(&self.authenticator)
    }

    /// The metrics that an operator should see before they count anything.
    #[must_use]
    pub fn metrics(&self) -> Vec<String> {
        metrics::names(&self.authenticator)
    }

    /// Whether the configuration asks for the audit line of a decision.
    #[must_use]
    pub fn is_audited(&self, decision: &Decision<'_>) -> bool {
        match self.audited {
            AuditedDecisions::None => false,
            AuditedDecisions::Denied => decision.outcome.is_err(),
            AuditedDecisions::All => true,
        }
    }

    /// The audit line of a decision: one JSON object.
    #[must_use]
    pub fn audit(&self, request: &Request<'_>, decision: &Decision<'_>) -> String {
        audit::line(request, decision)
    }

    /// What access logs can say of a decision, by name, where the configuration asks for it: text that is safe to
    /// print.
    #[must_use]
    pub fn filter_state(&self, decision: &Decision<'_>) -> Vec<(&'static str, String)> {
        if self.filter_state { audit::facts(decision) } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests;
