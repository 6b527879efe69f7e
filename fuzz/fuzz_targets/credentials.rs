//! Fuzzes `claimgate_fuzz::credentials`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = claimgate_fuzz::credentials::check(input);
});
