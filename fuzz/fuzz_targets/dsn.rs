//! Connection strings: any text is one, or an error.
#![no_main]

use hathi_wire::Dsn;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = text.parse::<Dsn>() {
        assert!(!error.to_string().is_empty());
    }
});
