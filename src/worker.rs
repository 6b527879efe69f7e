//! What the root of a configuration and its streams share on one worker.

use std::cell::{Cell, RefCell};

use gate::{Decision, Gate, HostFailure, Reply, Request, UnixTime};
use log::{error, info, warn};

use crate::change;
use crate::host::{self, Envoy};
use crate::waiting::{Patience, Waiting};

/// A configuration in force.
pub(crate) struct Worker {
    pub(crate) gate: Gate,
    pub(crate) waiting: RefCell<Waiting>,
    envoy: Envoy,
    /// Whether the host keeps decisions from access logs.
    hidden: Cell<bool>,
    /// Whether the host does not say which lines it shows.
    taciturn: Cell<bool>,
}

/// What becomes of a request.
pub(crate) enum Answer {
    /// It goes on, changed as it has to be.
    Allow,
    /// It is answered here.
    Deny(Reply),
    /// It is held for so long, or until keys come.
    Wait(Patience),
}

impl Worker {
    pub(crate) fn new(gate: Gate, envoy: Envoy) -> Self {
        let (hidden, taciturn) = (Cell::new(false), Cell::new(false));
        Self { gate, waiting: RefCell::default(), envoy, hidden, taciturn }
    }

    /// What becomes of the request whose context is in effect. `patience` is how long it may wait, if it waited.
    pub(crate) fn answer(&self, patience: Option<Patience>) -> Answer {
        self.decide(patience).unwrap_or_else(|failure| {
            error!("{failure}");
            self.unread(failure)
        })
    }

    /// Decided on no request at all, so that this too has the configured form and knows of shadow.
    #[cold]
    fn unread(&self, failure: HostFailure) -> Answer {
        let nothing = self.gate.request([]);
        self.conclude(&nothing, self.gate.unread(failure))
    }

    fn decide(&self, patience: Option<Patience>) -> Result<Answer, HostFailure> {
        let headers = host::request_headers()?;
        let request = headers.read(|pairs| self.gate.request(pairs))?;
        let now = host::nanoseconds();
        let decision = match &now {
            Ok(now) => self.gate.decide(&request, &self.envoy, UnixTime::from_nanoseconds(*now)),
            Err(failure) => self.gate.undecided(failure.clone()),
        };
        if let (Some(seconds), Ok(now)) = (decision.wait_seconds, now) {
            let new = || self.waiting.borrow().has_room().then(|| Patience::new(now, seconds));
            if let Some(patience) = patience.or_else(new).filter(|patience| !patience.over(now)) {
                return Ok(Answer::Wait(patience));
            }
        }
        Ok(self.conclude(&request, decision))
    }

    /// Carries a decision out, counts it, and logs what is to be logged of it.
    fn conclude(&self, request: &Request<'_>, decision: Decision<'_>) -> Answer {
        if self.gate.is_silent(&decision) {
            self.gate.count(&decision);
            return Answer::Allow;
        }
        self.tell(request, decision)
    }

    /// The same where there is more to it than to count.
    #[inline(never)]
    fn tell(&self, request: &Request<'_>, decision: Decision<'_>) -> Answer {
        let changes = self.gate.changes(request, &decision).unwrap_or_default();
        let decision = match change::carry_out(&changes) {
            Ok(()) => decision,
            Err(failure) => {
                error!("{failure}");
                decision.unchanged(failure)
            }
        };
        self.gate.count(&decision);
        self.show(&decision);
        if self.gate.is_audited(&decision) && self.shows_lines() {
            info!("{}", self.gate.audit(request, &decision));
        }
        self.gate.reply(request, &decision).map_or(Answer::Allow, Answer::Deny)
    }

    /// Whether audit lines are seen: making one is a fifth of what a denial takes. A host that does not say gets them
    /// all, and is not asked again, for it may log each time that it refuses.
    fn shows_lines(&self) -> bool {
        if self.taciturn.get() {
            return true;
        }
        host::shows_information().unwrap_or_else(|failure| {
            warn!("audit lines will be made whether they are shown or not: {failure}");
            self.taciturn.set(true);
            true
        })
    }

    /// Puts a decision where access logs find it. That they miss it is no reason to deny a request, and is said once.
    fn show(&self, decision: &Decision<'_>) {
        if self.hidden.get() {
            return;
        }
        let facts = self.gate.filter_state(decision);
        let shown = facts.iter().try_for_each(|(name, text)| host::set_filter_state(name, text));
        if let Err(failure) = shown {
            warn!("access logs will not show decisions: {failure}");
            self.hidden.set(true);
        }
    }
}
