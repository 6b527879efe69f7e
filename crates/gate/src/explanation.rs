//! A decision with everything that it was made of, for whoever wants to know why.

mod asked;

use authn::{Host, UnixTime};
use authz::{Facts, Matching, Target};

use crate::audit;
use crate::decision::Decision;
use crate::gate::Gate;
use crate::reply::Reply;
use crate::request::Request;

pub use self::asked::{Asked, Met};

/// A decision, and what it was made of.
#[derive(Debug, Clone)]
pub struct Explanation<'g> {
    /// The decision, the very one that the filter makes.
    pub decision: Decision<'g>,
    /// What the governing rule asks for beside a principal, part by part.
    pub asked: Option<Asked>,
    /// The rules that match the target, the most specific first: the one that governs, then those that it beats.
    pub matching: Vec<Matching<'g>>,
    /// Where no rule matches: those that would, were it not for the method or for the host.
    pub near: Vec<Matching<'g>>,
    /// The reply to a denial; `None` where the request goes on.
    pub reply: Option<Reply>,
    /// The audit line, whether or not the configuration asks for it.
    pub audit: String,
    /// Whether the configuration asks for it.
    pub audited: bool,
}

impl Gate {
    /// Decides a request, and tells what the decision was made of.
    ///
    /// The decision is that of [`Gate::decide`]; the rest is found by the functions that it is made with, asked for
    /// more than a decision needs.
    pub fn explain(
        &self,
        request: &Request<'_>,
        host: &impl Host,
        now: UnixTime,
    ) -> Explanation<'_> {
        let decision = self.decide(request, host, now);
        let target = Target::parse(request.method, request.authority, request.path, self.paths);
        let (mut matching, mut near, mut asked) = (Vec::new(), Vec::new(), None);
        if let Ok(target) = &target {
            matching = self.policy.matching(target);
            near = if matching.is_empty() { self.policy.near(target) } else { near };
            let facts = Facts {
                principal: decision.principal.as_deref(),
                target,
                headers: &request.compared,
            };
            asked = decision.rule.and_then(|_| self.asked(target, facts));
        }
        Explanation {
            asked,
            matching,
            near,
            reply: self.reply(request, &decision),
            audit: audit::line(request, &decision),
            audited: self.is_audited(&decision),
            decision,
        }
    }
}
