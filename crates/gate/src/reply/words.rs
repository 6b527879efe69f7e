//! The sentence of a denial.

use authz::Rule;

use crate::config::MessagesConfig;
use crate::decision::Denial;
use crate::status::Status;

/// The sentences of a configuration, where it has its own.
#[derive(Debug, Clone)]
pub(super) struct Words {
    invalid_path: Option<String>,
    unauthenticated: Option<String>,
    forbidden: Option<String>,
    not_found: Option<String>,
    unavailable: Option<String>,
}

impl Words {
    pub(super) fn new(config: MessagesConfig) -> Self {
        Self {
            invalid_path: config.invalid_path.0.map(|message| message.0),
            unauthenticated: config.unauthenticated.0.map(|message| message.0),
            forbidden: config.forbidden.0.map(|message| message.0),
            not_found: config.not_found.0.map(|message| message.0),
            unavailable: config.unavailable.0.map(|message| message.0),
        }
    }

    /// The rule's message speaks to those who were refused by the rule, then the configured ones, then
    /// the fixed ones.
    pub(super) fn message<'a>(
        &'a self,
        status: Status,
        denial: &Denial<'_>,
        rule: Option<&'a Rule>,
    ) -> &'a str {
        let own = rule.and_then(|rule| rule.message.as_deref());
        let (configured, fixed) = match (status, denial) {
            (Status::BadRequest, _) => {
                (&self.invalid_path, "The request target is malformed or ambiguous.")
            }
            (Status::Unauthorized, Denial::InvalidToken(_)) => {
                (&self.unauthenticated, INVALID_TOKEN)
            }
            (Status::Unauthorized, _) => (&self.unauthenticated, "Authentication is required."),
            (Status::Forbidden, _) => (&self.forbidden, "You do not have permission to do this."),
            (Status::NotFound, _) => (&self.not_found, "Not found."),
            (Status::ServiceUnavailable, _) => {
                (&self.unavailable, "Authorization is temporarily unavailable.")
            }
        };
        let own = own.filter(|_| matches!(status, Status::Forbidden | Status::NotFound));
        own.or(configured.as_deref()).unwrap_or(fixed)
    }
}

/// One sentence for every invalid token: which check failed is nothing to tell an attacker.
pub(super) const INVALID_TOKEN: &str = "The access token is not valid.";
