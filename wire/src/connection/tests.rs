//! Segments that are dropped half-way, replies that belong to nobody, and tags that change what is prepared.

use super::*;
use crate::exchange::{Exchange, Step};
use crate::execute::{Execute, Failure, Statement};
use crate::tag::Completed;

mod behind;
mod one_by_one;
mod refusal;
mod riders;

const SELECT: Statement<'static> = Statement {
    sql: "SELECT 1",
    types: &[],
    columns: Some(&[]),
    writes: Some(false),
    identity: None,
};

fn start(connection: &mut Connection, sql: &str) -> Execute {
    Execute::start(connection, &Statement { sql, ..SELECT }, &mut |_| Ok(())).unwrap()
}

/// The tags of what is queued, in order.
fn tags(connection: &Connection) -> String {
    let mut tags = String::new();
    let mut rest = connection.out.as_slice();
    while let Some((&tag, tail)) = rest.split_first() {
        tags.push(char::from(tag));
        let length = u32::from_be_bytes(*tail.first_chunk().unwrap());
        rest = &tail[usize::try_from(length).unwrap()..];
    }
    tags
}

fn answer(
    connection: &mut Connection,
    execute: &mut Execute,
    script: &[(u8, &[u8])],
) -> Option<Result<Completed, Failure>> {
    let mut outcome = None;
    for (tag, body) in script {
        let message = connection.receive(*tag, body).unwrap();
        let step = message.map(|message| execute.receive(message, connection).unwrap());
        if let Some(Step::Done(done)) = step {
            outcome = Some(done);
        }
    }
    outcome
}

const FIRST_USE: &[(u8, &[u8])] = &[
    (b'1', b""),
    (b't', b"\0\0"),
    (b'n', b""),
    (b'2', b""),
    (b'C', b"SELECT 0\0"),
    (b'Z', b"I"),
];

#[test]
fn the_first_use_prepares_and_the_second_only_binds() {
    let mut connection = Connection::new(8);
    let mut execute = start(&mut connection, "SELECT 1");
    assert_eq!(tags(&connection), "PDBES");
    connection.handed_over(usize::MAX / 2);
    assert_eq!(
        answer(&mut connection, &mut execute, FIRST_USE),
        Some(Ok(Completed { rows: 0 }))
    );
    start(&mut connection, "SELECT 1");
    assert_eq!(tags(&connection), "BES");
}

#[test]
fn a_large_message_leaves_no_large_buffer_behind() {
    let mut connection = Connection::new(8);
    let sql = format!("SELECT 1 --{}", "x".repeat(4 * KEPT));
    let mut execute = start(&mut connection, &sql);
    assert!(connection.out.capacity() > 4 * KEPT);
    connection.handed_over(usize::MAX / 2);
    answer(&mut connection, &mut execute, FIRST_USE);
    start(&mut connection, "SELECT 1");
    assert!(connection.out.capacity() <= KEPT);
}

#[test]
fn what_was_not_handed_over_never_was() {
    let mut connection = Connection::new(8);
    let execute = start(&mut connection, "INSERT");
    connection.abandon(execute.segment());
    assert_eq!((connection.unsent().len(), connection.owed()), (0, 0));
    start(&mut connection, "INSERT");
    assert_eq!(
        tags(&connection),
        "PDBES",
        "the statement is not taken for prepared"
    );
}

#[test]
fn dropped_at_every_byte_execute_runs_only_if_it_was_handed_over() {
    let whole = {
        let mut connection = Connection::new(8);
        start(&mut connection, "INSERT");
        connection.out.len()
    };
    for handed in 1..=whole {
        let mut connection = Connection::new(8);
        let execute = start(&mut connection, "INSERT");
        let sent: Vec<u8> = connection.unsent()[..handed].to_vec();
        connection.handed_over(handed);
        connection.abandon(execute.segment());
        assert!(
            connection.out.starts_with(&sent),
            "bytes handed over are never changed"
        );
        let tags = tags(&connection);
        assert_eq!(tags.matches('S').count(), 1, "one Sync, found {tags}");
        assert!(tags.ends_with('S'));
        // Execute is ten bytes long and stands before the five of Sync.
        let execute_began = handed > whole - 15;
        assert_eq!(
            tags.contains('E'),
            execute_began,
            "{handed} of {whole}: {tags}"
        );
        assert_eq!(connection.draining(), Some(0));
    }
}

