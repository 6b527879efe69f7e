//! Who is asking: from the bearer token of a request to a [`Principal`]. A failure here is a 401.
//!
//! The words, each with one meaning:
//!
//! - *claim*: one member of the JWT payload; *claim path*: where a claim sits (`realm_access.roles`)
//! - *issuer*: who vouches for a subject, and how that is known ([`Signature`])
//! - *principal*: a subject established from checked claims
//! - *source*: a place of the request where a token is looked for; *credentials*: what the sources hold
//!
//! The order of checks: the credentials have the form of one bearer token; the token has the form
//! of a JWS; its issuer is known; the signature is that issuer's; `typ` is one that is asked for; the required claims are
//! there; it is valid now; it is meant for us; the other claims are of the right types; it was not revoked. The first
//! failure is the answer, and none of them is ever taken as "no token".
//!
//! Nothing here reads a clock or speaks to Envoy: time is an argument, and what only the place we run
//! in can know comes through [`Host`].

#![forbid(unsafe_code)]

pub mod json;
pub mod structpb;
pub mod text;

mod algorithm;
mod authenticator;
mod claims;
mod cookie;
mod credentials;
mod host;
mod issuer;
mod jwk;
mod jwt;
mod key;
mod key_set;
mod material;
mod memory;
mod metadata;
mod names;
mod namesake;
mod principal;
mod query;
mod rejection;
mod remote_keys;
mod removal;
mod revoked;
mod roles;
mod scopes;
mod source;
mod time;
mod token_cache;
mod validity;
#[cfg(test)]
mod vectors;

pub use crate::algorithm::{Algorithm, Hash};
pub use crate::authenticator::{Authenticator, CacheCounts, TokenRules};
pub use crate::claims::{ClaimPath, Claims, InvalidClaimPath};
pub use crate::credentials::{Credentials, InvalidTokenSources, TokenSources};
pub use crate::host::{Host, HostFailure, Verdict};
pub use crate::issuer::{Issuer, Signature, media_type};
pub use crate::jwk::UnusableKey;
pub use crate::key_set::{InvalidKeySet, KeySet, ParsedKeySet, SkippedKey};
pub use crate::names::{Names, Numbers, Vocabulary};
pub use crate::principal::Principal;
pub use crate::rejection::{InvalidToken, Part, Unauthenticated};
pub use crate::remote_keys::{FetchCounts, Fetched, KeySource, RemoteKeys};
pub use crate::revoked::Revoked;
pub use crate::roles::{RoleSource, Roles};
pub use crate::source::TokenSource;
pub use crate::time::UnixTime;
pub use crate::token_cache::CacheLimits;
