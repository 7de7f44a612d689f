//! What is said to nobody while another message is half handed over: behind it, never inside of it.

use super::*;

/// For each number of bytes that the transport may have taken: what the connection then says as a whole.
fn at_every_byte(queue: impl Fn(&mut Connection), hear: impl Fn(&mut Connection)) -> Vec<String> {
    let mut whole = Connection::new(8);
    queue(&mut whole);
    let length = whole.unsent().len();
    let said = |count| {
        let mut connection = Connection::new(8);
        queue(&mut connection);
        let sent = connection.unsent()[..count].to_vec();
        connection.handed_over(count);
        hear(&mut connection);
        assert!(connection.out.starts_with(&sent), "{count} bytes");
        tags(&connection)
    };
    (0..=length).map(said).collect()
}

/// How long a script is as a message.
fn length_of(sql: &str) -> usize {
    1 + 4 + sql.len() + 1
}

#[test]
fn a_copy_is_refused_before_what_follows_or_not_at_all() {
    let said = at_every_byte(
        |connection| {
            connection.say_to_nobody("COPY t FROM STDIN");
            start(connection, "SELECT 1");
        },
        |connection| {
            assert!(connection.receive(b'G', b"\0\0\0").unwrap().is_none());
        },
    );
    assert_eq!(said.first().unwrap(), "QfPDBES");
    let script = length_of("COPY t FROM STDIN");
    for (count, said) in said.iter().enumerate() {
        // The server ends the session when it reads a Parse as data.
        let expected = if count > script { "QPDBES" } else { "QfPDBES" };
        assert_eq!(said, expected, "{count} bytes");
    }
}

#[test]
fn a_rollback_is_said_again_behind_the_segment_that_is_half_handed_over() {
    let said = at_every_byte(
        |connection| {
            connection.roll_back_for_nobody();
            start(connection, "SELECT 1");
            start(connection, "SELECT 2");
        },
        |connection| {
            let canceled = b"SERROR\0C57014\0Mcanceling statement due to user request\0\0";
            assert!(connection.receive(b'E', canceled).unwrap().is_none());
            assert!(connection.receive(b'Z', b"E").unwrap().is_none());
        },
    );
    assert_eq!(said.first().unwrap(), "QQPDBESPDBES");
    assert!(said.contains(&"QPDBESQPDBES".to_owned()));
    assert_eq!(said.last().unwrap(), "QPDBESPDBESQ");
    for said in &said {
        assert!(
            said.len() == 12 && said.matches("PDBES").count() == 2,
            "{said}"
        );
    }
}
