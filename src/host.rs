//! The calls to Envoy that a request needs.
//!
//! The SDK's own wrappers panic on a status they do not expect, which would take the whole VM down; here
//! every other status than "ok" is a [`HostFailure`], and the request is denied. This is the one file with
//! `unsafe`: the calls are foreign functions, and they hand memory over.

#![expect(
    unsafe_code,
    reason = "host calls are foreign functions; pointers and lengths passed here are of live buffers"
)]

use std::ptr;
use std::time::Duration;

use gate::{Hash, Host, HostFailure, Reply, Verdict};

use crate::headers::Headers;
use crate::{probe, signature};

/// Envoy, as a host.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Envoy {
    /// Whether it checks signatures: asked once, when a configuration is taken.
    verifies: bool,
}

impl Envoy {
    /// Finds out what this host can do.
    pub(crate) fn probe() -> Self {
        Self { verifies: probe::host_verifies() }
    }

    /// Whether it checks signatures.
    pub(crate) fn verifies(self) -> bool {
        self.verifies
    }
}

impl Host for Envoy {
    /// The property `metadata` is the whole message, its values with their kinds.
    fn dynamic_metadata(&self) -> Result<Vec<u8>, HostFailure> {
        const PROPERTY: &[u8] = b"metadata";
        received("proxy_get_property", |data, size| {
            // SAFETY: the path is a live buffer of the length given; `data` and `size` are live.
            unsafe { proxy_get_property(PROPERTY.as_ptr(), PROPERTY.len(), data, size) }
        })
    }

    fn verify(
        &self,
        hash: Hash,
        spki: &[u8],
        signature: &[u8],
        text: &[u8],
    ) -> Result<Verdict, HostFailure> {
        if !self.verifies {
            return Ok(Verdict::Unable);
        }
        signature::verify(hash, spki, signature, text)
    }
}

/// Calls one of Envoy's functions that are no part of the ABI.
pub(crate) fn call_foreign_function(name: &str, arguments: &[u8]) -> Result<Vec<u8>, HostFailure> {
    received("proxy_call_foreign_function", |data, size| {
        // SAFETY: name and arguments are live buffers of the lengths given; `data` and `size` are live.
        unsafe {
            proxy_call_foreign_function(
                name.as_ptr(),
                name.len(),
                arguments.as_ptr(),
                arguments.len(),
                data,
                size,
            )
        }
    })
}

/// Puts a text into the filter state of the request in effect, for access logs, under `wasm.` and this name.
pub(crate) fn set_filter_state(name: &str, text: &str) -> Result<(), HostFailure> {
    // SAFETY: name and text are live buffers of the lengths given.
    let status =
        unsafe { proxy_set_property(name.as_ptr(), name.len(), text.as_ptr(), text.len()) };
    ok("proxy_set_property", status)
}

/// All request headers in one call.
pub(crate) fn request_headers() -> Result<Headers, HostFailure> {
    header_map(HTTP_REQUEST_HEADERS)
}

/// All request trailers, inside their callback.
pub(crate) fn request_trailers() -> Result<Headers, HostFailure> {
    header_map(HTTP_REQUEST_TRAILERS)
}

/// Removes a request header, as often as it is there.
pub(crate) fn remove_header(name: &[u8]) -> Result<(), HostFailure> {
    remove(HTTP_REQUEST_HEADERS, name)
}

/// Removes a request trailer, inside the callback for them.
pub(crate) fn remove_trailer(name: &[u8]) -> Result<(), HostFailure> {
    remove(HTTP_REQUEST_TRAILERS, name)
}

fn remove(map: i32, name: &[u8]) -> Result<(), HostFailure> {
    // SAFETY: the name is a live buffer of the length given.
    let status = unsafe { proxy_remove_header_map_value(map, name.as_ptr(), name.len()) };
    ok("proxy_remove_header_map_value", status)
}

/// Adds a request header to those of its name.
pub(crate) fn add_header(name: &str, value: &[u8]) -> Result<(), HostFailure> {
    // SAFETY: name and value are live buffers of the lengths given.
    let status = unsafe {
        proxy_add_header_map_value(
            HTTP_REQUEST_HEADERS,
            name.as_ptr(),
            name.len(),
            value.as_ptr(),
            value.len(),
        )
    };
    ok("proxy_add_header_map_value", status)
}

