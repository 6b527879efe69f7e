//! Fuzzes `claimgate_fuzz::config`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = claimgate_fuzz::config::check(input);
});
