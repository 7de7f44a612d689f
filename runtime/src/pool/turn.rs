//! Waiting for a connection, in the order of arrival.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use super::entry::Entry;
use super::inner::{Inner, locked};
use super::slots::{End, InLine};
use crate::error::{Error, Kind};

/// Somebody who waits for a connection.
///
/// ```text
/// Waiting ──granted──> Granted ──polled──> Left        dropped while Granted: the connection goes to the next in line
///    ├──failed──> Failed ──polled──> Left
///    └──dropped──> Left                                granted while Left: refused, the next in line gets it
/// ```
#[derive(Debug)]
pub(super) struct Waiter(Mutex<State>);

#[derive(Debug)]
enum State {
    Waiting(Option<Waker>),
    Granted(Box<Entry>),
    Failed(Error),
    Left,
}

impl Waiter {
    /// Hands over a connection; who is to be woken, or the connection if nobody waits here any more.
    pub(super) fn grant(&self, entry: Entry) -> Result<Option<Waker>, Entry> {
        let mut state = locked(&self.0);
        match std::mem::replace(&mut *state, State::Left) {
            State::Waiting(waker) => {
                *state = State::Granted(Box::new(entry));
                Ok(waker)
            }
            other => {
                *state = other;
                Err(entry)
            }
        }
    }

    /// Tells that there will be no connection.
    pub(super) fn fail(&self, error: Error) -> Option<Waker> {
        let mut state = locked(&self.0);
        match std::mem::replace(&mut *state, State::Failed(error)) {
            State::Waiting(waker) => waker,
            other => {
                *state = other;
                None
            }
        }
    }
}

/// A turn in the line: ready when it has come. Dropping it leaves the line, and passes on what was handed over already.
#[derive(Debug)]
pub(super) struct Turn {
    inner: Arc<Inner>,
    waiter: Arc<Waiter>,
}

impl Turn {
    /// Joins the line; in front if its turn had come before, and what it got was no good.
    pub(super) fn join(inner: &Arc<Inner>, end: End) -> Self {
        let waiter = Arc::new(Waiter(Mutex::new(State::Waiting(None))));
        inner.join(InLine::One(Arc::clone(&waiter)), end);
        Self {
            inner: Arc::clone(inner),
            waiter,
        }
    }
}

impl Future for Turn {
    type Output = Result<Entry, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = locked(&self.waiter.0);
        match std::mem::replace(&mut *state, State::Left) {
            State::Granted(entry) => Poll::Ready(Ok(*entry)),
            State::Failed(error) => Poll::Ready(Err(error)),
            State::Waiting(waker) => {
                let waker = waker.filter(|waker| waker.will_wake(cx.waker()));
                *state = State::Waiting(waker.or_else(|| Some(cx.waker().clone())));
                Poll::Pending
            }
            State::Left => Poll::Ready(Err(Error::new(Kind::Closed(None)))),
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let state = std::mem::replace(&mut *locked(&self.waiter.0), State::Left);
        match state {
            State::Waiting(_) => self.inner.leave(&self.waiter),
            State::Granted(entry) => self.inner.put(*entry),
            State::Failed(_) | State::Left => {}
        }
    }
}
