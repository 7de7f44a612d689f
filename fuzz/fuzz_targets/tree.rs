//! Dumps of analysed trees: any text is read or refused, and what is read is analysed in bounded time.
//!
//! Its seeds are the recorded dumps of `describe/tests/golden`: CI copies them to `corpus/tree`.
#![no_main]

use hathi_describe::proven;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = proven(text);
});
