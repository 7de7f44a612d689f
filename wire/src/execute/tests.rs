//! A statement's life as lists of messages: first use, drift, loss, refusal.

use super::*;

mod beside;
mod limited;
mod stale;

const ID: Column = Column {
    name: "id",
    ty: TypeRef::Oid(23),
};
const QUERY: Statement<'static> = Statement {
    sql: "SELECT id FROM t",
    types: &[],
    columns: Some(&[ID]),
    writes: Some(false),
    identity: None,
};
const INSERT: Statement<'static> = Statement {
    sql: "INSERT INTO t DEFAULT VALUES RETURNING id",
    writes: Some(true),
    ..QUERY
};

const INT4: &[u8] = b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0";
const INT8: &[u8] = b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x14\0\x08\xff\xff\xff\xff\0\0";

struct Talk {
    connection: Connection,
    execute: Execute,
    rows: usize,
}

impl Talk {
    fn start(statement: Statement<'static>) -> Self {
        Self::keeping(8, statement)
    }

    fn keeping(statements: usize, statement: Statement<'static>) -> Self {
        let mut connection = Connection::new(statements);
        let execute = Execute::start(&mut connection, &statement, &mut |_| Ok(())).unwrap();
        Self {
            connection,
            execute,
            rows: 0,
        }
    }

    fn again(&mut self, statement: Statement<'static>) {
        self.execute = Execute::start(&mut self.connection, &statement, &mut |_| Ok(())).unwrap();
    }

    fn sent(&mut self) -> String {
        let mut tags = String::new();
        let mut rest = self.connection.unsent();
        while let Some((&tag, tail)) = rest.split_first() {
            tags.push(char::from(tag));
            rest =
                &tail[usize::try_from(u32::from_be_bytes(*tail.first_chunk().unwrap())).unwrap()..];
        }
        self.connection.handed_over(usize::MAX / 2);
        tags
    }

    fn hear(&mut self, script: &[(u8, &[u8])]) -> Option<Result<Completed, Failure>> {
        let mut outcome = None;
        for (tag, body) in script {
            let message = self.connection.receive(*tag, body).unwrap();
            match message
                .map(|message| self.execute.receive(message, &mut self.connection).unwrap())
            {
                Some(Step::Done(done)) => outcome = Some(done),
                Some(Step::Row) => self.rows += 1,
                _ => {}
            }
        }
        outcome
    }
}

fn prepared(statement: Statement<'static>) -> Talk {
    let mut talk = Talk::start(statement);
    talk.sent();
    talk.hear(&[
        (b'1', b""),
        (b't', b"\0\0"),
        (b'T', INT4),
        (b'2', b""),
        (b'C', b"SELECT 0\0"),
    ]);
    talk.sent();
    talk.hear(&[(b'Z', b"I")]);
    talk
}

const REVALIDATE: &[u8] =
    b"SERROR\0VERROR\0C0A000\0Mcached plan must not change result type\0RRevalidateCachedQuery\0\0";

#[test]
fn a_read_is_one_flight_and_its_columns_are_compared_before_a_row_is_lent() {
    let mut talk = Talk::start(QUERY);
    assert_eq!(talk.sent(), "PDBES");
    let outcome = talk.hear(&[
        (b'1', b""),
        (b't', b"\0\0"),
        (b'T', INT8),
        (b'2', b""),
        (b'D', b"\0\x01\0\0\0\x08\0\0\0\0\0\0\0\x01"),
        (b'C', b"SELECT 1\0"),
        (b'Z', b"I"),
    ]);
    assert!(
        matches!(outcome, Some(Err(Failure::Drift(_)))),
        "{outcome:?}"
    );
    assert_eq!(talk.rows, 0);
}

#[test]
fn a_write_that_returns_rows_waits_for_the_comparison() {
    let mut talk = Talk::start(INSERT);
    assert_eq!(talk.sent(), "PDBEH");
    let row = b"\0\x01\0\0\0\x04\0\0\0\x01";
    talk.hear(&[
        (b'1', b""),
        (b't', b"\0\0"),
        (b'T', INT4),
        (b'2', b""),
        (b'D', row),
        (b'C', b"INSERT 0 1\0"),
    ]);
    assert_eq!(talk.sent(), "S");
    assert_eq!(talk.hear(&[(b'Z', b"I")]), Some(Ok(Completed { rows: 1 })));
    assert_eq!(talk.rows, 1);
}

