//! A statement on its way through a shared connection, and its answer.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use hathi_wire::{Completed, Failure};

use crate::error::Error;
use crate::pool::inner::locked;
use crate::source::Parts;

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    /// The arguments of the statement, and behind them the rows, each with its length before it.
    pub(super) bytes: Vec<u8>,
    /// Where the rows begin.
    pub(super) rows: usize,
    pub(super) outcome: Result<Completed, Failure>,
}

/// A statement that waits for its answer. The task that wants it and the carrier share it.
///
/// ```text
/// Waiting ──taken──> Taken ──answered──> Answered ──polled──> Left
///    └────────── dropped: Left ──┴── dropped: Left: the carrier throws the answer away
///    (a statement that was Left before it was taken never runs)
/// ```
#[derive(Debug)]
pub(in crate::pool) struct Job {
    pub(super) parts: &'static Parts,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    Waiting(Waker, Vec<u8>),
    Taken(Waker),
    Answered(Result<Answer, Error>),
    Left,
}

impl Job {
    pub(super) fn new(parts: &'static Parts, waker: Waker, arguments: Vec<u8>) -> Arc<Self> {
        Arc::new(Self {
            parts,
            state: Mutex::new(State::Waiting(waker, arguments)),
        })
    }

    /// The answer, or whether it is on the wire already.
    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<Answer, Error>> {
        let mut state = locked(&self.state);
        match &mut *state {
            State::Waiting(waker, _) | State::Taken(waker) => {
                waker.clone_from(cx.waker());
                Poll::Pending
            }
            State::Answered(_) | State::Left => match std::mem::replace(&mut *state, State::Left) {
                State::Answered(answer) => Poll::Ready(answer),
                _ => Poll::Pending,
            },
        }
    }

    /// Whoever waits for it looks at it again: from now on for no longer than one may wait for a connection.
    pub(super) fn wake(&self) {
        let waker = match &*locked(&self.state) {
            State::Waiting(waker, _) => Some(waker.clone()),
            _ => None,
        };
        waker.into_iter().for_each(Waker::wake);
    }

    /// Whether no carrier has taken it yet.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(*locked(&self.state), State::Waiting(..))
    }

    /// Nobody waits for it any more.
    pub(super) fn leave(&self) {
        let left = std::mem::replace(&mut *locked(&self.state), State::Left);
        drop(left);
    }

    pub(super) fn was_left(&self) -> bool {
        matches!(*locked(&self.state), State::Left)
    }

    /// The arguments, for a carrier that is about to send it; nothing if nobody waits for it any more.
    pub(super) fn take(&self) -> Option<Vec<u8>> {
        let mut state = locked(&self.state);
        match std::mem::replace(&mut *state, State::Left) {
            State::Waiting(waker, arguments) => {
                *state = State::Taken(waker);
                Some(arguments)
            }
            other => {
                *state = other;
                None
            }
        }
    }

    /// It is to be sent again, by whoever takes it; whether somebody still waits for it.
    pub(super) fn give_back(&self, arguments: Vec<u8>) -> bool {
        let mut state = locked(&self.state);
        match std::mem::replace(&mut *state, State::Left) {
            State::Taken(waker) => {
                *state = State::Waiting(waker, arguments);
                true
            }
            other => {
                *state = other;
                false
            }
        }
    }

    /// The answer has come; who is to be woken.
    pub(super) fn answer(&self, answer: Result<Answer, Error>) -> Option<Waker> {
        let mut state = locked(&self.state);
        match std::mem::replace(&mut *state, State::Left) {
            State::Waiting(waker, _) | State::Taken(waker) => {
                *state = State::Answered(answer);
                Some(waker)
            }
            other => {
                *state = other;
                None
            }
        }
    }

    /// There is no answer.
    pub(in crate::pool) fn fail(&self, error: Error) -> Option<Waker> {
        self.answer(Err(error))
    }
}
