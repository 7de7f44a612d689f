//! What is told of a conversation, however its bytes come.

use super::Trace;

fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    bytes.extend_from_slice(&u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

fn followed(mut trace: Trace, bytes: &[u8], piece: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for piece in bytes.chunks(piece) {
        trace.follow(piece, &mut |told| {
            let sql = told.sql.unwrap_or_default();
            lines.push(format!(
                "{} {}: {}{}",
                told.name, told.length, told.about, sql
            ));
        });
    }
    lines
}

#[track_caller]
fn check(trace: fn() -> Trace, bytes: &[u8], expected: &[&str]) {
    for piece in [1, 2, 3, 7, bytes.len().max(1)] {
        assert_eq!(followed(trace(), bytes, piece), expected);
    }
}

fn startup() -> Vec<u8> {
    let body = b"\0\x03\0\x02user\0ada\0database\0crew\0options\0-c secret=1\0\0";
    let mut bytes = u32::try_from(body.len() + 4)
        .unwrap()
        .to_be_bytes()
        .to_vec();
    bytes.extend_from_slice(body);
    bytes
}

#[test]
fn what_a_client_says_is_told_without_values() {
    let mut bytes = startup();
    bytes.extend(message(b'p', b"SCRAM-SHA-256\0secret"));
    bytes.extend(message(b'P', b"s1\0SELECT $1\0\0\0"));
    bytes.extend(message(
        b'B',
        b"\0s1\0\0\x01\0\x01\0\x02\0\0\0\x06secret\xff\xff\xff\xff\0\0",
    ));
    bytes.extend(message(b'E', b"\0\0\0\0\x05"));
    bytes.extend(message(b'D', b"Ss1\0"));
    bytes.extend(message(b'S', b""));
    bytes.extend(message(b'd', b"secret"));
    check(
        Trace::of_client,
        &bytes,
        &[
            "StartupMessage 48: 3.2 user=\"ada\" database=\"crew\" options",
            "PasswordMessage or SASLResponse 20: ",
            "Parse 15: \"s1\"SELECT $1",
            "Bind 26: \"s1\" 2 values: 6 NULL",
            "Execute 5: 5 rows",
            "Describe 4: statement \"s1\"",
            "Sync 0: ",
            "CopyData 6: ",
        ],
    );
}

#[test]
fn what_a_server_says_is_told_without_values() {
    let mut bytes = message(b'R', b"\0\0\0\x0bsecret");
    bytes.extend(message(b'K', b"\0\0\0\x07secret"));
    bytes.extend(message(b'S', b"TimeZone\0UTC\0"));
    bytes.extend(message(
        b'T',
        b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0",
    ));
    bytes.extend(message(b'D', b"\0\x02\0\0\0\x06secret\xff\xff\xff\xff"));
    bytes.extend(message(b'C', b"SELECT 1\0"));
    bytes.extend(message(b'E', b"SERROR\0VERROR\0C23505\0Msecret\0\0"));
    bytes.extend(message(b'A', b"\0\0\0\x07news\0secret\0"));
    bytes.extend(message(b'Z', b"I"));
    check(
        Trace::of_server,
        &bytes,
        &[
            "Authentication 10: SASL continues",
            "BackendKeyData 10: process 7",
            "ParameterStatus 13: TimeZone = \"UTC\"",
            "RowDescription 23: \"id\"",
            "DataRow 16: 2 values: 6 NULL",
            "CommandComplete 9: SELECT 1",
            "ErrorResponse 30: Error 23505",
            "NotificationResponse 16: channel \"news\" from process 7, 6 bytes",
            "ReadyForQuery 1: idle",
        ],
    );
}

#[test]
fn a_cancel_request_is_told_without_its_key() {
    let bytes = crate::cancel_request(7, b"secret");
    assert_eq!(followed(Trace::of_client(), &bytes, 3), ["Request 14: "]);
}

#[test]
fn of_a_long_message_only_the_beginning_is_kept() {
    let mut body = b"SELECT '".to_vec();
    body.resize(1 << 20, b'x');
    let mut bytes = startup();
    bytes.extend(message(b'Q', &body));
    bytes.extend(message(b'S', b""));
    let mut trace = Trace::of_client();
    let mut lengths = Vec::new();
    for piece in bytes.chunks(1000) {
        trace.follow(piece, &mut |told| {
            lengths.push((told.length, told.sql.map(str::len)))
        });
    }
    assert_eq!(lengths, [(48, None), (1 << 20, Some(4096)), (0, None)]);
    assert!(trace.body.capacity() <= 8192);
}

#[test]
fn what_is_not_this_protocol_is_not_followed() {
    assert!(followed(Trace::of_server(), b"HTTP\0\0\0\x01 junk", 5).is_empty());
    check(Trace::of_server, b"Z\0\0\0\x01Z\0\0\0\x05I", &[]);
    let cut = message(b'B', b"\0s1");
    assert_eq!(
        followed(Trace::of_server(), &message(b'D', b"\0"), 1),
        ["DataRow 1: "]
    );
    assert_eq!(followed(Trace::of_server(), &cut, 1).len(), 1);
}