#[test]
fn a_write_that_drifted_is_rolled_back() {
    let mut talk = Talk::start(INSERT);
    talk.sent();
    talk.hear(&[
        (b'1', b""),
        (b't', b"\0\0"),
        (b'T', INT8),
        (b'2', b""),
        (b'D', b"\0\0"),
        (b'C', b"INSERT 0 1\0"),
    ]);
    assert_eq!(talk.sent(), "Q");
    let outcome = talk.hear(&[(b'C', b"ROLLBACK\0"), (b'Z', b"I")]);
    assert!(
        matches!(outcome, Some(Err(Failure::Drift(_)))),
        "{outcome:?}"
    );
    assert_eq!(talk.rows, 0);
}

#[test]
fn a_statement_nobody_has_checked_waits_unless_its_text_shows_that_it_only_reads() {
    let doubtful = |sql| Statement {
        sql,
        writes: None,
        ..QUERY
    };
    assert_eq!(Talk::start(doubtful("SELECT id FROM t")).sent(), "PDBES");
    assert_eq!(Talk::start(doubtful("SELECT charge(1)")).sent(), "PDBEH");
    assert_eq!(Talk::start(doubtful(INSERT.sql)).sent(), "PDBEH");
    let command = Statement {
        columns: Some(&[]),
        ..doubtful("DELETE FROM t")
    };
    assert_eq!(Talk::start(command).sent(), "PDBES");
}

#[test]
fn where_any_columns_will_do_they_are_what_the_server_says() {
    let any = Statement {
        columns: None,
        writes: None,
        ..INSERT
    };
    let mut talk = Talk::start(any);
    assert_eq!(talk.sent(), "PDBES");
    let row = b"\0\x01\0\0\0\x08\0\0\0\0\0\0\0\x01";
    let outcome = talk.hear(&[
        (b'1', b""),
        (b't', b"\0\0"),
        (b'T', INT8),
        (b'2', b""),
        (b'D', row),
        (b'C', b"INSERT 0 1\0"),
        (b'Z', b"I"),
    ]);
    assert_eq!(outcome, Some(Ok(Completed { rows: 1 })));
    assert_eq!(talk.rows, 1);
    let columns = talk.execute.columns(&talk.connection).unwrap();
    assert_eq!((&*columns[0].name, columns[0].oid), ("id", 20));
    talk.again(any);
    assert_eq!(talk.sent(), "BES");
}

#[test]
fn without_names_every_use_is_one_flight_and_its_columns_are_compared() {
    static SITE: u8 = 0;
    let query = Statement {
        identity: Some(Identity::of(&SITE)),
        ..QUERY
    };
    let mut talk = Talk::keeping(0, query);
    let answer = |columns| {
        [
            (b'1', &b""[..]),
            (b't', b"\0\0"),
            (b'T', columns),
            (b'2', b""),
            (b'D', b"\0\x01\0\0\0\x04\0\0\0\x01"),
            (b'C', b"SELECT 1\0"),
            (b'Z', b"I"),
        ]
    };
    for _ in 0..3 {
        assert!(
            talk.connection
                .unsent()
                .starts_with(b"P\0\0\0\x18\0SELECT id FROM t\0")
        );
        assert_eq!(talk.sent(), "PDBES");
        assert_eq!(talk.hear(&answer(INT4)), Some(Ok(Completed { rows: 1 })));
        talk.again(query);
    }
    talk.sent();
    let drifted = talk.hear(&answer(INT8));
    assert!(
        matches!(drifted, Some(Err(Failure::Drift(_)))),
        "{drifted:?}"
    );
    assert_eq!(talk.rows, 3);
}

