//! Allow or deny, with the reason.

use std::fmt;
use std::rc::Rc;

use authn::{HostFailure, InvalidToken, Principal};
use authz::{InvalidTarget, Rule, Unmet};

use crate::status::Status;

/// What was decided for one request, and what it was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<'g> {
    /// The rule that governs the request, where one does. What is allowed without one is a CORS preflight.
    pub rule: Option<&'g Rule>,
    /// Its place among the rules.
    pub(crate) index: Option<usize>,
    /// Who is asking, where the rule asked for it and somebody was established.
    pub principal: Option<Rc<Principal>>,
    /// Allow, or the reason for the denial.
    pub outcome: Result<(), Denial<'g>>,
    /// Whether a denial is replied to; if not (shadow), it is only noted, and the request goes on.
    pub enforced: bool,
    /// Seconds for which it is worth to hold the request and decide again, since keys may come; `None` where that
    /// would change nothing, as in shadow.
    pub wait_seconds: Option<u32>,
}

impl<'g> Decision<'g> {
    /// The denial that the request is answered with; `None` where it goes on.
    pub(crate) fn stops(&self) -> Option<&Denial<'g>> {
        self.outcome.as_ref().err().filter(|_| self.enforced)
    }

    /// The same, of a request that could not be changed as it has to be before it goes on: a denial, in shadow too.
    #[must_use]
    pub fn unchanged(self, failure: HostFailure) -> Self {
        Self { outcome: Err(Denial::HostFailed(failure)), enforced: true, ..self }
    }

    /// The HTTP status of the reply to a denial.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.outcome.as_ref().err().map(|denial| denial.status(self.rule).code())
    }
}

/// Why a request is denied. Its text is for the log; clients learn the status and a fixed sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial<'g> {
    /// The target has no single reading.
    InvalidTarget(InvalidTarget),
    /// No row of the table matches.
    NoRule,
    /// The rule needs a principal and there is no token.
    NoToken,
    /// The token establishes nobody.
    InvalidToken(InvalidToken),
    /// The principal does not meet the rule's requirement.
    Unmet(Unmet<'g>),
    /// No keys of the token's issuer are known; its name.
    KeysUnknown(String),
    /// The host failed us.
    HostFailed(HostFailure),
}

impl<'g> Denial<'g> {
    /// The denial of a request that does not meet its rule.
    pub(crate) fn of(unmet: Unmet<'g>) -> Self {
        match unmet {
            Unmet::NoPrincipal => Self::NoToken,
            unmet => Self::Unmet(unmet),
        }
    }
}

impl Denial<'_> {
    /// The status of the reply. A rule that hides what it governs answers as if there were nothing, whether the
    /// token is missing, invalid or not enough. What cannot be decided yet stays 503: a 404 is believed, and this
    /// one would be told to those who may.
    pub(crate) fn status(&self, rule: Option<&Rule>) -> Status {
        let hidden = rule.is_some_and(|rule| rule.hidden);
        match self {
            Self::NoToken | Self::InvalidToken(_) | Self::Unmet(_) if hidden => Status::NotFound,
            Self::InvalidTarget(_) => Status::BadRequest,
            Self::NoToken | Self::InvalidToken(_) => Status::Unauthorized,
            Self::NoRule | Self::Unmet(_) => Status::Forbidden,
            Self::KeysUnknown(_) | Self::HostFailed(_) => Status::ServiceUnavailable,
        }
    }

    /// The stable code of the denial: one of a closed set, in logs, metrics and response code details.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind().as_str()
    }

    pub(crate) fn kind(&self) -> Code {
        match self {
            Self::InvalidTarget(_) => Code::InvalidPath,
            Self::NoRule => Code::NoRule,
            Self::NoToken => Code::MissingToken,
            Self::InvalidToken(_) => Code::InvalidToken,
            Self::Unmet(_) => Code::InsufficientPermission,
            Self::KeysUnknown(_) | Self::HostFailed(_) => Code::KeysUnavailable,
        }
    }
}

/// The code of a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Code {
    InvalidPath,
    NoRule,
    MissingToken,
    InvalidToken,
    InsufficientPermission,
    KeysUnavailable,
}

impl Code {
    pub(crate) const ALL: [Self; 6] = [
        Self::InvalidPath,
        Self::NoRule,
        Self::MissingToken,
        Self::InvalidToken,
        Self::InsufficientPermission,
        Self::KeysUnavailable,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::InvalidPath => "invalid_path",
            Self::NoRule => "no_rule",
            Self::MissingToken => "missing_token",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientPermission => "insufficient_permission",
            Self::KeysUnavailable => "keys_unavailable",
        }
    }
}

impl fmt::Display for Denial<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidTarget(invalid) => invalid.fmt(formatter),
            Self::NoRule => formatter.write_str("no rule matches"),
            Self::NoToken => formatter.write_str("no bearer token"),
            Self::InvalidToken(invalid) => invalid.fmt(formatter),
            Self::Unmet(unmet) => unmet.fmt(formatter),
            Self::KeysUnknown(issuer) => {
                write!(formatter, "the keys of issuer `{issuer}` are not known")
            }
            Self::HostFailed(failure) => failure.fmt(formatter),
        }
    }
}
