//! Fuzzes `claimgate_fuzz::structs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = claimgate_fuzz::structs::check(input);
});