/// Gives a request header this value.
pub(crate) fn replace_header(name: &str, value: &[u8]) -> Result<(), HostFailure> {
    // SAFETY: name and value are live buffers of the lengths given.
    let status = unsafe {
        proxy_replace_header_map_value(
            HTTP_REQUEST_HEADERS,
            name.as_ptr(),
            name.len(),
            value.as_ptr(),
            value.len(),
        )
    };
    ok("proxy_replace_header_map_value", status)
}

/// The headers of the answer to an HTTP call, inside its callback.
pub(crate) fn response_headers() -> Result<Headers, HostFailure> {
    header_map(6)
}

fn header_map(map: i32) -> Result<Headers, HostFailure> {
    let serialized = received("proxy_get_header_map_pairs", |data, size| {
        // SAFETY: `data` and `size` are live.
        unsafe { proxy_get_header_map_pairs(map, data, size) }
    })?;
    Ok(Headers::new(serialized))
}

/// The body of the answer to an HTTP call, inside its callback; not more of it than this.
pub(crate) fn response_body(most: usize) -> Result<Vec<u8>, HostFailure> {
    const HTTP_CALL_RESPONSE_BODY: i32 = 4;
    received("proxy_get_buffer_bytes", |data, size| {
        // SAFETY: `data` and `size` are live.
        unsafe { proxy_get_buffer_bytes(HTTP_CALL_RESPONSE_BODY, 0, most, data, size) }
    })
}

/// The time now, in nanoseconds since the epoch.
pub(crate) fn nanoseconds() -> Result<u64, HostFailure> {
    let mut nanoseconds = 0;
    // SAFETY: the pointer is to a live u64.
    let status = unsafe { proxy_get_current_time_nanoseconds(&raw mut nanoseconds) };
    ok("proxy_get_current_time_nanoseconds", status)?;
    Ok(nanoseconds)
}

/// Whether the host shows lines of level info now.
pub(crate) fn shows_information() -> Result<bool, HostFailure> {
    const INFO: u32 = 2;
    let mut least = 0;
    // SAFETY: the pointer is to a live u32.
    ok("proxy_get_log_level", unsafe { proxy_get_log_level(&raw mut least) })?;
    Ok(least <= INFO)
}

/// Envoy's number for the counter of this name, another one each time.
pub(crate) fn define_counter(name: &str) -> Result<u32, HostFailure> {
    const COUNTER: i32 = 0;
    let mut id = 0;
    // SAFETY: the name is a live buffer of the length given; the pointer is to a live u32.
    let status = unsafe { proxy_define_metric(COUNTER, name.as_ptr(), name.len(), &raw mut id) };
    ok("proxy_define_metric", status)?;
    Ok(id)
}

/// Adds to a counter.
pub(crate) fn increment_metric(id: u32, count: u64) -> Result<(), HostFailure> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    // SAFETY: no memory is handed over.
    ok("proxy_increment_metric", unsafe { proxy_increment_metric(id, count) })
}

/// Asks for a tick of this configuration's root after each such period.
pub(crate) fn set_tick_period(period: Duration) -> Result<(), HostFailure> {
    let milliseconds = u32::try_from(period.as_millis()).unwrap_or(u32::MAX);
    // SAFETY: no memory is handed over.
    let status = unsafe { proxy_set_tick_period_milliseconds(milliseconds) };
    ok("proxy_set_tick_period_milliseconds", status)
}

/// The next tick as soon as the present callback is over.
pub(crate) const SOON: Duration = Duration::from_millis(1);

/// Makes the host calls that follow in this callback those of another context.
pub(crate) fn set_effective_context(id: u32) -> Result<(), HostFailure> {
    // SAFETY: no memory is handed over.
    ok("proxy_set_effective_context", unsafe { proxy_set_effective_context(id) })
}

/// Lets the request in effect, which was held, go on.
pub(crate) fn continue_request() -> Result<(), HostFailure> {
    const HTTP_REQUEST: i32 = 0;
    // SAFETY: no memory is handed over.
    ok("proxy_continue_stream", unsafe { proxy_continue_stream(HTTP_REQUEST) })
}

