//! Fuzzes `claimgate_fuzz::claims`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = claimgate_fuzz::claims::check(input);
});
