//! The changes that a request needs before it goes on, carried out.

use gate::{Changes, Gate, HostFailure};

use crate::host;

/// Makes these changes to the request in effect. Where one fails, the request must not go on: what a client wrote of
/// itself may still be there.
pub(crate) fn carry_out(changes: &Changes<'_>) -> Result<(), HostFailure> {
    for name in &changes.removed {
        host::remove_header(name)?;
    }
    for (name, value) in &changes.added {
        host::add_header(name, value)?;
    }
    match &changes.path {
        Some(path) => host::replace_header(":path", path),
        None => Ok(()),
    }
}

/// Removes the trailers of the request in effect that could be taken for headers which are forwarded.
pub(crate) fn clear_trailers(gate: &Gate) -> Result<(), HostFailure> {
    if !gate.reads_trailers() {
        return Ok(());
    }
    let trailers = host::request_trailers()?;
    trailers.read(|pairs| gate.forged(pairs))?.into_iter().try_for_each(host::remove_trailer)
}
