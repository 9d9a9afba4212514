//! Any text: every set of vector instructions of the machine gives the same results as plain code.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (bool, &str)| newsprint::kernels_agree(input.1, input.0));
