//! Batches as lists of messages: one that ends well, one that fails in its middle, one that fails at its end.

use super::*;
use crate::statements::Column;
use crate::types::TypeRef;

const ID: Column = Column {
    name: "id",
    ty: TypeRef::Oid(23),
};

fn statement(sql: &'static str) -> Statement<'static> {
    Statement {
        sql,
        types: &[],
        columns: Some(&[ID]),
        writes: Some(false),
        identity: None,
    }
}

const INT4: &[u8] = b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0";
const INT8: &[u8] = b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x14\0\x08\xff\xff\xff\xff\0\0";
const ROW: &[u8] = b"\0\x01\0\0\0\x04\0\0\0\x01";

struct Talk {
    connection: Connection,
    batch: Batch,
    rows: Vec<usize>,
}

impl Talk {
    fn start() -> Self {
        let mut connection = Connection::new(8);
        let mut batch = Batch::start(&mut connection);
        for sql in ["SELECT 1", "SELECT 2", "SELECT 3"] {
            batch
                .add(&mut connection, &statement(sql), &mut |_| Ok(()))
                .unwrap();
        }
        batch.finish(&mut connection);
        connection.handed_over(usize::MAX / 2);
        Self {
            connection,
            batch,
            rows: Vec::new(),
        }
    }

    fn hear(&mut self, script: &[(u8, &[u8])]) -> Option<Result<Vec<Completed>, BatchFailure>> {
        let mut outcome = None;
        for (tag, body) in script {
            let Some(message) = self.connection.receive(*tag, body).unwrap() else {
                continue;
            };
            match self.batch.receive(message, &mut self.connection).unwrap() {
                Step::Row => self.rows.push(self.batch.current()),
                Step::Done(done) => outcome = Some(done),
                _ => {}
            }
        }
        outcome
    }
}

fn member(columns: &'static [u8]) -> Vec<(u8, &'static [u8])> {
    vec![
        (b'1', b""),
        (b't', b"\0\0"),
        (b'T', columns),
        (b'2', b""),
        (b'D', ROW),
        (b'C', b"SELECT 1\0"),
    ]
}

#[test]
fn rows_belong_to_the_statement_that_is_being_answered() {
    let mut talk = Talk::start();
    for _ in 0..3 {
        assert_eq!(talk.hear(&member(INT4)), None);
    }
    let outcome = talk.hear(&[(b'Z', b"I")]).unwrap().unwrap();
    assert_eq!(outcome, [Completed { rows: 1 }; 3].to_vec());
    assert_eq!(talk.rows, [0, 1, 2]);
}

#[test]
fn a_failure_says_whose_it_is_and_later_ones_never_ran() {
    let mut talk = Talk::start();
    talk.hear(&member(INT4));
    let refused: &[(u8, &[u8])] = &[
        (b'1', b""),
        (b't', b"\0\0"),
        (b'T', INT4),
        (b'2', b""),
        (b'E', b"SERROR\0C22012\0Mdivision by zero\0\0"),
        (b'Z', b"I"),
    ];
    let failure = talk.hear(refused).unwrap().unwrap_err();
    assert_eq!(failure.member, 1);
    assert!(matches!(failure.failure, Failure::Server(_)));
    assert_eq!(
        talk.connection.statements().len(),
        2,
        "the third Parse was skipped"
    );
}

#[test]
fn a_failure_at_the_end_belongs_to_none_of_them() {
    let mut talk = Talk::start();
    for _ in 0..3 {
        talk.hear(&member(INT4));
    }
    let failure = talk
        .hear(&[(b'E', b"SERROR\0C23505\0Mduplicate\0\0"), (b'Z', b"I")])
        .unwrap()
        .unwrap_err();
    assert_eq!(failure.member, 3);
}

#[test]
fn drift_of_one_fails_them_all_and_lends_no_row_of_it() {
    let mut talk = Talk::start();
    talk.hear(&member(INT4));
    talk.hear(&member(INT8));
    talk.hear(&member(INT4));
    let failure = talk.hear(&[(b'Z', b"I")]).unwrap().unwrap_err();
    assert_eq!(failure.member, 1);
    assert!(matches!(failure.failure, Failure::Drift(_)));
    assert_eq!(talk.rows, [0]);
}

#[test]
fn what_cannot_be_encoded_takes_all_back() {
    let mut connection = Connection::new(8);
    let mut batch = Batch::start(&mut connection);
    batch
        .add(&mut connection, &statement("SELECT 1"), &mut |_| Ok(()))
        .unwrap();
    let refused = batch.add(&mut connection, &statement("SELECT 2"), &mut |_| {
        Err(EncodeError::Arguments)
    });
    assert_eq!(refused, Err(EncodeError::Arguments));
    assert_eq!((connection.unsent().len(), connection.owed()), (0, 0));
}

#[test]
fn an_end_before_all_have_answered_breaks_the_protocol() {
    let mut talk = Talk::start();
    talk.hear(&member(INT4));
    let message = talk.connection.receive(b'Z', b"I").unwrap().unwrap();
    assert!(talk.batch.receive(message, &mut talk.connection).is_err());
}
