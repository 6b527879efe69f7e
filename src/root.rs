//! The root of one configuration on one worker: takes the configuration, fetches keys, lets go of the requests that
//! waited for them, and shows what was counted.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;

use gate::{Gate, Reply};
use log::{error, info, warn};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;

use crate::fetch::Fetches;
use crate::filter::{Stream, deny};
use crate::host::{self, Envoy};
use crate::metrics;
use crate::waiting::Patience;
use crate::worker::{Answer, Worker};

/// One configuration on one worker.
pub(crate) struct Root {
    id: u32,
    /// `None` until a configuration was taken, in which state every request is denied.
    worker: Option<Rc<Worker>>,
    fetches: Fetches,
}

thread_local! {
    /// The configurations of this VM that are in force. The one that replaces another is taken while that still
    /// is, and then goes on with its keys.
    static IN_FORCE: RefCell<Vec<Weak<Worker>>> = const { RefCell::new(Vec::new()) };
}

impl Root {
    pub(crate) fn new(id: u32) -> Self {
        Self { id, worker: None, fetches: Fetches::default() }
    }

    fn take(&mut self, gate: Gate) {
        let envoy = Envoy::probe();
        let way = if envoy.verifies() { "by Envoy" } else { "in software" };
        info!("configuration taken, {} rules; signatures {way}", gate.rules().len());
        for warning in gate.warnings() {
            warn!("{warning}");
        }
        let fetches = gate.remote_keys().next().is_some();
        let counts = metrics::define(&gate);
        let worker = Rc::new(Worker::new(gate, envoy));
        IN_FORCE.with_borrow_mut(|in_force| {
            in_force.retain(|other| other.strong_count() > 0);
            for other in in_force.iter().filter_map(Weak::upgrade) {
                worker.gate.adopt_keys(&other.gate);
            }
            in_force.push(Rc::downgrade(&worker));
        });
        self.worker = Some(worker);
        if fetches {
            // Not from here: while Envoy starts, its clusters are not ready yet.
            tick_after(host::SOON);
        } else if counts {
            tick_after(IDLE);
        }
    }

    /// Decides again on the requests that wait, where something may have changed for them.
    fn serve_waiting(&self, worker: &Worker, now: u64) {
        let due = worker.waiting.borrow_mut().due(now);
        if due.is_empty() {
            return;
        }
        for (id, patience) in due {
            match host::set_effective_context(id) {
                Ok(()) => serve(worker, id, patience),
                Err(failure) => {
                    error!("{failure}");
                    worker.waiting.borrow_mut().remove(id);
                }
            }
        }
        if let Err(failure) = host::set_effective_context(self.id) {
            error!("{failure}");
        }
    }
}

impl Context for Root {
    /// A fetch ended. What it changes is done in the next tick: inside this callback, Envoy before 1.37 does
    /// not verify signatures.
    fn on_http_call_response(&mut self, token: u32, headers: usize, body: usize, _: usize) {
        let Some(worker) = &self.worker else { return };
        self.fetches.finish(token, (headers, body), &worker.gate);
        worker.waiting.borrow_mut().wake();
        tick_after(host::SOON);
    }
}

impl Drop for Root {
    /// The configuration goes, and no request is left that it decides on.
    fn drop(&mut self) {
        if let Some(worker) = &self.worker {
            metrics::flush(&worker.gate);
        }
    }
}

impl RootContext for Root {
    /// Takes the configuration whole or refuses it: at start Envoy then does not run, on an update it
    /// keeps the last good one.
    fn on_configure(&mut self, _size: usize) -> bool {
        let configuration = self.get_plugin_configuration().unwrap_or_default();
        match Gate::from_configuration(&configuration) {
            Ok(gate) => {
                self.take(gate);
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

    fn on_tick(&mut self) {
        let Some(worker) = self.worker.clone() else { return };
        match host::nanoseconds() {
            Ok(now) => {
                self.fetches.start_due(&worker.gate, now);
                self.serve_waiting(&worker, now);
            }
            Err(failure) => error!("{failure}"),
        }
        metrics::flush(&worker.gate);
        tick_after(if worker.waiting.borrow().is_empty() { IDLE } else { BUSY });
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    /// Always a filter: `None` would be a trap, and a request without a filter would pass.
    fn create_http_context(&self, id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Stream::new(id, self.worker.clone())))
    }
}

/// Serves a request that waited and whose context is in effect.
fn serve(worker: &Worker, id: u32, patience: Patience) {
    let answer = worker.answer(Some(patience));
    if !matches!(answer, Answer::Wait(_)) {
        worker.waiting.borrow_mut().remove(id);
    }
    match answer {
        Answer::Wait(_) => {}
        Answer::Deny(reply) => deny(&reply),
        Answer::Allow => {
            if let Err(failure) = host::continue_request() {
                error!("{failure}");
                deny(&Reply::unavailable());
            }
        }
    }
}

/// Asks for the next tick.
fn tick_after(period: Duration) {
    if let Err(failure) = host::set_tick_period(period) {
        error!("{failure}");
    }
}

/// While requests wait: by how much they may wait longer than they should.
const BUSY: Duration = Duration::from_millis(50);
/// Otherwise: fetches are planned in seconds, and counts are shown as often.
const IDLE: Duration = Duration::from_secs(1);
