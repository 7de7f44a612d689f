//! A server that may say anything while a session opens: errors, never panics, and the password is never sent as it is
//! unless that was asked for.
#![no_main]

use hathi_wire::{Connection, Credentials, Dsn, Exchange, Startup, Step};
use libfuzzer_sys::fuzz_target;

const PASSWORD: &str = "a secret that is long enough to be found";

const SETTINGS: [&str; 6] = [
    "postgres://h",
    "postgres://h?max_protocol_version=3.2",
    "postgres://h?min_protocol_version=3.2&max_protocol_version=latest",
    "postgres://h?require_auth=scram-sha-256,md5",
    "postgres://h?channel_binding=require",
    "postgres://h?require_auth=!password",
];

fn holds_password(bytes: &[u8]) -> bool {
    bytes.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes())
}

fuzz_target!(|input: (u8, Vec<(u8, &[u8])>)| {
    let (choice, messages) = input;
    let dsn: Dsn = SETTINGS[usize::from(choice) % SETTINGS.len()].parse().expect("a URL");
    let mut connection = Connection::new(4);
    let credentials = Credentials::new("ada", Some(PASSWORD.to_owned())).following(&dsn);
    let mut startup = Startup::start(&mut connection, credentials, [("database", "crew")]).expect("no zero byte");
    let mut asked = false;
    // What the server says itself is told.
    let is_known = messages.iter().any(|(_, body)| holds_password(body));
    for (tag, body) in messages {
        asked |= tag == b'R' && body.starts_with(&[0, 0, 0, 3]);
        let Ok(message) = connection.receive(tag, body) else { break };
        let Some(message) = message else { continue };
        match startup.receive(message, &mut connection) {
            Ok(Step::Done(Err(failure))) => {
                assert!(is_known || !failure.to_string().contains(PASSWORD));
                break;
            }
            Ok(Step::Done(Ok(()))) | Err(_) => break,
            Ok(_) => {}
        }
    }
    assert!(asked || !holds_password(connection.unsent()));
});
