//! May they: from a request's [`Target`] and a [`Principal`](authn::Principal) to yes or no, over the
//! compiled permission table. A failure here is a 403, a target that cannot be read is a 400.
//!
//! The words, each with one meaning:
//!
//! - *target*: the request's method, host and path
//! - *pattern*: what a rule's host, method or path is written as
//! - *rule*: one row of the permission table; *requirement*: what it asks of the principal
//! - *policy*: the whole table, compiled
//!
//! Path patterns are whole segments: `/a/b` literal, `{name}` or `*` one segment, `/**` or `/{name=**}`
//! at the end for zero or more. How the upstream reads paths is said by [`PathOptions`], in patterns and in targets.
//!
//! Of the rows that match a target on host, path and method, the most specific governs, alone: host
//! exact before `*.suffix` (a longer one before a shorter) before any; then segment by segment literal
//! before variable before rest; then a named method before any. The order of rows never matters; two
//! rows that tie are refused when the policy is built. No row: denied.

#![forbid(unsafe_code)]

mod authority;
mod byte_set;
mod claim_test;
mod classes;
mod example;
mod hosts;
mod matching;
#[cfg(any(test, feature = "reference"))]
pub mod naive;
mod outlook;
mod part;
mod path;
mod pattern;
mod permission;
mod permits;
mod policy;
mod requirement;
mod roles;
mod rule;
mod target;
mod tree;
mod unmet;
mod written;

pub use crate::authority::InvalidAuthority;
pub use crate::claim_test::{ClaimTest, Expected};
pub use crate::example::{Example, Examples};
pub use crate::matching::{Beaten, Matching};
pub use crate::outlook::{Asker, Outlook, Said};
pub use crate::part::Part;
pub use crate::path::{Case, EncodedSlash, InvalidPath, PathOptions, Semicolon, TrailingSlash};
pub use crate::pattern::{HostPattern, InvalidPattern, MethodPattern, PathPattern};
pub use crate::permission::{InvalidPermission, Permission, PermissionPattern};
pub use crate::policy::{Governing, Policy, Tie, Words};
pub use crate::requirement::{Facts, Requirement, Scopes};
pub use crate::roles::{ANONYMOUS, Grant, InvalidRoles, RoleDefinition, Roles};
pub use crate::rule::{Access, Rule};
pub use crate::target::{InvalidTarget, Target, token};
pub use crate::unmet::Unmet;
