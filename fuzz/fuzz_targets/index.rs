//! Any bytes as any file of an index, also with valid checksums: nothing panics, and a repaired
//! index has no damage.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u8, &[u8])| newsprint::index_survives(input.0, input.1, input.2));
