//! The calls that are carried out.

use anyhow::Result;
use wasmi::{Caller, Error, Extern, Linker, Memory};

use super::{Lie, LocalReply, NOT_FOUND, State};

type Module<'c> = Caller<'c, State>;

/// Gives these calls to a module.
pub(super) fn define(linker: &mut Linker<State>) -> Result<()> {
    linker.func_wrap("env", "proxy_log", log)?;
    linker.func_wrap("env", "proxy_get_log_level", log_level)?;
    linker.func_wrap("env", "proxy_get_buffer_bytes", buffer_bytes)?;
    linker.func_wrap("env", "proxy_get_header_map_pairs", header_map_pairs)?;
    linker.func_wrap("env", "proxy_get_current_time_nanoseconds", time)?;
    linker.func_wrap("env", "proxy_send_local_response", local_response)?;
    linker.func_wrap("env", "proxy_set_tick_period_milliseconds", tick_period)?;
    linker.func_wrap("env", "proxy_define_metric", define_metric)?;
    linker.func_wrap("env", "proxy_increment_metric", increment_metric)?;
    linker.func_wrap("env", "proxy_get_property", property)?;
    linker.func_wrap("env", "proxy_set_effective_context", effective_context)?;
    linker.func_wrap("env", "proxy_continue_stream", continue_stream)?;
    linker.func_wrap("env", "proxy_http_call", http_call)?;
    Ok(())
}

fn log(mut module: Module<'_>, _level: i32, text: u32, size: u32) -> Result<i32, Error> {
    let text = String::from_utf8_lossy(&read(&module, text, size)?).into_owned();
    module.data_mut().log.push(text);
    Ok(OK)
}

fn log_level(mut module: Module<'_>, level: u32) -> Result<i32, Error> {
    let least = module.data().level.to_le_bytes();
    unless_failing(&mut module, "proxy_get_log_level", |module| write(module, level, &least))
}

fn buffer_bytes(
    mut module: Module<'_>,
    buffer: i32,
    _start: u32,
    _most: u32,
    data: u32,
    size: u32,
) -> Result<i32, Error> {
    const HTTP_CALL_RESPONSE_BODY: i32 = 4;
    let state = module.data();
    let is_body = buffer == HTTP_CALL_RESPONSE_BODY;
    let bytes = if is_body { &state.fetched.1 } else { &state.configuration }.clone();
    hand_over(&mut module, "proxy_get_buffer_bytes", &bytes, data, size)
}

fn header_map_pairs(mut module: Module<'_>, map: i32, data: u32, size: u32) -> Result<i32, Error> {
    const HTTP_CALL_RESPONSE_HEADERS: i32 = 6;
    let state = module.data();
    let is_answer = map == HTTP_CALL_RESPONSE_HEADERS;
    let bytes = if is_answer { &state.fetched.0 } else { &state.headers }.clone();
    hand_over(&mut module, "proxy_get_header_map_pairs", &bytes, data, size)
}

/// The metadata, whichever property is asked for.
fn property(
    mut module: Module<'_>,
    _path: u32,
    _path_size: u32,
    data: u32,
    size: u32,
) -> Result<i32, Error> {
    let bytes = module.data().metadata.clone();
    if bytes.is_empty() && !module.data().failing.contains_key("proxy_get_property") {
        return Ok(NOT_FOUND);
    }
    hand_over(&mut module, "proxy_get_property", &bytes, data, size)
}

fn effective_context(mut module: Module<'_>, _id: u32) -> Result<i32, Error> {
    unless_failing(&mut module, "proxy_set_effective_context", |_| Ok(()))
}

fn continue_stream(mut module: Module<'_>, _stream: i32) -> Result<i32, Error> {
    unless_failing(&mut module, "proxy_continue_stream", |module| {
        module.data_mut().resumed = true;
        Ok(())
    })
}

