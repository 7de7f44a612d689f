//! Servers and poolers that do not show how they understand a statement, played by a script.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use hathi_describe::{Database, Limits};
use hathi_query_cache::{StatementKind, Template};

fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[tag][..], &length, body].concat()
}

/// Reads the message that starts a session, which has no tag.
fn startup(stream: &mut TcpStream) -> String {
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut body = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap() - 4];
    stream.read_exact(&mut body).unwrap();
    String::from_utf8_lossy(&body).into_owned()
}

fn ready() -> Vec<u8> {
    message(b'Z', b"I")
}

#[test]
fn a_pooler_that_refuses_the_settings_is_asked_without_them() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        assert!(startup(&mut stream).contains("-c debug_print_rewritten=on"));
        let words = b"SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: options\0\0";
        stream.write_all(&message(b'E', words)).unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        assert!(!startup(&mut stream).contains("debug_print_rewritten"));
        stream
            .write_all(&[message(b'R', &[0; 4]), ready()].concat())
            .unwrap();
        // Parse, Describe and Sync are answered without being read: one int4 parameter, one column of text.
        let column = [
            &b"\0\x01name\0"[..],
            &[0, 0, 0x40, 1, 0, 2],
            &[0, 0, 0, 25, 0xff, 0xff],
            &[0xff; 4],
            &[0, 0],
        ]
        .concat();
        let answer = [
            message(b'1', b""),
            message(b't', &[0, 1, 0, 0, 0, 23]),
            message(b'T', &column),
            ready(),
        ]
        .concat();
        stream.read_exact(&mut [0]).unwrap();
        stream.write_all(&answer).unwrap();
        // Ends when the other side hangs up.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let dsn = format!("postgres://a@127.0.0.1:{port}/b?sslmode=disable")
        .parse()
        .unwrap();
    let mut database = Database::connect(&dsn, Limits::default()).unwrap();
    let template =
        Template::parse("WITH s AS (SELECT 1) DELETE FROM users WHERE id = $1 RETURNING name")
            .unwrap();
    let description = database.describe(&[template]).unwrap().remove(0).unwrap();
    drop(database);
    script.join().unwrap();
    assert_eq!(description.statement, StatementKind::Delete);
    assert_eq!(
        (
            &*description.parameters[0].ty,
            description.parameters[0].nullable
        ),
        ("int4", false)
    );
    let column = &description.columns.unwrap()[0];
    assert!(column.nullable && column.name == "name" && column.ty == "text");
    assert_eq!(
        column.because.as_deref(),
        Some("the server does not show how it understands the statement")
    );
}

#[test]
fn an_answer_that_breaks_the_protocol_is_an_error() {
    for garbage in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        b"R\0\0\0\x01",
        &[0xff; 64],
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let script = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            startup(&mut stream);
            stream.write_all(garbage).unwrap();
        });
        let dsn = format!("postgres://a@127.0.0.1:{port}/b?sslmode=disable")
            .parse()
            .unwrap();
        let error = Database::connect(&dsn, Limits::default()).unwrap_err();
        assert!(!error.is_timeout() && !error.is_unreachable(), "{error}");
        script.join().unwrap();
    }
}
