//! claimgate in Envoy: a proxy-wasm HTTP filter that asks the [`gate`] about each request's headers and
//! lets the request go on or answers it on the spot.
//!
//! Only this package speaks to Envoy. What can fail here fails closed: a denial with 503, never a trap and
//! never a request let through.

mod change;
mod fetch;
mod filter;
mod headers;
mod host;
mod metrics;
mod probe;
mod root;
mod signature;
mod waiting;
mod worker;

use proxy_wasm::types::LogLevel;

use crate::root::Root;

/// Where Envoy enters: `_initialize`, which the macro exports.
mod entry {
    use super::{LogLevel, Root};

    proxy_wasm::main! {{
        proxy_wasm::set_log_level(LogLevel::Info);
        proxy_wasm::set_root_context(|id| Box::new(Root::new(id)));
    }}
}
