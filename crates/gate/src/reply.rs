//! The HTTP form of a denial.

mod body;
mod cors;
mod words;

use authn::{HostFailure, TokenSources};
use authz::Rule;

use crate::config::{Format, Origins, RepliesConfig};
use crate::decision::Denial;
use crate::request::Request;
use crate::status::Status;

use self::words::{INVALID_TOKEN, Words};

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
        let nothing = Request::read([], &sources, &[], None);
        let replies = Replies::new(RepliesConfig::default());
        replies.reply(&Denial::HostFailed(failure), None, &nothing)
    }
}

/// How every reply is made, for one configuration.
#[derive(Debug, Clone)]
pub(crate) struct Replies {
    format: Format,
    words: Words,
    /// The origins whose scripts may read denials, where that was said.
    cors: Option<Origins>,
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
            words: Words::new(config.messages),
            cors: config.cors.0.map(|cors| cors.origins),
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
        let message = self.words.message(status, denial, rule);
        let mut headers = vec![("cache-control", "no-store".to_owned())];
        if let Some(challenge) = self.challenge(status, denial) {
            headers.push(("www-authenticate", challenge));
        }
        if status == Status::ServiceUnavailable {
            headers.push(("retry-after", "1".to_owned()));
        }
        if let Some(origins) = &self.cors {
            cors::add(origins, request, &mut headers);
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

    /// That there is nothing is no challenge. Where scopes were asked for, it names them.
    fn challenge(&self, status: Status, denial: &Denial<'_>) -> Option<String> {
        match (status, denial) {
            (Status::Unauthorized, Denial::NoToken) => Some(self.challenge.clone()),
            (Status::Unauthorized, _) => Some(self.invalid_token.clone()),
            (Status::Forbidden, Denial::Unmet(unmet)) => Some(match unmet.scopes() {
                Some(scopes) => {
                    format!("{}, scope=\"{}\"", self.insufficient_scope, scopes.join(" "))
                }
                None => self.insufficient_scope.clone(),
            }),
            _ => None,
        }
    }
}

/// `claimgate.insufficient_permission[delete-user-data]`.
fn details(denial: &Denial<'_>, rule: Option<&Rule>) -> String {
    let code = denial.code();
    let text = match rule {
        Some(rule) => format!("claimgate.{code}[{}]", rule.name),
        None => format!("claimgate.{code}"),
    };
    // Names of rules are ASCII, nearly all without a blank.
    let is_one_word = text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_one_word { text } else { text.replace(char::is_whitespace, "_") }
}
