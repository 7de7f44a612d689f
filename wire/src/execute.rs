//! The exchange that runs one statement: prepared on its first use, bound and executed, its rows lent one by one.

use std::sync::Arc;

use crate::backend::{Backend, RowDescription, TransactionStatus};
use crate::connection::{Connection, SegmentId};
use crate::exchange::{EncodeError, Exchange, ProtocolError, Step};
use crate::frontend;
use crate::reader::Malformed;
use crate::server_error::ServerError;
use crate::statements::{Column, Described, Drift, Identity, Lookup, StatementId};
use crate::tag::{self, Completed};
use crate::types::TypeRef;

/// A statement as somebody wants to run it.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'a> {
    /// The text, parameters as `$n`.
    pub sql: &'a str,
    /// The types of the parameters.
    pub types: &'a [TypeRef],
    /// The columns it must return, empty for a command; `None` if any will do.
    pub columns: Option<&'static [Column]>,
    /// Whether it changes anything; `None` if only its text can tell.
    pub writes: Option<bool>,
    /// Which one it is, if it is `'static` with all its parts.
    pub identity: Option<Identity>,
}

/// How a statement can fail although both sides keep to the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The server refused it.
    Server(Box<ServerError>),
    /// It is not what was checked; nothing of it has been kept, unless a transaction is open.
    Drift(Box<Drift>),
    /// COMMIT was answered by ROLLBACK: the transaction had failed before.
    CommitRolledBack,
    /// The statement wants to move COPY data.
    Copy,
    /// The statement does not move COPY data, or moves it the other way.
    NotCopy,
}

/// What else is on its way when a statement is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Company {
    None,
    // Segments of others that open no transaction.
    Strangers,
    // A pipeline, or a transaction of the user's.
    Unknown,
    // Other statements of the same segment.
    Batch,
}

/// Appends the values of the parameters, each with its length before it.
pub type Arguments<'a> = &'a mut dyn FnMut(&mut Vec<u8>) -> Result<(), EncodeError>;

/// Runs one statement.
///
/// ```text
/// known:               [Bind][Execute][Sync]
/// unknown:             [Parse][Describe][Bind][Execute][Sync]
/// unknown, writes and  [Parse][Describe][Bind][Execute][Flush]
///   returns rows:        columns as checked → [Sync]      drift → [ROLLBACK]: nothing has happened
/// without names:       [Parse][Describe][Bind][Execute][Sync], each time
/// the same, beside others: [Parse][Describe][Sync]      columns as checked → [Bind][Execute][Sync]
/// lost by the server:  on ReadyForQuery, once: [Close][Parse][Describe] and the same [Bind][Execute][Sync]
/// ```
#[derive(Debug)]
pub struct Execute {
    segment: SegmentId,
    statement: StatementId,
    columns: Option<&'static [Column]>,
    identity: Option<Identity>,
    // Where Bind stands, counted from the segment's start: it and Execute are sent again if the server lost the statement.
    message: u64,
    bound: bool,
    // Rows are for the caller: the statement is bound, and nothing is wrong with it.
    lending: bool,
    // The columns must be compared before what it may write may be kept.
    cautious: bool,
    // Only the text can tell whether it writes.
    doubtful: bool,
    // The segment has no Sync yet.
    undecided: bool,
    // How many rows are asked for at a time; zero is all of them.
    limit: u32,
    // Nothing else could be touched by preparing the statement again, unless a transaction is open.
    may_repeat: bool,
    // The Bind and Execute that are to be sent again, or when the columns have been compared.
    again: Option<Box<[u8]>>,
    // The flight only prepares.
    asking: bool,
    // Others are behind it: it cannot keep its segment open to decide, so it asks first.
    hesitant: bool,
    // The server has said how the statement ended; success becomes final with ReadyForQuery.
    ended: bool,
    outcome: Result<Completed, Failure>,
}

impl Execute {
    /// Queues the statement.
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; then nothing has been queued.
    #[inline(always)]
    pub fn start(
        to: &mut Connection,
        statement: &Statement<'_>,
        arguments: Arguments<'_>,
    ) -> Result<Self, EncodeError> {
        let alone = to.nobody_waits()
            && (to.owed() > 0 || to.status() == TransactionStatus::Idle)
            && !to.has_riders();
        let company = if alone {
            Company::None
        } else {
            Company::Unknown
        };
        Self::start_in(to, statement, arguments, company)
    }

    /// Queues the statement beside others that are not answered yet and have nothing to do with it: no transaction is
    /// open, and none of them opens one.
    ///
    /// It may go through several segments: whoever keeps the order of the answers looks at
    /// [`segment`](Self::segment) after each message.
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; then nothing has been queued.
    #[inline(never)]
    pub fn start_beside(
        to: &mut Connection,
        statement: &Statement<'_>,
        arguments: Arguments<'_>,
    ) -> Result<Self, EncodeError> {
        Self::start_in(to, statement, arguments, Company::Strangers)
    }

