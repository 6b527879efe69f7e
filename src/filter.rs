//! One request: its headers to a decision, and to what Envoy does with it.

use std::rc::Rc;

use gate::{HostFailure, Reply};
use log::error;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

use crate::change::clear_trailers;
use crate::host;
use crate::worker::{Answer, Worker};

/// One request.
pub(crate) struct Stream {
    id: u32,
    worker: Option<Rc<Worker>>,
}

impl Stream {
    pub(crate) fn new(id: u32, worker: Option<Rc<Worker>>) -> Self {
        Self { id, worker }
    }

    /// Asks for what it takes to come back to a request. One that the host would not let us come back to is not held.
    fn hold(&self) -> Result<(), HostFailure> {
        host::set_effective_context(self.id)?;
        host::set_tick_period(host::SOON)
    }

    /// Nothing of a request goes on while its headers wait. Envoy would let the body carry them on where
    /// `allow_on_headers_stop_iteration` is set.
    fn held(&self) -> Action {
        match &self.worker {
            Some(worker) if !worker.waiting.borrow().contains(self.id) => Action::Continue,
            _ => Action::Pause,
        }
    }
}

impl Context for Stream {}

impl HttpContext for Stream {
    /// Decides on the headers alone, before any of the request goes on.
    fn on_http_request_headers(&mut self, _count: usize, _end_of_stream: bool) -> Action {
        let Some(worker) = &self.worker else {
            error!("no configuration was taken");
            deny(&Reply::unavailable());
            return Action::Pause;
        };
        match worker.answer(None) {
            Answer::Allow => return Action::Continue,
            Answer::Deny(reply) => deny(&reply),
            Answer::Wait(patience) => match self.hold() {
                Ok(()) => worker.waiting.borrow_mut().add(self.id, patience),
                Err(failure) => {
                    error!("{failure}");
                    deny(&Reply::unavailable());
                }
            },
        }
        Action::Pause
    }

    fn on_http_request_body(&mut self, _size: usize, _end_of_stream: bool) -> Action {
        self.held()
    }

    fn on_http_request_trailers(&mut self, _count: usize) -> Action {
        let cleared = self.worker.as_ref().map_or(Ok(()), |worker| clear_trailers(&worker.gate));
        if let Err(failure) = cleared {
            error!("{failure}");
            deny(&Reply::unavailable());
            return Action::Pause;
        }
        self.held()
    }
}

impl Drop for Stream {
    /// A client that gives up waits no longer.
    fn drop(&mut self) {
        if let Some(worker) = &self.worker {
            worker.waiting.borrow_mut().remove(self.id);
        }
    }
}

/// Sends the reply, after which Envoy is done with the request.
pub(crate) fn deny(reply: &Reply) {
    if let Err(failure) = host::send_local_response(reply) {
        error!("{failure}");
        // Pausing would not do: Envoy may let the body carry the headers on
        // (`allow_on_headers_stop_iteration`). A dead VM is answered with 503, whatever is configured
        // but FAIL_OPEN.
        std::process::abort();
    }
}
