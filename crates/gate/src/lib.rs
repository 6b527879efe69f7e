//! The gate: from configuration bytes to [`Gate`], from a [`Request`] to a [`Decision`], from a denial to
//! a [`Reply`].
//!
//! This is the one evaluator. The filter in Envoy and every other edge ask the same [`Gate::decide`], so
//! there is no second one that could disagree. It joins [`authn`] (401) and [`authz`] (403), knows the
//! configuration text and the HTTP form of a denial, and is told the time and the host's facts.

#![forbid(unsafe_code)]

mod audit;
mod comparison;
mod compile;
mod config;
mod decision;
mod escape;
mod explanation;
mod forward;
mod gate;
mod metrics;
mod origin;
mod outlook;
mod reply;
mod request;
mod review;
mod status;
mod warning;

pub use authn::{
    Fetched, Hash, Host, HostFailure, KeySource, Principal, RemoteKeys, SkippedKey, UnixTime,
    Verdict,
};

pub use authz::{Access, Beaten, Example, Matching, Outlook, Rule};

pub use crate::comparison::{Change, Comparison, Who};
#[cfg(feature = "schema")]
pub use crate::config::schema;
pub use crate::config::{ConfigError, Problem, unknown};
pub use crate::decision::{Decision, Denial};
pub use crate::explanation::{Asked, Explanation, Met};
pub use crate::forward::Changes;
pub use crate::gate::Gate;
pub use crate::reply::Reply;
pub use crate::request::Request;
pub use crate::review::{Disguise, Hole, Usage};
pub use crate::warning::Warning;