#[test]
fn without_names_a_write_waits_for_the_comparison_the_first_time() {
    let mut talk = Talk::keeping(0, INSERT);
    assert_eq!(talk.sent(), "PDBEH");
    let flight: [(u8, &[u8]); 5] = [
        (b'1', b""),
        (b't', b"\0\0"),
        (b'T', INT4),
        (b'2', b""),
        (b'C', b"INSERT 0 1\0"),
    ];
    talk.hear(&flight);
    assert_eq!(talk.sent(), "S");
    assert!(talk.hear(&[(b'Z', b"I")]).is_some());
    talk.again(INSERT);
    assert_eq!(talk.sent(), "PDBES");
    talk.hear(&flight);
    assert!(talk.hear(&[(b'Z', b"I")]).is_some());
    let wanted = Statement {
        columns: Some(&[Column {
            name: "id",
            ty: TypeRef::Oid(20),
        }]),
        ..INSERT
    };
    talk.again(wanted);
    assert_eq!(
        talk.sent(),
        "PDBEH",
        "other columns are wanted than were seen"
    );
}

#[test]
fn a_write_refused_before_it_was_decided_gets_its_sync() {
    let mut talk = Talk::start(INSERT);
    talk.sent();
    talk.hear(&[(b'E', b"SERROR\0VERROR\0C42P01\0Mno table\0\0")]);
    assert_eq!(talk.sent(), "S");
    assert!(matches!(
        talk.hear(&[(b'Z', b"I")]),
        Some(Err(Failure::Server(_)))
    ));
}

#[test]
fn a_statement_the_server_invalidated_is_prepared_again_once_and_silently() {
    let mut talk = prepared(QUERY);
    talk.again(QUERY);
    assert_eq!(talk.sent(), "BES");
    assert_eq!(talk.hear(&[(b'E', REVALIDATE), (b'Z', b"I")]), None);
    assert_eq!(talk.sent(), "CPDBES");
    let outcome = talk.hear(&[
        (b'3', b""),
        (b'1', b""),
        (b't', b"\0\0"),
        (b'T', INT4),
        (b'2', b""),
        (b'C', b"SELECT 0\0"),
        (b'Z', b"I"),
    ]);
    assert_eq!(outcome, Some(Ok(Completed { rows: 0 })));
    assert_eq!(talk.connection.statements().counters().reprepares, 1);
}

#[test]
fn a_statement_that_fails_the_same_way_twice_is_an_error() {
    let mut talk = prepared(QUERY);
    talk.again(QUERY);
    talk.sent();
    talk.hear(&[(b'E', REVALIDATE), (b'Z', b"I")]);
    talk.sent();
    assert!(matches!(
        talk.hear(&[(b'E', REVALIDATE), (b'Z', b"I")]),
        Some(Err(Failure::Server(_)))
    ));
}

#[test]
fn other_errors_of_the_same_code_are_not_retried() {
    let mut talk = prepared(QUERY);
    talk.again(QUERY);
    talk.sent();
    let error: &[u8] =
        b"SERROR\0VERROR\0C0A000\0Mcannot use serializable mode in a hot standby\0Rx\0\0";
    assert!(matches!(
        talk.hear(&[(b'E', error), (b'Z', b"I")]),
        Some(Err(Failure::Server(_)))
    ));
}

#[test]
fn nothing_is_prepared_again_inside_a_transaction() {
    let mut talk = prepared(QUERY);
    talk.connection.receive(b'S', b"a\0b\0").unwrap();
    let mut begin = Execute::start(
        &mut talk.connection,
        &Statement {
            sql: "BEGIN",
            columns: Some(&[]),
            ..QUERY
        },
        &mut |_| Ok(()),
    )
    .unwrap();
    for (tag, body) in [
        (b'1', &b""[..]),
        (b'n', b""),
        (b'2', b""),
        (b'C', b"BEGIN\0"),
        (b'Z', b"T"),
    ] {
        let message = talk.connection.receive(tag, body).unwrap().unwrap();
        begin.receive(message, &mut talk.connection).unwrap();
    }
    talk.again(QUERY);
    assert!(matches!(
        talk.hear(&[(b'E', REVALIDATE), (b'Z', b"E")]),
        Some(Err(Failure::Server(_)))
    ));
}

