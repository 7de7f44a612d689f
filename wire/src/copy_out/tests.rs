//! A COPY whose data is lent piece by piece.

use super::*;
use crate::frontend;
use crate::types::TypeRef;

const ID: &[Column] = &[Column {
    name: "id",
    ty: TypeRef::Oid(23),
}];
const INT4: &[u8] = b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0";
const INT8: &[u8] = b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x14\0\x08\xff\xff\xff\xff\0\0";

fn start(connection: &mut Connection) -> CopyOut {
    let columns = Some(("SELECT id FROM t", ID));
    let exchange = CopyOut::start(connection, "COPY t (id) TO STDOUT", columns).unwrap();
    connection.handed_over(usize::MAX / 2);
    exchange
}

/// The steps that messages lead to.
fn steps(
    connection: &mut Connection,
    exchange: &mut CopyOut,
    script: &[(u8, &[u8])],
) -> Vec<Step<Result<Completed, Failure>>> {
    let mut steps = Vec::new();
    for (tag, body) in script {
        if let Some(message) = connection.receive(*tag, body).unwrap() {
            match exchange.receive(message, connection).unwrap() {
                Step::More => {}
                step => steps.push(step),
            }
        }
    }
    steps
}

const BEGUN: &[(u8, &[u8])] = &[
    (b'1', b""),
    (b't', b"\0\0"),
    (b'T', INT4),
    (b'1', b""),
    (b'2', b""),
    (b'H', b"\0\0\0"),
];

#[test]
fn each_piece_is_lent_and_the_end_says_how_many_rows_there_were() {
    let mut connection = Connection::new(8);
    let mut exchange = start(&mut connection);
    assert_eq!(steps(&mut connection, &mut exchange, BEGUN), []);
    let data: [(u8, &[u8]); 5] = [
        (b'd', b"1\n"),
        (b'd', b"2\n"),
        (b'c', b""),
        (b'C', b"COPY 2\0"),
        (b'Z', b"I"),
    ];
    let steps = steps(&mut connection, &mut exchange, &data);
    let [Step::Row, Step::Row, Step::Done(Ok(completed))] = &steps[..] else {
        panic!("{steps:?}");
    };
    assert_eq!((completed.rows, connection.owed()), (2, 0));
}

#[test]
fn columns_that_are_not_as_expected_are_told_before_any_data() {
    let mut connection = Connection::new(8);
    let mut exchange = start(&mut connection);
    let script = [(b'1', &b""[..]), (b't', b"\0\0"), (b'T', INT8)];
    let found = steps(&mut connection, &mut exchange, &script);
    assert_eq!(found, [Step::Paused]);
    assert!(matches!(exchange.skipped(), Err(Failure::Drift(_))));
    connection.abandon(exchange.segment());
    let rest: [(u8, &[u8]); 3] = [(b'1', b""), (b'd', b"1\n"), (b'Z', b"I")];
    assert_eq!(steps(&mut connection, &mut exchange, &rest), []);
    assert_eq!((connection.unsent(), connection.owed()), (&[][..], 0));
}

#[test]
fn an_error_behind_some_data_is_told_at_the_end() {
    let mut connection = Connection::new(8);
    let mut exchange = start(&mut connection);
    let error: &[u8] = b"SERROR\0VERROR\0C22012\0Mdivision\0\0";
    let data = [(b'd', &b"1\n"[..]), (b'E', error), (b'Z', b"I")];
    let script: Vec<_> = BEGUN.iter().copied().chain(data).collect();
    let steps = steps(&mut connection, &mut exchange, &script);
    let [Step::Row, Step::Done(Err(Failure::Server(_)))] = &steps[..] else {
        panic!("{steps:?}");
    };
}

#[test]
fn a_copy_in_is_refused_and_other_statements_are_told_apart() {
    let mut connection = Connection::new(8);
    let mut exchange = start(&mut connection);
    let script = [(b'1', &b""[..]), (b'2', b""), (b'G', b"\0\0\0")];
    assert_eq!(steps(&mut connection, &mut exchange, &script), []);
    assert!(connection.unsent().starts_with(b"f"));
    assert!(connection.unsent().ends_with(frontend::SYNC));
    let error: &[u8] = b"SERROR\0VERROR\0C57014\0Mfailed\0\0";
    let found = steps(
        &mut connection,
        &mut exchange,
        &[(b'E', error), (b'Z', b"I"), (b'3', b""), (b'Z', b"I")],
    );
    assert_eq!(found, [Step::Done(Err(Failure::NotCopy))]);

    let mut exchange = CopyOut::start(&mut connection, "SELECT 1", None).unwrap();
    connection.handed_over(usize::MAX / 2);
    let script = [
        (b'2', &b""[..]),
        (b'D', b"\0\0"),
        (b'C', b"SELECT 1\0"),
        (b'Z', b"I"),
    ];
    let found = steps(&mut connection, &mut exchange, &script);
    assert_eq!(found, [Step::Done(Err(Failure::NotCopy))]);
}