#[test]
fn answers_of_a_dropped_segment_belong_to_nobody_but_still_count() {
    let mut connection = Connection::new(8);
    let mut execute = start(&mut connection, "SELECT 1");
    connection.handed_over(1000);
    connection.abandon(execute.segment());
    assert_eq!(answer(&mut connection, &mut execute, FIRST_USE), None);
    assert_eq!((connection.owed(), connection.draining()), (0, None));
    start(&mut connection, "SELECT 1");
    assert_eq!(
        tags(&connection),
        "BES",
        "ParseComplete was heard although nobody waited"
    );
}

#[test]
fn a_segment_in_the_middle_can_be_dropped() {
    let mut connection = Connection::new(8);
    let _first = start(&mut connection, "A");
    let second = start(&mut connection, "B");
    let _third = start(&mut connection, "C");
    let (before, after) = (connection.out.clone(), tags(&connection));
    assert_eq!(after, "PDBESPDBESPDBES");
    connection.abandon(second.segment());
    assert_eq!(tags(&connection), "PDBESPDBES");
    assert_eq!(connection.owed(), 2);
    assert!(before.len() > connection.out.len());
}

#[test]
fn a_statement_being_parsed_for_nobody_is_parsed_again_and_closed_later() {
    let mut connection = Connection::new(8);
    let mut lost = start(&mut connection, "SELECT 1");
    connection.handed_over(1000);
    connection.abandon(lost.segment());
    let mut second = start(&mut connection, "SELECT 1");
    assert!(
        tags(&connection).ends_with("PDBES"),
        "what is on its way is not relied on"
    );
    connection.handed_over(1000);
    answer(&mut connection, &mut lost, FIRST_USE);
    assert!(
        answer(&mut connection, &mut second, FIRST_USE)
            .unwrap()
            .is_ok()
    );
    start(&mut connection, "SELECT 1");
    assert_eq!(
        tags(&connection),
        "CBES",
        "the superfluous one is closed, the other one used"
    );
}

#[test]
fn an_error_takes_back_what_was_promised() {
    let mut connection = Connection::new(8);
    let mut execute = start(&mut connection, "SELEC");
    connection.handed_over(1000);
    let script: &[(u8, &[u8])] = &[
        (b'E', b"SERROR\0VERROR\0C42601\0Msyntax error\0\0"),
        (b'Z', b"I"),
    ];
    let outcome = answer(&mut connection, &mut execute, script).unwrap();
    assert!(matches!(outcome, Err(Failure::Server(error)) if error.code.code() == "42601"));
    start(&mut connection, "SELEC");
    assert_eq!(tags(&connection), "PDBES");
}

#[test]
fn tags_that_drop_statements_empty_the_cache() {
    for tag in [
        &b"DISCARD ALL\0"[..],
        b"DEALLOCATE ALL\0",
        b"DEALLOCATE\0",
        b"SET\0",
        b"RESET\0",
    ] {
        let mut connection = Connection::new(8);
        let mut execute = start(&mut connection, "X");
        connection.handed_over(1000);
        answer(
            &mut connection,
            &mut execute,
            &[
                (b'1', b""),
                (b'n', b""),
                (b'2', b""),
                (b'C', tag),
                (b'Z', b"I"),
            ],
        );
        start(&mut connection, "X");
        assert!(tags(&connection).contains('P'), "{}", tag.escape_ascii());
    }
}

#[test]
fn copy_in_for_nobody_is_refused_and_owes_a_sync() {
    let mut connection = Connection::new(8);
    let execute = start(&mut connection, "COPY t FROM STDIN");
    connection.handed_over(1000);
    connection.abandon(execute.segment());
    assert!(connection.receive(b'G', b"\0\0\0").unwrap().is_none());
    assert!(tags(&connection).ends_with("ESfSCS"));
}

#[test]
fn words_nobody_asked_for_end_the_connection_and_the_servers_last_ones_are_kept() {
    let mut connection = Connection::new(8);
    assert!(connection.receive(b'D', b"\0\0").is_err());
    assert!(connection.receive(b'Z', b"I").is_err());
    let fatal = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0";
    assert!(connection.receive(b'E', fatal).unwrap().is_none());
    assert!(matches!(connection.take_aside(), Some(Aside::Notice(notice)) if notice.is_fatal()));
}

#[test]
fn asides_nobody_takes_are_bounded_and_counted() {
    let mut connection = Connection::new(8);
    for _ in 0..ASIDES + 3 {
        connection
            .receive(b'N', b"SNOTICE\0VNOTICE\0C00000\0Mx\0\0")
            .unwrap();
    }
    assert_eq!(
        (connection.asides.len(), connection.lost_asides()),
        (ASIDES, 3)
    );
}

