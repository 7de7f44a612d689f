//! Connection strings, service files and password files: any text is one, or an error.
#![no_main]

use hathi_wire::{Dsn, Host, password_in};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<Dsn>() {
        Ok(dsn) => {
            // It fills the gaps of another text, or says why it does not fit.
            let other = Dsn::default().with_environment(|_| None);
            let filled = other.and_then(|other| other.or(dsn));
            assert!(filled.is_ok());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Err(error) = Dsn::from_service(text, "crew") {
        assert!(!error.to_string().is_empty());
    }
    for host in [Host::new("h", 5432), Host::new("/tmp", 5432)] {
        if let Some(password) = password_in(text, &host, "d", "u") {
            assert!(!password.expose().is_empty());
        }
    }
});
