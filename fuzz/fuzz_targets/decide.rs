//! Fuzzes `claimgate_fuzz::decide`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = claimgate_fuzz::decide::check(input);
});
