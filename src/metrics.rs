//! The gate's counts, as counters of Envoy's.
//!
//! They are carried over from time to time, so that a request costs no host call. A host that wants none of them is told
//! of once, and stops nothing.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use gate::{Gate, HostFailure};
use log::warn;

use crate::host;

thread_local! {
    /// Envoy's numbers for the counters of this VM, by name. A counter that is defined anew gets another number, and
    /// Envoy keeps them all.
    static DEFINED: RefCell<BTreeMap<String, u32>> = const { RefCell::new(BTreeMap::new()) };
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// Shows the metrics that are there from the start; false where the host wants none.
pub(crate) fn define(gate: &Gate) -> bool {
    attempt(|| gate.metrics().into_iter().try_for_each(|name| counter(name).map(drop)))
}

/// Adds what was counted since the last time.
pub(crate) fn flush(gate: &Gate) {
    attempt(|| {
        gate.take_counts()
            .into_iter()
            .try_for_each(|(name, count)| host::increment_metric(counter(name)?, count))
    });
}

/// Envoy's number for a counter.
fn counter(name: String) -> Result<u32, HostFailure> {
    if let Some(id) = DEFINED.with_borrow(|defined| defined.get(&name).copied()) {
        return Ok(id);
    }
    let id = host::define_counter(&name)?;
    DEFINED.with_borrow_mut(|defined| defined.insert(name, id));
    Ok(id)
}

/// Does it, unless that failed before.
fn attempt(work: impl FnOnce() -> Result<(), HostFailure>) -> bool {
    if REFUSED.get() {
        return false;
    }
    if let Err(failure) = work() {
        warn!("there will be no metrics: {failure}");
        REFUSED.set(true);
    }
    !REFUSED.get()
}
