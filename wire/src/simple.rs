//! The exchange that runs a text of any number of statements through the simple protocol.

use std::sync::Arc;

use crate::backend::{Backend, RowDescription};
use crate::connection::{Connection, SegmentId};
use crate::exchange::{EncodeError, Exchange, ProtocolError, Step};
use crate::execute::Failure;
use crate::frontend;
use crate::reader::Malformed;
use crate::server_error::ServerError;
use crate::statements::Described;
use crate::tag::{self, Completed};

/// How one statement of the text ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimpleResult {
    /// What it did.
    pub completed: Completed,
    /// The same in the server's words: `INSERT 0 5`.
    pub tag: Box<str>,
    /// The columns of its rows; none if it returns no rows.
    pub columns: Arc<[Described]>,
    /// How many rows were lent to the caller since the statement before it ended.
    pub lent: usize,
}

/// Runs a text: `[Query]`. Rows come as text and are lent one by one.
#[derive(Debug)]
pub struct Simple {
    segment: SegmentId,
    // How many statements were put before the text, and how many characters they take.
    riders: usize,
    shift: u32,
    // Whether the text itself asks for a rollback: then the tag ROLLBACK is no surprise.
    asks_rollback: bool,
    // The server has said how at least one statement ended.
    ended: bool,
    // Of the statement that is being answered.
    columns: Arc<[Described]>,
    binary: bool,
    lent: usize,
    outcome: Result<Vec<SimpleResult>, Failure>,
}

impl Simple {
    /// Queues the text.
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; then nothing has been queued.
    pub fn start(to: &mut Connection, sql: &str) -> Result<Self, EncodeError> {
        let segment = to.begin();
        to.close_evicted();
        let mut written = Ok(());
        let (mut riders, mut shift) = (0, 0);
        if to.has_riders() {
            let (before, count) = to.seat_in_text(segment);
            riders = count;
            shift = u32::try_from(before.chars().count()).unwrap_or(0);
            written = frontend::query(&mut to.out, &(before + sql));
        } else if let Err(error) = frontend::query(&mut to.out, sql) {
            written = Err(error);
        }
        if let Err(error) = written {
            to.abandon(segment);
            return Err(error);
        }
        to.close_simple();
        if mentions_path(sql) {
            to.touch_path();
        }
        Ok(Self {
            segment,
            riders,
            shift,
            asks_rollback: !tag::commit_rolled_back(b"ROLLBACK", sql),
            ended: false,
            columns: Arc::default(),
            binary: false,
            lent: 0,
            outcome: Ok(Vec::new()),
        })
    }

    /// The segment this exchange is in.
    pub fn segment(&self) -> SegmentId {
        self.segment
    }

    /// The columns of the rows that are being lent.
    pub fn columns(&self) -> &Arc<[Described]> {
        &self.columns
    }

    /// Whether the rows that are being lent hold binary values: those of a binary cursor do.
    pub fn is_binary(&self) -> bool {
        self.binary
    }

    fn describe(&mut self, columns: RowDescription<'_>) -> Result<(), Malformed> {
        self.binary = columns
            .fields()
            .any(|field| field.is_ok_and(|field| field.binary));
        self.columns = Described::all(Some(columns))?;
        Ok(())
    }

    /// The statement that is being answered has ended with this tag.
    fn end(&mut self, tag: &[u8]) {
        let result = SimpleResult {
            completed: Completed::read(tag),
            tag: String::from_utf8_lossy(tag).into(),
            columns: std::mem::take(&mut self.columns),
            lent: std::mem::take(&mut self.lent),
        };
        if let Ok(results) = &mut self.outcome {
            results.push(result);
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.ended = true;
        if self.outcome.is_ok() {
            self.outcome = Err(failure);
        }
    }
}

/// `set_config('search_path', …)` leaves no command tag of its own.
pub(crate) fn mentions_path(sql: &str) -> bool {
    const NAME: &[u8] = b"search_path";
    sql.as_bytes()
        .windows(NAME.len())
        .any(|part| part.eq_ignore_ascii_case(NAME))
}

impl Exchange for Simple {
    type Output = Result<Vec<SimpleResult>, Failure>;

    fn receive(
        &mut self,
        message: Backend<'_>,
        to: &mut Connection,
    ) -> Result<Step<Self::Output>, ProtocolError> {
        match message {
            Backend::DataRow(_) => {
                return Ok(if self.outcome.is_ok() {
                    self.lent += 1;
                    Step::Row
                } else {
                    Step::More
                });
            }
            Backend::RowDescription(columns) => self
                .describe(columns)
                .map_err(ProtocolError::malformed(b'T'))?,
            Backend::CloseComplete => {}
            Backend::EmptyQuery => self.ended = true,
            Backend::CommandComplete(_) if self.riders > 0 => {
                self.riders -= 1;
                // Behind riders a script of no statement has no answer of its own.
                self.ended = self.riders == 0;
            }
            Backend::CommandComplete(tag) => {
                self.ended = true;
                if tag == b"ROLLBACK" && !self.asks_rollback {
                    self.fail(Failure::CommitRolledBack);
                }
                self.end(tag);
            }
            Backend::Error(body) => {
                let mut error = ServerError::read(body).map_err(ProtocolError::malformed(b'E'))?;
                error.position = error
                    .position
                    .and_then(|position| position.checked_sub(self.shift));
                self.fail(Failure::Server(Box::new(error)));
            }
            Backend::CopyIn => {
                to.refuse_copy();
                self.fail(Failure::Copy);
            }
            Backend::CopyOut => self.fail(Failure::Copy),
            Backend::CopyData(_) | Backend::CopyDone => {}
            Backend::ReadyForQuery(_) if self.ended => return Ok(Step::Done(self.skipped())),
            _ => {
                return Err(ProtocolError::Unexpected {
                    tag: message.tag(),
                    expected: "a reply to Query",
                });
            }
        }
        Ok(Step::More)
    }

    fn skipped(&mut self) -> Self::Output {
        std::mem::replace(&mut self.outcome, Ok(Vec::new()))
    }
}
