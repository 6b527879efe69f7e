//! The filter: configuration to gate once, then each request's headers to a decision.

use std::rc::Rc;

use gate::{Gate, HostFailure, Reply};
use log::{error, info, warn};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType};

use crate::host::{self, Envoy};

/// One configuration in force on one worker.
#[derive(Default)]
pub(crate) struct Root {
    /// `None` until a configuration was taken, in which state every request is denied.
    gate: Option<Rc<Gate>>,
    envoy: Envoy,
}

/// One request.
struct Stream {
    gate: Option<Rc<Gate>>,
    envoy: Envoy,
}

impl Context for Root {}

impl RootContext for Root {
    /// Takes the configuration whole or refuses it: at start Envoy then does not run, on an update it
    /// keeps the last good one.
    fn on_configure(&mut self, _size: usize) -> bool {
        let configuration = self.get_plugin_configuration().unwrap_or_default();
        match Gate::from_configuration(&configuration) {
            Ok(gate) => {
                self.envoy = Envoy::probe();
                let way = if self.envoy.verifies() { "by Envoy" } else { "in software" };
                info!("configuration taken, {} rules; signatures {way}", gate.rules().len());
                for warning in gate.warnings() {
                    warn!("{warning}");
                }
                self.gate = Some(Rc::new(gate));
                true
            }
            Err(refused) => {
                let count = refused.problems().len();
                error!("configuration refused, problems: {count}");
                for problem in refused.problems() {
                    error!("{problem}");
                }
                false
            }
        }
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    /// Always a filter: `None` would be a trap, and a request without a filter would pass.
    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Stream { gate: self.gate.clone(), envoy: self.envoy }))
    }
}

impl Context for Stream {}

impl HttpContext for Stream {
    /// Decides on the headers alone, before any of the request goes on.
    fn on_http_request_headers(&mut self, _count: usize, _end_of_stream: bool) -> Action {
        let reply = self.decide().unwrap_or_else(|failure| {
            error!("{failure}");
            Some(Reply::unavailable())
        });
        match reply {
            None => Action::Continue,
            Some(reply) => deny(&reply),
        }
    }
}

impl Stream {
    /// The reply to a denied request; `None` where the request may go on.
    fn decide(&self) -> Result<Option<Reply>, HostFailure> {
        let no_gate = || HostFailure("no configuration was taken".to_owned());
        let gate = self.gate.as_ref().ok_or_else(no_gate)?;
        let headers = host::request_headers()?;
        let request = gate.request(headers.pairs()?);
        let decision = match host::now() {
            Ok(now) => gate.decide(&request, &self.envoy, now),
            Err(failure) => gate.undecided(failure),
        };
        if let Some(line) = gate.audit(&request, &decision) {
            info!("{line}");
        }
        Ok(gate.reply(&request, &decision))
    }
}

/// Sends the reply, after which Envoy is done with the request.
fn deny(reply: &Reply) -> Action {
    if let Err(failure) = host::send_local_response(reply) {
        error!("{failure}");
        // Pausing would not do: Envoy may let the body carry the headers on
        // (`allow_on_headers_stop_iteration`). A dead VM is answered with 503, whatever is configured
        // but FAIL_OPEN.
        std::process::abort();
    }
    Action::Pause
}
