//! The exchange that runs a text of any number of statements through the simple protocol.

use crate::backend::Backend;
use crate::connection::{Connection, SegmentId};
use crate::exchange::{EncodeError, Exchange, ProtocolError, Step};
use crate::execute::Failure;
use crate::frontend;
use crate::server_error::ServerError;
use crate::tag::{self, Completed};

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
    outcome: Result<Vec<Completed>, Failure>,
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
            outcome: Ok(Vec::new()),
        })
    }

    /// The segment this exchange is in.
    pub fn segment(&self) -> SegmentId {
        self.segment
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
    type Output = Result<Vec<Completed>, Failure>;

    fn receive(
        &mut self,
        message: Backend<'_>,
        to: &mut Connection,
    ) -> Result<Step<Self::Output>, ProtocolError> {
        match message {
            Backend::DataRow(_) => {
                return Ok(if self.outcome.is_ok() {
                    Step::Row
                } else {
                    Step::More
                });
            }
            Backend::RowDescription(_) | Backend::CloseComplete => {}
            Backend::EmptyQuery => self.ended = true,
            Backend::CommandComplete(_) if self.riders > 0 => self.riders -= 1,
            Backend::CommandComplete(tag) => {
                self.ended = true;
                if tag == b"ROLLBACK" && !self.asks_rollback {
                    self.fail(Failure::CommitRolledBack);
                }
                if let Ok(done) = &mut self.outcome {
                    done.push(Completed::read(tag));
                }
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
