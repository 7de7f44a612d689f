//! A COPY that nobody feeds: how the server is told, and how it is known where its answer ends.

use super::Connection;
use crate::frontend;

/// How far the refusal of the front segment's COPY has come.
///
/// The Sync behind an Execute was sent before anybody knew that it is a COPY. A server that has begun to read data has eaten
/// it; one that failed before that, in a trigger for instance, answers it, and then answers the Sync of the refusal as well.
/// Nothing in the error tells which of the two it was. So a mark stands behind the refusal, and the answer to it is the end,
/// however many ReadyForQuery come before:
///
/// ```text
/// [… Execute][Sync]  <── CopyInResponse      [CopyFail][Sync] [Close, of nothing][Sync]
///
/// the Sync was eaten:    ErrorResponse                 ReadyForQuery  CloseComplete  ReadyForQuery
/// it was answered:       ErrorResponse, ReadyForQuery, ReadyForQuery  CloseComplete  ReadyForQuery
///                                                        sent ────────────> marked ──────> over
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Sent,
    // The mark was answered: the next ReadyForQuery is the last one.
    Marked,
}

impl Connection {
    /// Ends a COPY that nobody feeds, in the front segment.
    ///
    /// Should something be on its way that stands behind it, nothing is said: if the server ever reads that as data it ends
    /// the session, and if it has failed before it reads, the segment has an end of its own.
    #[cold]
    pub(crate) fn refuse_copy(&mut self) {
        let is_fed = self.forget_feed();
        let Some(front) = self.segments.front() else {
            return;
        };
        if self.refusal.is_some() {
            return;
        }
        let is_simple = front.simple;
        let next = self.segments.get(1);
        if next.is_some_and(|next| next.start < self.handed_over_to()) {
            return;
        }
        // The reason is a literal without a zero byte.
        let mut refusal = Vec::new();
        if frontend::copy_fail(&mut refusal, "COPY needs copy_in").is_err() {
            return;
        }
        if !is_simple {
            refusal.extend_from_slice(frontend::SYNC);
        }
        // Behind the Execute of a feed no Sync has been sent.
        if !is_simple && !is_fed {
            refusal.extend_from_slice(frontend::CLOSE_NOTHING);
            refusal.extend_from_slice(frontend::SYNC);
            self.refusal = Some(Refusal::Sent);
        }
        if let Some(front) = self.segments.front_mut() {
            front.closed = true;
        }
        self.add_to_front(&refusal);
    }

    /// A ReadyForQuery has come: whether it stands before the answer to the mark, and so ends nothing.
    #[cold]
    pub(super) fn is_before_mark(&mut self) -> bool {
        match self.refusal {
            Some(Refusal::Sent) => true,
            Some(Refusal::Marked) | None => {
                self.refusal = None;
                false
            }
        }
    }
}
