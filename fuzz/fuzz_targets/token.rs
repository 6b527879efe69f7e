//! Fuzzes `claimgate_fuzz::token`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = claimgate_fuzz::token::check(input);
});
