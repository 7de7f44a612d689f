//! A session's side of the protocol against any bytes: errors, never panics.
#![no_main]

use hathi_wire::types::TypeRef;
use hathi_wire::{Connection, Credentials, Exchange, Execute, Input, Startup, Statement, Step};
use libfuzzer_sys::fuzz_target;

fn feed<E: Exchange>(connection: &mut Connection, exchange: &mut E, bytes: &[u8]) {
    let mut input = Input::with_limit(1 << 20);
    input.extend(bytes);
    while let Ok(Some(frame)) = input.next_frame() {
        let Ok(message) = connection.receive(frame.tag, input.body(frame)) else { return };
        let Some(message) = message else { continue };
        match exchange.receive(message, connection) {
            Ok(Step::Done(_)) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let mut connection = Connection::new(4);
    let credentials = Credentials::new("ada", Some("secret".to_owned()));
    if let Ok(mut startup) = Startup::start(&mut connection, credentials, [("database", "crew")]) {
        feed(&mut connection, &mut startup, data);
    }
    let mut connection = Connection::new(4);
    let statement = Statement {
        sql: "SELECT $1",
        types: &[TypeRef::Oid(25)],
        columns: Some(&[]),
        writes: Some(false),
        identity: None,
    };
    let started = Execute::start(&mut connection, &statement, &mut |out| {
        out.extend_from_slice(&[0xff; 4]);
        Ok(())
    });
    if let Ok(mut execute) = started {
        connection.handed_over(data.len());
        feed(&mut connection, &mut execute, data);
        connection.abandon(execute.segment());
    }
});
