//! Fuzzes `claimgate_fuzz::meaning`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = claimgate_fuzz::meaning::check(input);
});
