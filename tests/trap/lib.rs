//! The filter with a hole on purpose, which only tests load: a request with a header `x-claimgate-trap` ends the VM.
//!
//! It is the filter's own source, with another way in. So nothing of this is, or ever was, in the module that ships.

#[path = "../../src/change.rs"]
mod change;
#[path = "../../src/fetch.rs"]
mod fetch;
#[path = "../../src/filter.rs"]
mod filter;
#[path = "../../src/headers.rs"]
mod headers;
#[path = "../../src/host.rs"]
mod host;
#[path = "../../src/metrics.rs"]
mod metrics;
#[path = "../../src/probe.rs"]
mod probe;
#[path = "../../src/root.rs"]
mod root;
#[path = "../../src/signature.rs"]
mod signature;
#[path = "../../src/waiting.rs"]
mod waiting;
#[path = "../../src/worker.rs"]
mod worker;

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel};

use crate::root::Root;

mod entry {
    use super::{LogLevel, Root, Trapping};

    proxy_wasm::main! {{
        proxy_wasm::set_log_level(LogLevel::Info);
        proxy_wasm::set_root_context(|id| Box::new(Trapping(Root::new(id))));
    }}
}

/// The filter's part, which comes second.
struct Trapping<T: ?Sized>(T);

impl Context for Trapping<Root> {
    fn on_http_call_response(&mut self, token: u32, headers: usize, body: usize, trailers: usize) {
        self.0.on_http_call_response(token, headers, body, trailers);
    }
}

impl RootContext for Trapping<Root> {
    fn on_configure(&mut self, size: usize) -> bool {
        self.0.on_configure(size)
    }

    fn on_tick(&mut self) {
        self.0.on_tick();
    }

    fn get_type(&self) -> Option<ContextType> {
        self.0.get_type()
    }

    fn create_http_context(&self, id: u32) -> Option<Box<dyn HttpContext>> {
        let stream = self.0.create_http_context(id)?;
        Some(Box::new(Trapping(stream)))
    }
}

impl Context for Trapping<Box<dyn HttpContext>> {}

impl HttpContext for Trapping<Box<dyn HttpContext>> {
    fn on_http_request_headers(&mut self, count: usize, end_of_stream: bool) -> Action {
        let asked = host::request_headers().is_ok_and(|headers| {
            // All are read, or none counts.
            let count = headers.read(|pairs| pairs.filter(|(name, _)| *name == TRAP).count());
            count.is_ok_and(|count| count > 0)
        });
        if asked {
            // Also what tells this module from the one that ships.
            log::error!("x-claimgate-trap ends the VM");
            std::arch::wasm32::unreachable();
        }
        self.0.on_http_request_headers(count, end_of_stream)
    }

    fn on_http_request_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        self.0.on_http_request_body(size, end_of_stream)
    }

    fn on_http_request_trailers(&mut self, count: usize) -> Action {
        self.0.on_http_request_trailers(count)
    }
}

const TRAP: &[u8] = b"x-claimgate-trap";
