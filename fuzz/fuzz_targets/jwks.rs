//! Fuzzes `claimgate_fuzz::jwks`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = claimgate_fuzz::jwks::check(input);
});
