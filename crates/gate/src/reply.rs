//! The HTTP form of a denial.

mod body;

use authn::{HostFailure, TokenSources};
use authz::Rule;

use crate::config::{Format, RepliesConfig};
use crate::decision::Denial;
use crate::request::Request;
use crate::status::Status;

/// A local reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status. For a gRPC request Envoy makes it 200 and says the rest in `grpc-status`.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body; for a gRPC request the plain sentence, which becomes `grpc-message`.
    pub body: String,
    /// `grpc-status`, for a gRPC request.
    pub grpc_status: Option<u8>,
    /// For `%RESPONSE_CODE_DETAILS%` in access logs: code and rule, no blanks.
    pub details: String,
}

impl Reply {
    /// The reply where there is not even a gate: 503.
    #[must_use]
    pub fn unavailable() -> Self {
        let failure = HostFailure("there is no gate".to_owned());
        let sources = TokenSources::default();
        let nothing = Request::read([], &sources, &[]);
        let replies = Replies::new(RepliesConfig::default());
        replies.reply(&Denial::HostFailed(failure), None, &nothing)
    }
}

/// The words of every reply, for one configuration.
#[derive(Debug, Clone)]
pub(crate) struct Replies {
    format: Format,
    unauthenticated: Option<String>,
    forbidden: Option<String>,
    /// Challenges (RFC 6750 section 3), complete.
    challenge: String,
    invalid_token: String,
    insufficient_scope: String,
}

impl Replies {
    pub(crate) fn new(config: RepliesConfig) -> Self {
        let realm = config.realm.0.map_or_else(|| "claimgate".to_owned(), |realm| realm.0);
        let challenge = format!("Bearer realm=\"{realm}\"");
        Self {
            format: config.format,
            unauthenticated: config.messages.unauthenticated.0.map(|message| message.0),
            forbidden: config.messages.forbidden.0.map(|message| message.0),
            invalid_token: format!(
                "{challenge}, error=\"invalid_token\", error_description=\"{INVALID_TOKEN}\""
            ),
            insufficient_scope: format!("{challenge}, error=\"insufficient_scope\""),
            challenge,
        }
    }

    pub(crate) fn reply(
        &self,
        denial: &Denial<'_>,
        rule: Option<&Rule>,
        request: &Request<'_>,
    ) -> Reply {
        let status = denial.status(rule);
        let message = self.message(status, denial, rule);
        let mut headers = vec![("cache-control", "no-store".to_owned())];
        if let Some(challenge) = self.challenge(status, denial) {
            headers.push(("www-authenticate", challenge.clone()));
        }
        if status == Status::ServiceUnavailable {
            headers.push(("retry-after", "1".to_owned()));
        }
        let body = if request.grpc {
            message.to_owned()
        } else {
            headers.push(("content-type", body::media_type(self.format).to_owned()));
            body::body(self.format, status, denial, message, request.id)
        };
        Reply {
            status: status.code(),
            headers,
            body,
            grpc_status: request.grpc.then(|| status.grpc_code()),
            details: details(denial, rule),
        }
    }

    /// The rule's message speaks to those who were refused by the rule, then the configured ones, then
    /// the fixed ones.
    fn message<'a>(
        &'a self,
        status: Status,
        denial: &Denial<'_>,
        rule: Option<&'a Rule>,
    ) -> &'a str {
        let own = rule.and_then(|rule| rule.message.as_deref());
        match (status, denial) {
            (Status::BadRequest, _) => "The request target is malformed or ambiguous.",
            (Status::Unauthorized, Denial::InvalidToken(_)) => {
                self.unauthenticated.as_deref().unwrap_or(INVALID_TOKEN)
            }
            (Status::Unauthorized, _) => {
                self.unauthenticated.as_deref().unwrap_or("Authentication is required.")
            }
            (Status::Forbidden, _) => own
                .or(self.forbidden.as_deref())
                .unwrap_or("You do not have permission to do this."),
            (Status::NotFound, _) => own.unwrap_or("Not found."),
            (Status::ServiceUnavailable, _) => "Authorization is temporarily unavailable.",
        }
    }

    /// That there is nothing is no challenge.
    fn challenge(&self, status: Status, denial: &Denial<'_>) -> Option<&String> {
        match (status, denial) {
            (Status::Unauthorized, Denial::NoToken) => Some(&self.challenge),
            (Status::Unauthorized, _) => Some(&self.invalid_token),
            (Status::Forbidden, Denial::Unmet(_)) => Some(&self.insufficient_scope),
            _ => None,
        }
    }
}

/// One sentence for every invalid token: which check failed is nothing to tell an attacker.
const INVALID_TOKEN: &str = "The access token is not valid.";

/// `claimgate.insufficient_permission[delete-user-data]`.
fn details(denial: &Denial<'_>, rule: Option<&Rule>) -> String {
    let code = denial.code();
    let text = match rule {
        Some(rule) => format!("claimgate.{code}[{}]", rule.name),
        None => format!("claimgate.{code}"),
    };
    text.replace(char::is_whitespace, "_")
}
