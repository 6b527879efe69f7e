//! The least that a filter costs in Envoy: it exports what has to be there, and lets every request go on.
//!
//! With `--cfg reads_headers` it also reads the header map, as any filter must that decides on headers. No filter can be
//! cheaper than that: what claimgate costs is compared with it.

/// Which ABI this is (proxy-wasm 0.2.1).
#[unsafe(no_mangle)]
pub extern "C" fn proxy_abi_version_0_2_1() {}

/// Memory for what the host hands over.
#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_memory_allocate(size: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; size].into_boxed_slice()).cast()
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_context_create(_context: u32, _parent: u32) {}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_vm_start(_context: u32, _size: usize) -> bool {
    true
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_configure(_context: u32, _size: usize) -> bool {
    true
}

/// Continues.
#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_request_headers(_context: u32, _count: usize, _end: bool) -> u32 {
    #[cfg(reads_headers)]
    read_headers();
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_delete(_context: u32) {}

#[cfg(reads_headers)]
fn read_headers() {
    let mut data: *mut u8 = std::ptr::null_mut();
    let mut size: usize = 0;
    // SAFETY: `data` and `size` are live.
    let status = unsafe { proxy_get_header_map_pairs(0, &raw mut data, &raw mut size) };
    if status == 0 && !data.is_null() {
        // SAFETY: the host got this from `proxy_on_memory_allocate`, with exactly this size.
        drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(data, size)) });
    }
}

#[cfg(reads_headers)]
unsafe extern "C" {
    fn proxy_get_header_map_pairs(map: i32, data: *mut *mut u8, size: *mut usize) -> i32;
}
