//! What has arrived and waits to be read, shared by a listener and its task.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::SystemTime;

use super::options::{ListenerOptions, Overflow};
use crate::error::{Error, Kind};
use crate::notification::{Event, Gap};

/// What a listener and its task share. The lock is held for a moment only, and nobody is woken under it.
pub(super) struct Shared(Mutex<State>);

struct State {
    queue: Queue,
    // Who waits for something to read, and who waits for room.
    reader: Option<Waker>,
    writer: Option<Waker>,
    process: Option<u32>,
    end: End,
}

enum End {
    Open,
    // The reader has not been told yet.
    Untold(Error),
    Told,
}

impl Shared {
    pub(super) fn new(options: &ListenerOptions) -> Self {
        Self(Mutex::new(State {
            queue: Queue::new(options),
            reader: None,
            writer: None,
            process: None,
            end: End::Open,
        }))
    }

    /// The next event; an error at the end, and nothing behind it.
    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Event, Error>>> {
        let mut state = self.lock();
        if let Some(event) = state.queue.pop() {
            let writer = state.writer.take();
            drop(state);
            wake(writer);
            return Poll::Ready(Some(Ok(event)));
        }
        match std::mem::replace(&mut state.end, End::Told) {
            End::Open => {
                state.end = End::Open;
                state.reader = Some(cx.waker().clone());
                Poll::Pending
            }
            End::Untold(error) => Poll::Ready(Some(Err(error))),
            End::Told => Poll::Ready(None),
        }
    }

    /// Ready when there is room for another event, or is made for it.
    pub(super) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if state.queue.has_room() {
            return Poll::Ready(());
        }
        state.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    pub(super) fn push(&self, event: Event) {
        let mut state = self.lock();
        state.queue.push(SystemTime::now(), event);
        let reader = state.reader.take();
        drop(state);
        wake(reader);
    }

    /// Which process of the server is listened to, if any.
    pub(super) fn connected(&self, process: Option<u32>) {
        self.lock().process = process;
    }

    pub(super) fn process(&self) -> Option<u32> {
        self.lock().process
    }

    /// Nothing comes any more, for this reason; the first one counts.
    pub(super) fn end(&self, error: Option<Error>) {
        let mut state = self.lock();
        state.process = None;
        if matches!(state.end, End::Open) {
            state.end = End::Untold(error.unwrap_or_else(|| Error::new(Kind::Closed(None))));
        }
        let reader = state.reader.take();
        drop(state);
        wake(reader);
    }

    /// Nothing here is left half done by a panic.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// Events that wait, the oldest first, and what is missing before them.
#[derive(Debug)]
struct Queue {
    missing: Option<Gap>,
    // Each with the moment at which it arrived.
    events: VecDeque<(SystemTime, Event)>,
    limit: usize,
    overflow: Overflow,
}

impl Queue {
    fn new(options: &ListenerOptions) -> Self {
        Self {
            missing: None,
            events: VecDeque::new(),
            limit: options.queue,
            overflow: options.overflow,
        }
    }

    fn has_room(&self) -> bool {
        self.overflow == Overflow::DropOldest || self.events.len() < self.limit
    }

    fn push(&mut self, now: SystemTime, event: Event) {
        let event = match (event, self.events.back_mut()) {
            // Nothing lies between the two.
            (Event::Gap(gap), Some((_, Event::Gap(last)))) => {
                *last = last.clone().and(gap);
                return;
            }
            (event, _) => event,
        };
        while !self.has_room_for_one() {
            self.drop_oldest();
        }
        self.events.push_back((now, event));
    }

    fn has_room_for_one(&self) -> bool {
        // Who waits for room takes what had already been read when the connection was lost.
        self.overflow == Overflow::Wait || self.events.len() < self.limit
    }

    fn drop_oldest(&mut self) {
        let Some((since, oldest)) = self.events.pop_front() else {
            return;
        };
        let gap = match oldest {
            Event::Gap(gap) => gap,
            Event::Notification(_) => Gap {
                since,
                dropped: 1,
                cause: None,
            },
        };
        self.missing = Some(match self.missing.take() {
            Some(missing) => missing.and(gap),
            None => gap,
        });
    }

    fn pop(&mut self) -> Option<Event> {
        if let Some(gap) = self.missing.take() {
            return Some(Event::Gap(gap));
        }
        self.events.pop_front().map(|(_, event)| event)
    }
}

#[cfg(test)]
mod tests;
