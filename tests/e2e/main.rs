//! The built module in a real Envoy, configured by the files that ship.

mod abi;
mod access_log;
mod cases;
mod compose;
mod configuration;
mod decision_table;
mod demo;
mod docs;
mod faults;
mod forward;
mod host;
mod idp;
mod jwks;
mod manifests;
mod memory;
mod metrics;
mod paths;
mod protocols;
mod readme;
mod reload;
mod remote_jwks;
mod replies;
mod roles;
mod sources;
mod tokens;