#[test]
fn notifications_nobody_takes_are_bounded_and_what_made_room_is_told_first() {
    let mut connection = Connection::new(8);
    assert!(!connection.listens());
    connection.keep_notifications(2);
    for payload in [b'1', b'2', b'3', b'4', b'5'] {
        let body = [&b"\0\0\0\x07jobs\0"[..], &[payload, 0]].concat();
        connection.receive(b'A', &body).unwrap();
    }
    assert!(connection.listens());
    assert_eq!(connection.take_notification(), Some(Err(3)));
    for payload in ["4", "5"] {
        let told = connection.take_notification().unwrap().unwrap();
        assert_eq!((told.process, told.channel.as_str()), (7, "jobs"));
        assert_eq!(told.payload, payload);
    }
    assert_eq!(connection.take_notification(), None);
    connection.forget_notifications();
    assert!(!connection.listens());
}

#[test]
fn a_session_listens_until_everything_is_discarded() {
    for (tags, listens) in [
        (&["LISTEN"][..], true),
        (&["LISTEN", "UNLISTEN"], true),
        (&["LISTEN", "DISCARD ALL"], false),
        (&["NOTIFY"], false),
    ] {
        let mut connection = Connection::new(8);
        for tag in tags {
            let execute = start(&mut connection, "X");
            connection.handed_over(1000);
            connection.abandon(execute.segment());
            let tag = [tag.as_bytes(), b"\0"].concat();
            assert!(connection.receive(b'C', &tag).unwrap().is_none());
            connection.receive(b'Z', b"I").unwrap();
        }
        assert_eq!(connection.listens(), listens, "{tags:?}");
    }
}

#[test]
fn a_statement_dropped_between_parse_and_describe_is_prepared_again() {
    let mut connection = Connection::new(8);
    let lost = start(&mut connection, "SELECT 1");
    connection.handed_over(1);
    connection.abandon(lost.segment());
    assert_eq!(tags(&connection), "PS");
    connection.handed_over(1000);
    for (tag, body) in [(b'1', &b""[..]), (b'Z', b"I")] {
        assert!(connection.receive(tag, body).unwrap().is_none());
    }
    start(&mut connection, "SELECT 1");
    assert_eq!(tags(&connection), "PDBES");
}

#[test]
fn a_copy_that_nobody_waits_for_is_refused_before_what_comes_next() {
    let mut connection = Connection::new(8);
    let copy = start(&mut connection, "COPY t FROM STDIN");
    connection.handed_over(1000);
    connection.abandon(copy.segment());
    start(&mut connection, "SELECT 1");
    assert_eq!(connection.unsent_for_nobody(), b"");
    for tag in [b'1', b'n', b'2'] {
        connection.receive(tag, b"").unwrap();
    }
    connection.receive(b'G', b"\0\0\0").unwrap();
    let refusal = connection.unsent_for_nobody();
    assert!(refusal.starts_with(b"f") && refusal.ends_with(b"S\0\0\0\x04"));
    assert_eq!(tags(&connection), "PDBESfSCSPDBES");
}

#[test]
fn the_last_words_of_the_server_are_kept_although_nobody_waits_for_the_answer() {
    let mut connection = Connection::new(8);
    let lost = start(&mut connection, "SELECT 1");
    connection.handed_over(1000);
    connection.abandon(lost.segment());
    let words = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0";
    assert!(connection.receive(b'E', words).unwrap().is_none());
    assert!(matches!(connection.take_aside(), Some(Aside::Notice(error)) if error.is_fatal()));
}

#[test]
fn whoever_was_forgotten_is_given_up() {
    let mut connection = Connection::new(8);
    let _forgotten = start(&mut connection, "SELECT 1");
    connection.handed_over(1000);
    let _other = start(&mut connection, "SELECT 2");
    connection.abandon_all();
    assert_eq!((connection.owed(), connection.draining()), (1, Some(0)));
    assert_eq!(tags(&connection), "PDBES");
}

#[test]
fn what_somebody_waits_for_is_untouched_until_its_first_byte_is_handed_over() {
    let mut connection = Connection::new(8);
    assert!(connection.is_untouched());
    let dropped = start(&mut connection, "SELECT 1");
    assert!(connection.is_untouched());
    connection.handed_over(1);
    assert!(!connection.is_untouched());
    connection.abandon(dropped.segment());
    assert!(connection.is_untouched(), "nobody waits");
    start(&mut connection, "SELECT 2");
    connection.handed_over(connection.unsent_for_nobody().len());
    assert!(connection.is_untouched());
    connection.handed_over(1);
    assert!(!connection.is_untouched());
}