    /// Queues the statement before others, or behind others, that are answered in order and may have to do with it: it
    /// goes through one segment only, and is not sent again if the server has lost it.
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; then nothing has been queued.
    pub fn start_among(
        to: &mut Connection,
        statement: &Statement<'_>,
        arguments: Arguments<'_>,
    ) -> Result<Self, EncodeError> {
        Self::start_in(to, statement, arguments, Company::Unknown)
    }

    #[inline(always)]
    fn start_in(
        to: &mut Connection,
        statement: &Statement<'_>,
        arguments: Arguments<'_>,
        company: Company,
    ) -> Result<Self, EncodeError> {
        let segment = to.begin_work();
        let written = Self::write(to, statement, arguments, segment, company);
        if written.is_err() {
            to.abandon(segment);
        }
        written
    }

    /// Queues all of the statement; a member of a batch leaves the end of the segment to others.
    #[inline(always)]
    pub(crate) fn write(
        to: &mut Connection,
        statement: &Statement<'_>,
        arguments: Arguments<'_>,
        segment: SegmentId,
        company: Company,
    ) -> Result<Self, EncodeError> {
        let start = to.position();
        to.close_evicted();
        let (id, first_use) = match to.statements.recall(statement.identity) {
            Some(id) => (id, false),
            None => find(to, statement)?,
        };
        let from = to.position();
        // Nothing has to be decided about a statement that was used before: its segment ends with it.
        let ends = !first_use && company != Company::Batch;
        let tail = if ends {
            frontend::BIND_TAIL_EXECUTE_AND_SYNC
        } else {
            frontend::BIND_TAIL_AND_EXECUTE
        };
        bind(to, id, arguments, tail)?;
        let returns_writes = statement.writes != Some(false)
            && statement.columns.is_some_and(|columns| !columns.is_empty());
        let mut execute = Self {
            segment,
            statement: id,
            columns: statement.columns,
            identity: statement.identity,
            message: from - start,
            bound: false,
            lending: false,
            cautious: returns_writes && company == Company::None,
            doubtful: statement.writes.is_none(),
            undecided: false,
            limit: 0,
            may_repeat: matches!(company, Company::None | Company::Strangers),
            again: None,
            asking: false,
            hesitant: returns_writes && company == Company::Strangers,
            ended: false,
            outcome: Ok(Completed::default()),
        };
        if first_use && execute.hesitant {
            execute.again = Some(to.out.split_off(to.index(from)).into());
            execute.asking = true;
        }
        if ends {
            to.close_segment();
        } else if company != Company::Batch {
            execute.finish_flight(to, first_use);
        }
        Ok(execute)
    }

    /// The segment this exchange is in.
    #[inline]
    pub fn segment(&self) -> SegmentId {
        self.segment
    }

    /// Whether the server is asked to prepare the statement on the way, and has not said that it has.
    pub fn prepares(&self, connection: &Connection) -> bool {
        connection.statements().is_pending(self.statement)
    }

    /// What has gone wrong so far.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.outcome.as_ref().err()
    }

    /// What the server has said of its end so far.
    pub(crate) fn completed(&self) -> Completed {
        self.outcome
            .as_ref()
            .map_or_else(|_| Completed::default(), Clone::clone)
    }

    /// The columns of the statement as the server has described them, once it has.
    pub fn columns<'c>(&self, connection: &'c Connection) -> Option<&'c Arc<[Described]>> {
        connection.statements().columns(self.statement)
    }

    #[cold]
    fn finish_flight(&mut self, to: &mut Connection, first_use: bool) {
        self.undecided = first_use
            && self.cautious
            && (!self.doubtful || to.statements.may_write(self.statement));
        if self.undecided {
            to.out.extend_from_slice(frontend::FLUSH);
        } else {
            to.sync();
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.ended = true;
        self.lending = false;
        if self.outcome.is_ok() {
            self.outcome = Err(failure);
        }
    }

    /// The columns of a statement on its first use.
    fn described(
        &mut self,
        to: &mut Connection,
        columns: Option<RowDescription<'_>>,
    ) -> Result<(), Malformed> {
        to.statements
            .described(self.statement, Described::all(columns)?);
        if let Some(drift) = to
            .statements
            .check(self.statement, self.columns, self.identity)
        {
            self.fail(Failure::Drift(Box::new(drift)));
        }
        Ok(())
    }

    #[cold]
    fn receive_rare(
        &mut self,
        message: Backend<'_>,
        to: &mut Connection,
    ) -> Result<Step<<Self as Exchange>::Output>, ProtocolError> {
        match message {
            Backend::ParseComplete | Backend::CloseComplete | Backend::ParameterDescription(_) => {}
            // It is known before that this row is not wanted.
            Backend::DataRow(_) if self.bound => {}
            Backend::DataRow(_) | Backend::CommandComplete(_) | Backend::EmptyQuery
                if !self.bound =>
            {
                return Err(ProtocolError::Unexpected {
                    tag: message.tag(),
                    expected: "BindComplete",
                });
            }
            Backend::EmptyQuery => {
                self.ended = true;
                self.decide(to);
            }
            Backend::PortalSuspended if self.limit > 0 && self.bound => {
                if self.outcome.is_ok() {
                    return Ok(Step::Paused);
                }
                self.decide(to);
            }
            Backend::ReadyForQuery(_) if !self.ended => {
                return Err(ProtocolError::Unexpected {
                    tag: b'Z',
                    expected: "CommandComplete",
                });
            }
            Backend::RowDescription(columns) => {
                self.described(to, Some(columns))
                    .map_err(ProtocolError::malformed(b'T'))?;
            }
            Backend::NoData => self
                .described(to, None)
                .map_err(ProtocolError::malformed(b'n'))?,
            Backend::Error(body) => self
                .refused(to, body)
                .map_err(ProtocolError::malformed(b'E'))?,
            Backend::CopyIn => {
                self.undecided = false;
                to.refuse_copy();
                self.fail(Failure::Copy);
            }
            Backend::CopyOut => self.fail(Failure::Copy),
            Backend::CopyData(_) | Backend::CopyDone if self.outcome == Err(Failure::Copy) => {}
            _ => {
                return Err(ProtocolError::Unexpected {
                    tag: message.tag(),
                    expected: "a reply to Execute",
                });
            }
        }
        Ok(Step::More)
    }
}