#[expect(clippy::too_many_arguments, reason = "as many as the ABI has")]
fn http_call(
    mut module: Module<'_>,
    _cluster: u32,
    _cluster_size: u32,
    _headers: u32,
    _headers_size: u32,
    _body: u32,
    _body_size: u32,
    _trailers: u32,
    _trailers_size: u32,
    _timeout: u32,
    token: u32,
) -> Result<i32, Error> {
    unless_failing(&mut module, "proxy_http_call", |module| {
        module.data_mut().fetches += 1;
        let number = module.data().fetches;
        write(module, token, &number.to_le_bytes())
    })
}

fn time(mut module: Module<'_>, nanoseconds: u32) -> Result<i32, Error> {
    let now = module.data().now.to_le_bytes();
    unless_failing(&mut module, "proxy_get_current_time_nanoseconds", |module| {
        write(module, nanoseconds, &now)
    })
}

#[expect(clippy::too_many_arguments, reason = "as many as the ABI has")]
fn local_response(
    mut module: Module<'_>,
    status: u32,
    _details: u32,
    _details_size: u32,
    body: u32,
    body_size: u32,
    _headers: u32,
    _headers_size: u32,
    _grpc_status: i32,
) -> Result<i32, Error> {
    unless_failing(&mut module, "proxy_send_local_response", |module| {
        let body = String::from_utf8_lossy(&read(module, body, body_size)?).into_owned();
        module.data_mut().reply = Some(LocalReply { status, body });
        Ok(())
    })
}

fn tick_period(mut module: Module<'_>, _milliseconds: u32) -> Result<i32, Error> {
    unless_failing(&mut module, "proxy_set_tick_period_milliseconds", |_| Ok(()))
}

fn define_metric(
    mut module: Module<'_>,
    _kind: i32,
    _name: u32,
    _size: u32,
    id: u32,
) -> Result<i32, Error> {
    unless_failing(&mut module, "proxy_define_metric", |module| {
        write(module, id, &1_u32.to_le_bytes())
    })
}

fn increment_metric(mut module: Module<'_>, _id: u32, _offset: i64) -> Result<i32, Error> {
    unless_failing(&mut module, "proxy_increment_metric", |_| Ok(()))
}

/// Does it, or answers with the status that a test wants.
fn unless_failing(
    module: &mut Module<'_>,
    call: &str,
    work: impl FnOnce(&mut Module<'_>) -> Result<(), Error>,
) -> Result<i32, Error> {
    if let Some(status) = module.data().failing.get(call) {
        return Ok(*status);
    }
    work(module)?;
    Ok(OK)
}

/// Puts bytes into memory that the module allocates, as Envoy does.
fn hand_over(
    module: &mut Module<'_>,
    call: &str,
    bytes: &[u8],
    data: u32,
    size: u32,
) -> Result<i32, Error> {
    unless_failing(module, call, |module| {
        let allocate = module.get_export("proxy_on_memory_allocate").and_then(Extern::into_func);
        let allocate = allocate.ok_or_else(|| Error::new("the module allocates nothing"))?;
        let length = u32::try_from(bytes.len()).map_err(|_| Error::new("too long"))?;
        let place = allocate.typed::<u32, u32>(&*module)?.call(&mut *module, length)?;
        write(module, place, bytes)?;
        let (place, length) = match module.data().lies.get(call) {
            None => (place, length),
            Some(Lie::Null) => (0, length),
            Some(Lie::Size(size)) => (place, *size),
            Some(Lie::Place(place)) => (*place, length),
        };
        write(module, data, &place.to_le_bytes())?;
        write(module, size, &length.to_le_bytes())
    })
}

fn memory(module: &Module<'_>) -> Result<Memory, Error> {
    let memory = module.get_export("memory").and_then(Extern::into_memory);
    memory.ok_or_else(|| Error::new("the module exports no memory"))
}

fn read(module: &Module<'_>, place: u32, size: u32) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
    memory(module)?.read(module, usize::try_from(place).unwrap_or(usize::MAX), &mut bytes)?;
    Ok(bytes)
}

fn write(module: &mut Module<'_>, place: u32, bytes: &[u8]) -> Result<(), Error> {
    let memory = memory(module)?;
    Ok(memory.write(module, usize::try_from(place).unwrap_or(usize::MAX), bytes)?)
}

const OK: i32 = 0;