#[test]
fn success_before_sync_is_not_success() {
    let mut talk = prepared(INSERT);
    talk.again(INSERT);
    let deferred: &[u8] = b"SERROR\0VERROR\0C23503\0Mviolates foreign key\0\0";
    let outcome = talk.hear(&[
        (b'2', b""),
        (b'C', b"INSERT 0 1\0"),
        (b'E', deferred),
        (b'Z', b"I"),
    ]);
    assert!(matches!(outcome, Some(Err(Failure::Server(error))) if error.code.code() == "23503"));
}

#[test]
fn a_commit_answered_by_rollback_is_an_error() {
    let mut talk = Talk::start(Statement {
        sql: "COMMIT",
        columns: Some(&[]),
        ..QUERY
    });
    let outcome = talk.hear(&[
        (b'1', b""),
        (b'n', b""),
        (b'2', b""),
        (b'C', b"ROLLBACK\0"),
        (b'Z', b"I"),
    ]);
    assert_eq!(outcome, Some(Err(Failure::CommitRolledBack)));
}

#[test]
fn copy_is_refused_and_the_session_lives_on() {
    let mut talk = Talk::start(Statement {
        sql: "COPY t FROM STDIN",
        columns: Some(&[]),
        ..QUERY
    });
    talk.sent();
    talk.hear(&[(b'1', b""), (b'n', b""), (b'2', b""), (b'G', b"\0\0\0")]);
    assert_eq!(talk.sent(), "fSCS");
    let outcome = talk.hear(&[
        (b'E', b"SERROR\0VERROR\0C57014\0MCOPY failed\0\0"),
        (b'Z', b"I"),
        (b'3', b""),
        (b'Z', b"I"),
    ]);
    assert_eq!(outcome, Some(Err(Failure::Copy)));
}

#[test]
fn values_that_cannot_be_encoded_leave_nothing_behind() {
    let mut connection = Connection::new(8);
    let started = Execute::start(&mut connection, &QUERY, &mut |out| {
        out.push(1);
        Err(EncodeError::Arguments)
    });
    assert_eq!(started.unwrap_err(), EncodeError::Arguments);
    assert_eq!((connection.unsent(), connection.owed()), (&[][..], 0));
}

#[test]
fn an_end_that_was_not_announced_is_an_error() {
    let mut talk = Talk::start(QUERY);
    let message = talk.connection.receive(b'Z', b"I").unwrap().unwrap();
    assert!(talk.execute.receive(message, &mut talk.connection).is_err());
}

#[test]
fn a_statement_that_drifted_is_asked_about_again() {
    let mut talk = Talk::start(QUERY);
    talk.sent();
    let answer = |columns| {
        [
            (b'1', &b""[..]),
            (b't', b"\0\0"),
            (b'T', columns),
            (b'2', b""),
            (b'C', b"SELECT 0\0"),
            (b'Z', b"I"),
        ]
    };
    assert!(matches!(
        talk.hear(&answer(INT8)),
        Some(Err(Failure::Drift(_)))
    ));
    talk.again(QUERY);
    assert_eq!(talk.sent(), "PDBES");
    assert_eq!(talk.hear(&answer(INT4)), Some(Ok(Completed { rows: 0 })));
}

#[test]
fn values_are_found_again_although_a_refused_copy_was_written_before_them() {
    let mut talk = prepared(QUERY);
    let copy = Statement {
        sql: "COPY t FROM STDIN",
        columns: Some(&[]),
        ..QUERY
    };
    talk.again(copy);
    talk.sent();
    talk.connection.abandon(talk.execute.segment());
    talk.again(QUERY);
    let bind_and_execute = talk.connection.unsent().to_vec();
    for (tag, body) in [
        (b'1', &b""[..]),
        (b'n', b""),
        (b'2', b""),
        (b'G', b"\0\0\0"),
        (b'Z', b"I"),
        (b'3', b""),
        (b'Z', b"I"),
    ] {
        assert!(talk.connection.receive(tag, body).unwrap().is_none());
    }
    assert_eq!(talk.sent(), "fSCSBES");
    assert_eq!(talk.hear(&[(b'E', REVALIDATE), (b'Z', b"I")]), None);
    assert!(talk.connection.unsent().ends_with(&bind_and_execute));
    assert_eq!(talk.sent(), "CPDBES");
}