impl Exchange for Execute {
    type Output = Result<Completed, Failure>;

    #[inline]
    fn receive(
        &mut self,
        message: Backend<'_>,
        to: &mut Connection,
    ) -> Result<Step<Self::Output>, ProtocolError> {
        match message {
            Backend::DataRow(_) if self.lending => Ok(Step::Row),
            Backend::BindComplete => {
                self.bound = true;
                self.lending = self.outcome.is_ok();
                Ok(Step::More)
            }
            Backend::CommandComplete(tag) if self.bound => {
                self.ended = true;
                if let Ok(completed) = &mut self.outcome {
                    *completed = Completed::read(tag);
                }
                if tag == b"ROLLBACK"
                    && tag::commit_rolled_back(tag, &to.statements.text(self.statement).0)
                {
                    self.fail(Failure::CommitRolledBack);
                }
                if to.statements.touches_path(self.statement) {
                    to.touch_path();
                }
                self.decide(to);
                Ok(Step::More)
            }
            Backend::ReadyForQuery(_) if self.again.is_some() => self.go_on(to),
            Backend::ReadyForQuery(_) if self.ended => Ok(Step::Done(std::mem::replace(
                &mut self.outcome,
                Ok(Completed::default()),
            ))),
            _ => self.receive_rare(message, to),
        }
    }

    fn skipped(&mut self) -> Self::Output {
        std::mem::replace(&mut self.outcome, Ok(Completed::default()))
    }
}

/// A statement that has not been used from this place: prepared by another one, or not at all.
#[cold]
pub(crate) fn find(
    to: &mut Connection,
    statement: &Statement<'_>,
) -> Result<(StatementId, bool), EncodeError> {
    let (sql, types) = (statement.sql, statement.types);
    let id = match to.statements.look_up(sql, types) {
        Lookup::Unknown(id) => id,
        Lookup::Known(id) => {
            let drift = to
                .statements
                .check(id, statement.columns, statement.identity);
            if drift.is_none() {
                return Ok((id, false));
            }
            // The columns may be those of long ago: the server is asked again.
            to.statements.renew(sql, types)
        }
        Lookup::Seen(id) => {
            let drift = to.statements.check(id, statement.columns, None);
            prepare(to, id, sql, types)?;
            return Ok((id, drift.is_some()));
        }
    };
    prepare(to, id, sql, types)?;
    Ok((id, true))
}

fn prepare(
    to: &mut Connection,
    id: StatementId,
    sql: &str,
    types: &[TypeRef],
) -> Result<(), EncodeError> {
    let oids: Result<Vec<u32>, EncodeError> = types
        .iter()
        .map(|ty| match ty {
            TypeRef::Oid(oid) => Ok(*oid),
            TypeRef::Named(_) => Err(EncodeError::UnresolvedType),
        })
        .collect();
    let queued = oids.and_then(|oids| to.parse(id, sql, &oids));
    if queued.is_err() {
        to.statements.not_parsed(id);
    }
    queued?;
    frontend::describe_statement(&mut to.out, to.statements.name(id))
}

/// Queues Bind and Execute. What is the same each time is copied in one piece.
#[inline(always)]
fn bind(
    to: &mut Connection,
    id: StatementId,
    arguments: Arguments<'_>,
    tail: &'static [u8],
) -> Result<(), EncodeError> {
    let out = &mut to.out;
    let start = out.len() + 1;
    out.extend_from_slice(to.statements.bind_head(id));
    arguments(out)?;
    let end = out.len() + frontend::BIND_TAIL;
    out.extend_from_slice(tail);
    frontend::close(out, start, end)
}

mod limited;
mod outcome;
#[cfg(test)]
mod tests;
