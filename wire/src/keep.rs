//! The exchange that prepares a statement before its first use, and compares its columns.

use crate::backend::{Backend, RowDescription};
use crate::connection::{Connection, SegmentId};
use crate::exchange::{EncodeError, Exchange, ProtocolError, Step};
use crate::execute::{self, Failure, Statement};
use crate::reader::Malformed;
use crate::server_error::ServerError;
use crate::sqlstate::SqlState;
use crate::statements::{Column, Described, Identity, StatementId};

/// Prepares one statement under the name that its uses will find: `[Parse][Describe][Sync]`.
#[derive(Debug)]
pub struct Keep {
    segment: SegmentId,
    statement: StatementId,
    columns: Option<&'static [Column]>,
    identity: Option<Identity>,
    outcome: Result<(), Failure>,
}

impl Keep {
    /// Queues the statement; `None` if it is prepared and has these columns, then nothing has been queued.
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; then nothing has been queued.
    pub fn start(
        to: &mut Connection,
        statement: &Statement<'_>,
    ) -> Result<Option<Self>, EncodeError> {
        let segment = to.begin();
        let start = to.position();
        to.close_evicted();
        let found = execute::find(to, statement);
        if found.is_err() || to.position() == start {
            to.abandon(segment);
        }
        let (id, _) = found?;
        if to.position() == start {
            return Ok(None);
        }
        to.sync();
        Ok(Some(Self {
            segment,
            statement: id,
            columns: statement.columns,
            identity: statement.identity,
            outcome: Ok(()),
        }))
    }

    /// The segment this exchange is in.
    pub fn segment(&self) -> SegmentId {
        self.segment
    }

    fn described(
        &mut self,
        to: &mut Connection,
        columns: Option<RowDescription<'_>>,
    ) -> Result<(), Malformed> {
        let columns = Described::all(columns)?;
        to.statements.described(self.statement, columns);
        let drift = to
            .statements
            .check(self.statement, self.columns, self.identity);
        if let Some(drift) = drift {
            self.outcome = Err(Failure::Drift(Box::new(drift)));
        }
        Ok(())
    }

    fn refused(&mut self, body: &[u8]) -> Result<(), Malformed> {
        let error = ServerError::read(body)?;
        // A pooler gave this session a connection that has the statement: its first use will find out more.
        if error.code != SqlState::DUPLICATE_PREPARED_STATEMENT {
            self.outcome = Err(Failure::Server(Box::new(error)));
        }
        Ok(())
    }
}

impl Exchange for Keep {
    type Output = Result<(), Failure>;

    fn receive(
        &mut self,
        message: Backend<'_>,
        to: &mut Connection,
    ) -> Result<Step<Self::Output>, ProtocolError> {
        match message {
            Backend::ParseComplete | Backend::CloseComplete | Backend::ParameterDescription(_) => {}
            Backend::RowDescription(columns) => self
                .described(to, Some(columns))
                .map_err(ProtocolError::malformed(b'T'))?,
            Backend::NoData => self
                .described(to, None)
                .map_err(ProtocolError::malformed(b'n'))?,
            Backend::Error(body) => self.refused(body).map_err(ProtocolError::malformed(b'E'))?,
            Backend::ReadyForQuery(_) => return Ok(Step::Done(self.skipped())),
            _ => {
                return Err(ProtocolError::Unexpected {
                    tag: message.tag(),
                    expected: "a reply to Parse and Describe",
                });
            }
        }
        Ok(Step::More)
    }

    fn skipped(&mut self) -> Self::Output {
        std::mem::replace(&mut self.outcome, Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::TypeRef;

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
    const INT4: &[u8] = b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0";
    const INT8: &[u8] = b"\0\x01id\0\0\0\0\0\0\0\0\0\0\x14\0\x08\xff\xff\xff\xff\0\0";

    fn answer(
        keep: &mut Keep,
        to: &mut Connection,
        script: &[(u8, &[u8])],
    ) -> Option<Result<(), Failure>> {
        to.handed_over(usize::MAX / 2);
        let mut outcome = None;
        for (tag, body) in script {
            let message = to.receive(*tag, body).unwrap().unwrap();
            if let Step::Done(done) = keep.receive(message, to).unwrap() {
                outcome = Some(done);
            }
        }
        outcome
    }

    #[test]
    fn a_statement_is_prepared_once() {
        let mut connection = Connection::new(8);
        let mut keep = Keep::start(&mut connection, &QUERY).unwrap().unwrap();
        let told: [(u8, &[u8]); 4] = [(b'1', b""), (b't', b"\0\0"), (b'T', INT4), (b'Z', b"I")];
        assert_eq!(answer(&mut keep, &mut connection, &told), Some(Ok(())));
        assert!(Keep::start(&mut connection, &QUERY).unwrap().is_none());
        assert_eq!((connection.unsent(), connection.owed()), (&[][..], 0));
    }

    #[test]
    fn a_statement_with_other_columns_is_told_at_once() {
        let mut connection = Connection::new(8);
        let mut keep = Keep::start(&mut connection, &QUERY).unwrap().unwrap();
        let told: [(u8, &[u8]); 4] = [(b'1', b""), (b't', b"\0\0"), (b'T', INT8), (b'Z', b"I")];
        let outcome = answer(&mut keep, &mut connection, &told);
        assert!(matches!(outcome, Some(Err(Failure::Drift(_)))));
        // It is asked about again: the columns may fit by now.
        assert!(Keep::start(&mut connection, &QUERY).unwrap().is_some());
    }

    #[test]
    fn a_name_that_the_server_has_already_is_no_error() {
        let mut connection = Connection::new(8);
        let mut keep = Keep::start(&mut connection, &QUERY).unwrap().unwrap();
        let taken: &[u8] = b"SERROR\0VERROR\0C42P05\0Mexists\0\0";
        let outcome = answer(&mut keep, &mut connection, &[(b'E', taken), (b'Z', b"I")]);
        assert_eq!(outcome, Some(Ok(())));
        let mut keep = Keep::start(&mut connection, &QUERY).unwrap().unwrap();
        let refused: &[u8] = b"SERROR\0VERROR\0C42P01\0Mno table\0\0";
        let outcome = answer(&mut keep, &mut connection, &[(b'E', refused), (b'Z', b"I")]);
        assert!(matches!(outcome, Some(Err(Failure::Server(_)))));
    }

    #[test]
    fn what_cannot_be_encoded_leaves_nothing_behind() {
        let mut connection = Connection::new(8);
        let broken = Statement {
            sql: "SELECT '\0'",
            ..QUERY
        };
        let error = Keep::start(&mut connection, &broken).unwrap_err();
        assert_eq!(error, EncodeError::ZeroByte);
        assert_eq!((connection.unsent(), connection.owed()), (&[][..], 0));
    }
}
