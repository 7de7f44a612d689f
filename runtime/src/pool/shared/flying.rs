//! The statements on one shared connection, in the order in which the server answers them.

use std::collections::VecDeque;
use std::sync::Arc;

use hathi_wire::{Completed, Exchange, Execute, Failure, Frame, ProtocolError, Step};
use tokio::time::Instant;

use super::job::{Answer, Job};
use crate::error::{Error, Kind};
use crate::session::Link;
use crate::source::checked;

/// A statement that was sent.
#[derive(Debug)]
pub(super) struct Flying {
    // Nothing once its task has its answer, or has gone.
    pub(super) job: Option<Arc<Job>>,
    pub(super) execute: Execute,
    // The arguments, and the rows behind them.
    bytes: Vec<u8>,
    rows: usize,
    pub(super) since: Instant,
    // It was stopped by a cancel request meant for another one, and is sent again if that happened to it.
    may_return: bool,
}

impl Flying {
    /// Queues a statement on the connection; nothing if nobody waits for it any more, or it cannot be sent.
    pub(super) fn start(link: &mut Link, job: Arc<Job>, now: Instant) -> Option<Self> {
        let bytes = job.take()?;
        let mut arguments = |out: &mut Vec<u8>| {
            out.extend_from_slice(&bytes);
            Ok(())
        };
        let started =
            Execute::start_beside(&mut link.connection, &checked(job.parts), &mut arguments);
        match started {
            Ok(execute) => Some(Self {
                job: Some(job),
                execute,
                rows: bytes.len(),
                bytes,
                since: now,
                may_return: true,
            }),
            Err(error) => {
                let waker = job.fail(Error::new(Kind::Encode(error)));
                waker.into_iter().for_each(std::task::Waker::wake);
                None
            }
        }
    }

    /// Takes its job away to be sent again; nothing if nobody waits for it.
    pub(super) fn give_back(mut self) -> Option<Arc<Job>> {
        let job = self.job.take()?;
        self.bytes.truncate(self.rows);
        job.give_back(self.bytes).then_some(job)
    }

    fn keep(&mut self, row: &[u8]) {
        if self.job.is_none() {
            return;
        }
        let length = u32::try_from(row.len()).unwrap_or(u32::MAX);
        self.bytes.reserve(4 + row.len());
        self.bytes.extend_from_slice(&length.to_ne_bytes());
        self.bytes.extend_from_slice(row);
    }

    fn finish(self, outcome: Result<Completed, Failure>) {
        let Some(job) = self.job else { return };
        let answer = Answer {
            bytes: self.bytes,
            rows: self.rows,
            outcome,
        };
        if let Some(waker) = job.answer(Ok(answer)) {
            waker.wake();
        }
    }
}

/// What became of the oldest statement.
pub(super) enum Landed {
    Finished,
    // To be sent again: a cancel request meant for another one has hit it.
    Again(Flying),
}

/// Takes one message of the connection for the oldest statement.
pub(super) fn receive(
    flying: &mut VecDeque<Flying>,
    link: &mut Link,
    frame: Frame,
    is_cancelled: bool,
) -> Result<Option<Landed>, ProtocolError> {
    let body = link.input.body(frame);
    let Some(message) = link.connection.receive(frame.tag, body)? else {
        return Ok(None);
    };
    let Some(head) = flying.front_mut() else {
        return Err(ProtocolError::Unasked { tag: frame.tag });
    };
    let segment = head.execute.segment();
    match head.execute.receive(message, &mut link.connection)? {
        Step::Row => head.keep(link.input.body(frame)),
        Step::Done(outcome) => return Ok(land(flying, link, outcome, is_cancelled)),
        Step::More | Step::Paused => {
            // It goes on behind all that were sent meanwhile.
            if head.execute.segment() != segment {
                flying.rotate_left(1);
            }
        }
    }
    Ok(None)
}

fn land(
    flying: &mut VecDeque<Flying>,
    link: &mut Link,
    outcome: Result<Completed, Failure>,
    is_cancelled: bool,
) -> Option<Landed> {
    let mut head = flying.pop_front()?;
    if let Err(failure) = &outcome {
        link.heed(failure);
        let was_hit = matches!(failure, Failure::Server(error) if error.code.code() == "57014");
        if is_cancelled && was_hit && head.may_return && head.job.is_some() {
            head.may_return = false;
            return Some(Landed::Again(head));
        }
    }
    head.finish(outcome);
    Some(Landed::Finished)
}
