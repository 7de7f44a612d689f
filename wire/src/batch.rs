//! The exchange that runs several statements in one segment: one flight, and one implicit transaction.

use crate::backend::Backend;
use crate::connection::{Connection, SegmentId};
use crate::exchange::{EncodeError, Exchange, ProtocolError, Step};
use crate::execute::{Arguments, Company, Execute, Failure, Statement};
use crate::server_error::ServerError;
use crate::tag::Completed;

/// Runs statements one behind the other: if one fails, the server skips those behind it, and outside of a transaction
/// nothing of any of them is kept.
///
/// ```text
/// [Bind][Execute] [Parse][Describe][Bind][Execute] … [Sync]
/// ```
/// A statement that writes and returns rows should be prepared before: here it has run when its columns are compared.
#[derive(Debug)]
pub struct Batch {
    segment: SegmentId,
    members: Vec<Execute>,
    // The one that is being answered.
    current: usize,
    failure: Option<BatchFailure>,
}

/// Why a batch failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchFailure {
    /// Which statement it was; as many as there are if it was the end of the implicit transaction.
    pub member: usize,
    /// What went wrong.
    pub failure: Failure,
}

impl Batch {
    /// Opens the segment.
    pub fn start(to: &mut Connection) -> Self {
        Self {
            segment: to.begin_work(),
            members: Vec::new(),
            current: 0,
            failure: None,
        }
    }

    /// Queues a statement.
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; then nothing of the whole batch is queued any more.
    #[inline(never)]
    pub fn add(
        &mut self,
        to: &mut Connection,
        statement: &Statement<'_>,
        arguments: Arguments<'_>,
    ) -> Result<(), EncodeError> {
        match Execute::write(to, statement, arguments, self.segment, Company::Batch) {
            Ok(execute) => self.members.push(execute),
            Err(error) => {
                to.abandon(self.segment);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Ends the segment: nothing can be added any more.
    pub fn finish(&self, to: &mut Connection) {
        to.sync();
    }

    /// The segment this exchange is in.
    pub fn segment(&self) -> SegmentId {
        self.segment
    }

    /// The statement that is being answered: whose row was lent last.
    pub fn current(&self) -> usize {
        self.current
    }

    /// The statement that is being answered, as an exchange.
    pub fn member(&self) -> Option<&Execute> {
        self.members.get(self.current)
    }

    fn fail(&mut self, failure: Failure) {
        let member = self.current;
        self.failure.get_or_insert(BatchFailure { member, failure });
    }
}

impl Exchange for Batch {
    type Output = Result<Vec<Completed>, BatchFailure>;

    fn receive(
        &mut self,
        message: Backend<'_>,
        to: &mut Connection,
    ) -> Result<Step<Self::Output>, ProtocolError> {
        let ends = matches!(message, Backend::CommandComplete(_) | Backend::EmptyQuery);
        let is_error = matches!(message, Backend::Error(_));
        if let Backend::ReadyForQuery(_) = message {
            if self.failure.is_none() && self.current < self.members.len() {
                return Err(ProtocolError::Unexpected {
                    tag: b'Z',
                    expected: "CommandComplete",
                });
            }
            return Ok(Step::Done(self.outcome()));
        }
        let Some(member) = self.members.get_mut(self.current) else {
            let Backend::Error(body) = message else {
                return Err(ProtocolError::Unexpected {
                    tag: message.tag(),
                    expected: "ReadyForQuery",
                });
            };
            // All have run, and their implicit transaction cannot be committed: a deferred constraint.
            let error = ServerError::read(body).map_err(ProtocolError::malformed(b'E'))?;
            self.fail(Failure::Server(Box::new(error)));
            return Ok(Step::More);
        };
        let step = member.receive(message, to)?;
        if let Some(failure) = member.failure().filter(|_| ends || is_error) {
            let failure = failure.clone();
            self.fail(failure);
        }
        if ends {
            self.current += 1;
        }
        Ok(match step {
            Step::Row if self.failure.is_none() => Step::Row,
            _ => Step::More,
        })
    }

    fn skipped(&mut self) -> Self::Output {
        self.outcome()
    }
}

impl Batch {
    fn outcome(&mut self) -> <Self as Exchange>::Output {
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => Ok(self.members.iter().map(Execute::completed).collect()),
        }
    }
}

#[cfg(test)]
mod tests;
