//! What a test and the identity provider's process say to each other: one JSON object a line. The process greets
//! first; then each command on its stdin is acknowledged on its stdout with what it has seen.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// Where the key set is, as providers have it by custom.
pub const JWKS_PATH: &str = "/.well-known/jwks.json";

/// Where a redirect leads.
pub const MOVED_PATH: &str = "/moved/jwks.json";

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Greeting {
    /// Where it listens.
    pub address: SocketAddr,
    /// The certificate of the authority that signed its own, as PEM.
    pub ca: String,
}

/// What a test asks of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Answer requests like this from now on.
    Behave(Behaviour),
    /// Stop listening and close every connection; the port stays reserved.
    Refuse,
    /// Listen again, on the same port.
    Listen,
    /// Only tell what was seen.
    Count,
}

/// How requests for the key set are answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// An ordinary answer.
    Answer {
        /// Its status.
        status: u16,
        /// Its `content-type`.
        content_type: String,
        /// Its body.
        body: String,
    },
    /// 302 to [`MOVED_PATH`].
    Redirect {
        /// What is served there.
        body: String,
    },
    /// The header fields at once, the body later.
    Late {
        /// The whole body.
        body: String,
        /// How much later.
        milliseconds: u64,
    },
    /// The body in pieces, with pauses between them.
    Trickle {
        /// The whole body.
        body: String,
        /// How large a piece is.
        bytes: usize,
        /// How long a pause is.
        milliseconds: u64,
    },
    /// A header field that large before the body.
    Heavy {
        /// The whole body.
        body: String,
        /// How large the field is.
        bytes: usize,
    },
    /// The body, then blanks, which JSON allows: too large is all that is wrong with it.
    Padded {
        /// What comes before the blanks.
        body: String,
        /// How large the whole is.
        bytes: usize,
    },
    /// The length of the whole body, but only half of it before the connection ends.
    Truncated {
        /// The whole body.
        body: String,
    },
    /// The request is read, and answered as the next behaviour says.
    Held,
    /// The request is read, but never answered.
    Silent,
    /// Connections are reset, new ones before TLS.
    Reset,
}

/// What it has seen since it started.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Connections, those that were reset included.
    pub connections: u64,
    /// Requests.
    pub requests: u64,
    /// The last request.
    pub last: Option<Received>,
}

/// A request that it has received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// `:authority`, or `Host`.
    pub authority: String,
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
}