/// Answers the request in the upstream's place.
pub(crate) fn send_local_response(reply: &Reply) -> Result<(), HostFailure> {
    let headers = serialized(&reply.headers)?;
    let body = reply.body.as_bytes();
    let details = reply.details.as_bytes();
    // -1: not a gRPC reply.
    let grpc_status = reply.grpc_status.map_or(-1, i32::from);
    // SAFETY: each pointer is to a live buffer of the length given beside it.
    let status = unsafe {
        proxy_send_local_response(
            u32::from(reply.status),
            details.as_ptr(),
            details.len(),
            body.as_ptr(),
            body.len(),
            headers.as_ptr(),
            headers.len(),
            grpc_status,
        )
    };
    ok("proxy_send_local_response", status)
}

/// The bytes that a host call hands over; none where it says "not found".
fn received(
    call: &str,
    host: impl FnOnce(*mut *mut u8, *mut usize) -> i32,
) -> Result<Vec<u8>, HostFailure> {
    const NOT_FOUND: i32 = 1;
    let mut data: *mut u8 = ptr::null_mut();
    let mut size: usize = 0;
    let status = host(&raw mut data, &raw mut size);
    if status == NOT_FOUND {
        return Ok(Vec::new());
    }
    ok(call, status)?;
    if data.is_null() {
        return Ok(Vec::new());
    }
    // SAFETY: the host got this buffer from the allocator exported for it (`proxy_on_memory_allocate`,
    // which gives away a boxed slice of exactly this size), filled it, and forgets it.
    Ok(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(data, size)) }.into_vec())
}

fn ok(call: &str, status: i32) -> Result<(), HostFailure> {
    match status {
        0 => Ok(()),
        _ => Err(HostFailure(format!("{call} answered with status {status}"))),
    }
}

const HTTP_REQUEST_HEADERS: i32 = 0;
const HTTP_REQUEST_TRAILERS: i32 = 1;

/// A header map in the form described in [`Headers`].
fn serialized(headers: &[(&'static str, String)]) -> Result<Vec<u8>, HostFailure> {
    let mut lengths = Vec::new();
    let mut texts = Vec::new();
    for text in headers.iter().flat_map(|(name, value)| [*name, value.as_str()]) {
        lengths.extend(length(text.len())?);
        texts.extend(text.as_bytes());
        texts.push(0);
    }
    Ok([&length(headers.len())?, lengths.as_slice(), texts.as_slice()].concat())
}

fn length(length: usize) -> Result<[u8; 4], HostFailure> {
    let length =
        u32::try_from(length).map_err(|_| HostFailure("a header is too long".to_owned()))?;
    Ok(length.to_le_bytes())
}

unsafe extern "C" {
    fn proxy_add_header_map_value(
        map: i32,
        name: *const u8,
        name_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> i32;
    fn proxy_call_foreign_function(
        name: *const u8,
        name_size: usize,
        arguments: *const u8,
        arguments_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> i32;
    fn proxy_continue_stream(stream: i32) -> i32;
    fn proxy_define_metric(kind: i32, name: *const u8, name_size: usize, id: *mut u32) -> i32;
    fn proxy_get_buffer_bytes(
        buffer: i32,
        start: usize,
        most: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> i32;
    fn proxy_get_header_map_pairs(map: i32, data: *mut *mut u8, size: *mut usize) -> i32;
    fn proxy_get_log_level(least: *mut u32) -> i32;
    fn proxy_get_property(
        path: *const u8,
        path_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> i32;
    fn proxy_get_current_time_nanoseconds(time: *mut u64) -> i32;
    fn proxy_increment_metric(id: u32, offset: i64) -> i32;
    fn proxy_remove_header_map_value(map: i32, name: *const u8, name_size: usize) -> i32;
    fn proxy_replace_header_map_value(
        map: i32,
        name: *const u8,
        name_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> i32;
    fn proxy_set_effective_context(id: u32) -> i32;
    fn proxy_set_property(
        path: *const u8,
        path_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> i32;
    fn proxy_set_tick_period_milliseconds(period: u32) -> i32;
    fn proxy_send_local_response(
        status: u32,
        details: *const u8,
        details_size: usize,
        body: *const u8,
        body_size: usize,
        headers: *const u8,
        headers_size: usize,
        grpc_status: i32,
    ) -> i32;
}
