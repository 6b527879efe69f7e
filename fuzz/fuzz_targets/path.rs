//! Fuzzes `claimgate_fuzz::path`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = claimgate_fuzz::path::check(input);
});
