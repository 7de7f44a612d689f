//! What becomes of a statement: a write that waits is kept or undone, one that the server has lost is sent again.

use super::{Execute, Failure, prepare};
use crate::backend::TransactionStatus;
use crate::connection::Connection;
use crate::exchange::{EncodeError, Exchange, ProtocolError, Step};
use crate::frontend;
use crate::reader::Malformed;
use crate::server_error::ServerError;
use crate::sqlstate::SqlState;
use crate::tag::Completed;

impl Execute {
    #[cold]
    pub(super) fn refused(&mut self, to: &mut Connection, body: &[u8]) -> Result<(), Malformed> {
        let error = ServerError::read(body)?;
        let alone = self.may_repeat
            && !self.asking
            && self.limit == 0
            && to.status() == TransactionStatus::Idle;
        if lost(&error) {
            if error.code == SqlState::FEATURE_NOT_SUPPORTED {
                to.statements.mistrust();
            }
            if alone && !self.bound && self.outcome.is_ok() {
                self.again = to.queued_in(self.segment, self.message);
            }
            if self.again.is_none() {
                to.statements.give_up(self.statement);
            }
        }
        // The end of the session is worth more than what was wrong before.
        if error.is_fatal() {
            self.outcome = Ok(Completed::default());
        }
        self.fail(Failure::Server(Box::new(error)));
        if std::mem::take(&mut self.undecided) {
            to.sync();
        }
        Ok(())
    }

    /// A flight has ended that is not the last one.
    #[cold]
    pub(super) fn go_on(
        &mut self,
        to: &mut Connection,
    ) -> Result<Step<<Self as Exchange>::Output>, ProtocolError> {
        if !self.asking {
            let repeated = self.start_again(to);
            repeated.map_err(|_| ProtocolError::Unexpected {
                tag: b'Z',
                expected: "a statement to prepare again",
            })?;
            return Ok(Step::More);
        }
        // It was only prepared: the statement itself follows, unless it is not what was checked.
        self.asking = false;
        let message = self.again.take().unwrap_or_default();
        if self.outcome.is_err() {
            return Ok(Step::Done(self.skipped()));
        }
        self.segment = to.begin();
        to.out.extend_from_slice(&message);
        to.sync();
        // What was prepared a moment ago and is lost already is not sent again.
        self.may_repeat = false;
        Ok(Step::More)
    }

    /// Prepares the statement again and sends the same values again, once.
    #[cold]
    fn start_again(&mut self, to: &mut Connection) -> Result<(), EncodeError> {
        let message = self.again.take().unwrap_or_default();
        let (sql, types) = to.statements.text(self.statement);
        self.segment = to.begin();
        to.statements.lost(self.statement);
        to.close_replaced(self.statement)?;
        prepare(to, self.statement, &sql, &types)?;
        if self.hesitant {
            self.again = Some(message);
            self.asking = true;
        } else {
            to.out.extend_from_slice(&message);
        }
        self.may_repeat = false;
        self.ended = false;
        self.outcome = Ok(Completed::default());
        self.finish_flight(to, true);
        Ok(())
    }

    /// An undecided write is kept by Sync, or undone by ROLLBACK as if it had never been.
    pub(super) fn decide(&mut self, to: &mut Connection) {
        if !std::mem::take(&mut self.undecided) {
            return;
        }
        // In a transaction of the user's it is the user who rolls back.
        if matches!(self.outcome, Err(Failure::Drift(_)))
            && to.status() == TransactionStatus::Idle
            && frontend::query(&mut to.out, "ROLLBACK").is_ok()
        {
            to.close_segment();
        } else {
            to.sync();
        }
    }
}

/// Whether the server says that it no longer has the statement, or can no longer use it as it is.
fn lost(error: &ServerError) -> bool {
    match error.routine.as_deref() {
        Some("RevalidateCachedQuery") => error.code == SqlState::FEATURE_NOT_SUPPORTED,
        Some("FetchPreparedStatement") => error.code == SqlState::INVALID_SQL_STATEMENT_NAME,
        // The name is taken: a pooler gave this session a connection that has the statement.
        Some("StorePreparedStatement") => error.code == SqlState::DUPLICATE_PREPARED_STATEMENT,
        _ => false,
    }
}
