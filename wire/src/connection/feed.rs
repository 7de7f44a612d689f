//! What a segment that copies in owes the server: data, and an end that says whether it is to be kept.

use std::mem;

use super::{Connection, KEPT, SegmentId};
use crate::backend::Backend;
use crate::copy_buffer::CopyBuffer;
use crate::exchange::EncodeError;
use crate::frontend;

/// A segment that copies in.
///
/// ```text
/// asked ── CopyInResponse ──> open ── CopyDone or CopyFail, and Sync ──> ended
///   └── ErrorResponse: [Sync] <┘ ErrorResponse: [Sync]                     └── ErrorResponse: its Sync is there
/// ```
/// A Sync sent before the server's reply would be eaten by the COPY, or not, if that fails before it reads: so none is,
/// and exactly one is owed when it is known how the COPY went.
#[derive(Debug)]
pub(super) struct Feed {
    segment: SegmentId,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    // The Execute that begins here has not been answered.
    Asked { execute: u64 },
    // The server takes data.
    Open,
    // The message that ends the data begins here; a Sync stands behind it.
    Ended { at: u64 },
}

impl Feed {
    /// What stands somewhere in the stream stands somewhere else now.
    pub(super) fn move_along(&mut self, moved: impl Fn(u64) -> u64) {
        match &mut self.state {
            State::Asked { execute: at } | State::Ended { at } => *at = moved(*at),
            State::Open => {}
        }
    }
}

impl Connection {
    /// The newest segment copies in: its Execute begins at this place in the stream.
    pub(crate) fn open_feed(&mut self, segment: SegmentId, execute: u64) {
        // Those of segments that were answered to their end are nobody's any more.
        let segments = &self.segments;
        let is_owed = |feed: &Feed| segments.iter().any(|segment| segment.id == feed.segment);
        self.feeds.retain(is_owed);
        let state = State::Asked { execute };
        self.feeds.push(Feed { segment, state });
    }

    /// The server takes data.
    pub(crate) fn feed_is_open(&mut self, segment: SegmentId) {
        self.set_feed(segment, State::Open);
    }

    /// Queues data for the newest segment, without copying it if nothing else waits.
    pub(crate) fn feed(&mut self, data: &mut CopyBuffer) -> Result<(), EncodeError> {
        let message = data.message()?;
        if self.sent < self.out.len() {
            self.out.append(message);
        } else {
            self.forget_handed_over();
            mem::swap(&mut self.out, message);
            if message.capacity() > KEPT {
                *message = Vec::new();
            }
        }
        data.clear();
        Ok(())
    }

    /// Queues the end of the data: all of it was said, or it is not to be kept. What waits behind a failure is not sent.
    pub(crate) fn end_feed(&mut self, segment: SegmentId, failure: Option<&str>) {
        let mut ending = Vec::new();
        if let Some(reason) = failure {
            let reason = reason.replace('\0', " ");
            // Without a zero byte only a text of 2 GiB can be refused.
            if frontend::copy_fail(&mut ending, &reason).is_err() {
                ending.clear();
                ending.extend_from_slice(frontend::COPY_FAIL_AND_SYNC);
                ending.truncate(ending.len() - frontend::SYNC.len());
            }
            self.replace_rest(segment, &[]);
        } else {
            ending.extend_from_slice(frontend::COPY_DONE);
        }
        let at = self.position();
        self.set_feed(segment, State::Ended { at });
        self.out.extend_from_slice(&ending);
        self.sync();
    }

    /// The server has said how the COPY ended, before we did or after: whatever waits is not sent, and one Sync is owed.
    pub(crate) fn feed_is_over(&mut self, segment: SegmentId) {
        let was = self.feed_state(segment);
        self.feeds.retain(|feed| feed.segment != segment);
        let Some(was) = was else {
            return;
        };
        let (cut, end) = self.rest(segment);
        if cut < end || !matches!(was, State::Ended { .. }) {
            self.replace_rest(segment, frontend::SYNC);
            if let Some(segment) = self.segments.iter_mut().find(|found| found.id == segment) {
                segment.closed = true;
            }
        }
    }

    /// What a segment owes that is being abandoned, if what stands at or behind a position is not sent.
    pub(super) fn owed_by_feed(&mut self, segment: SegmentId, position: u64) -> &'static [u8] {
        let Some(state) = self.feed_state(segment) else {
            return frontend::SYNC;
        };
        let owed = match state {
            // A Sync could be eaten: it is sent when the server has answered.
            State::Asked { execute } if execute < position => return frontend::FLUSH,
            State::Asked { .. } => frontend::SYNC,
            State::Open => frontend::COPY_FAIL_AND_SYNC,
            State::Ended { at } if at < position => frontend::SYNC,
            State::Ended { .. } => frontend::COPY_FAIL_AND_SYNC,
        };
        self.feeds.retain(|feed| feed.segment != segment);
        owed
    }

    /// Something was said about the front segment, which nobody waits for: if that is the end of a COPY that was asked
    /// for and never begun, the Sync is owed now.
    #[cold]
    pub(super) fn overhear_feed(&mut self, message: &Backend<'_>) {
        let Some(front) = self.segments.front_mut() else {
            return;
        };
        match message {
            Backend::CommandComplete(_) if front.riders > 0 => front.riders -= 1,
            Backend::CommandComplete(_) | Backend::EmptyQuery | Backend::Error(_) => {
                let id = front.id;
                if self.feed_state(id).is_some() {
                    self.forget_feed();
                    self.add_to_front(frontend::SYNC);
                }
            }
            _ => {}
        }
    }

    /// Where the messages end of the first abandoned COPY that the server has not answered: what stands behind it would be
    /// taken for its data.
    pub(super) fn end_of_undecided_feed(&self) -> usize {
        let undecided = self.feeds.iter().filter_map(|feed| {
            let of_feed = |found: &super::Segment| found.id == feed.segment && found.abandoned;
            let index = self.segments.iter().position(of_feed)?;
            self.segments
                .get(index + 1)
                .map(|next| self.index(next.start))
        });
        undecided.min().unwrap_or(self.out.len())
    }

    /// The front segment no longer decides what it owes. Whether it did.
    pub(super) fn forget_feed(&mut self) -> bool {
        let before = self.feeds.len();
        if let Some(front) = self.segments.front().map(|segment| segment.id) {
            self.feeds.retain(|feed| feed.segment != front);
        }
        self.feeds.len() < before
    }

    /// What of a segment has not been handed over and can be taken back.
    fn rest(&self, segment: SegmentId) -> (usize, usize) {
        let Some(index) = self.segments.iter().position(|found| found.id == segment) else {
            return (self.out.len(), self.out.len());
        };
        let start = self.index(self.segments[index].start);
        let next = self.segments.get(index + 1);
        let end = next.map_or(self.out.len(), |next| self.index(next.start));
        (self.boundary(start, end), end)
    }

    fn replace_rest(&mut self, segment: SegmentId, by: &[u8]) {
        let (cut, end) = self.rest(segment);
        let index = self.segments.iter().position(|found| found.id == segment);
        if let Some(index) = index {
            self.cut(index, cut..end, by);
        }
    }

    fn feed_state(&self, segment: SegmentId) -> Option<State> {
        let feed = self.feeds.iter().find(|feed| feed.segment == segment);
        feed.map(|feed| feed.state)
    }

    fn set_feed(&mut self, segment: SegmentId, state: State) {
        let feed = self.feeds.iter_mut().find(|feed| feed.segment == segment);
        if let Some(feed) = feed {
            feed.state = state;
        }
    }
}
