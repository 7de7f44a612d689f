//! What becomes of a segment whose future was dropped.

use super::{Connection, Segment, SegmentId};
use crate::frontend;

const ROLLBACK: &str = "ROLLBACK";

impl Connection {
    /// Nobody waits for this segment any more.
    ///
    /// ```text
    /// queued:    [Parse][Describe][Bind][Execute][Sync]
    /// handed over ────────────────────┘ (in the middle of Bind)
    /// becomes:   [Parse][Describe][Bind][Sync]           an Execute that was never handed over never runs
    /// ```
    /// Whole messages that the transport has not taken are dropped, one taken in part is completed, and the Sync that
    /// is then owed is queued. If nothing was taken, the segment has never been. What a COPY owes instead, its feed knows.
    pub fn abandon(&mut self, id: SegmentId) {
        let Some(index) = self.segments.iter().position(|segment| segment.id == id) else {
            return;
        };
        if index == 0 && self.refusal.is_some() {
            // What the server is owed is queued already, and it is all that ends its COPY.
            self.segments[index].abandoned = true;
            return;
        }
        let start = self.index(self.segments[index].start);
        let end = self
            .segments
            .get(index + 1)
            .map_or(self.out.len(), |next| self.index(next.start));
        let cut = self.boundary(start, end);
        let position = self.base + u64::try_from(cut).unwrap_or(u64::MAX);
        self.drop_effects(|effect| effect.segment == id && effect.at >= position);
        if !self.seated.is_empty() {
            self.stand_up(id, position);
        }
        if self.handed_over_to() <= self.segments[index].start {
            self.cut(index, start..end, &[]);
            self.segments.remove(index);
            return;
        }
        let owed = self.owed_by_feed(id, position);
        let segment = &mut self.segments[index];
        segment.abandoned = true;
        if cut < end || !segment.closed {
            segment.closed = true;
            self.cut(index, cut..end, owed);
        }
    }

    /// Queues a text whose answer nobody waits for, behind all that was said: it undoes a savepoint that was dropped.
    pub fn say_to_nobody(&mut self, sql: &str) {
        let id = self.begin();
        if frontend::query(&mut self.out, sql).is_ok() {
            self.close_simple();
            if let Some(segment) = self.segments.back_mut() {
                segment.abandoned = true;
            }
        } else {
            self.abandon(id);
        }
    }

    /// Queues a ROLLBACK whose answer nobody waits for: it ends a transaction that was dropped.
    ///
    /// Should a cancel request hit it that was meant for what stands before it, it is said again.
    pub fn roll_back_for_nobody(&mut self) {
        self.say_to_nobody(ROLLBACK);
        if let Some(segment) = self.segments.back_mut() {
            segment.undoes = true;
        }
    }

    /// Says ROLLBACK again, behind all that has been handed over, be it in part, and before all that has not.
    #[cold]
    pub(super) fn roll_back_again(&mut self) {
        let sent = self.handed_over_to();
        let index = self
            .segments
            .iter()
            .take_while(|segment| segment.start < sent)
            .count();
        let next = self.segments.get(index).map(|segment| segment.start);
        let start = next.unwrap_or_else(|| self.position());
        let mut message = Vec::new();
        if frontend::query(&mut message, ROLLBACK).is_err() {
            return;
        }
        let id = SegmentId(self.next_segment);
        self.next_segment += 1;
        self.segments.insert(
            index,
            Segment {
                id,
                start,
                closed: true,
                simple: true,
                abandoned: true,
                undoes: true,
                riders: 0,
                drained: 0,
            },
        );
        let place = self.index(start);
        self.cut(index, place..place, &message);
    }

    /// Nobody waits for any answer any more, not even for those whose futures were forgotten instead of dropped.
    pub fn abandon_all(&mut self) {
        while let Some(live) = self.segments.iter().find(|segment| !segment.abandoned) {
            self.abandon(live.id);
        }
    }

    /// Adds messages to the front segment: before those of the next one, or behind the last of them that has been handed
    /// over, be it in part.
    pub(super) fn add_to_front(&mut self, messages: &[u8]) {
        let next = self.segments.get(1).map(|next| self.index(next.start));
        let end = self.boundary(next.unwrap_or(self.out.len()), self.out.len());
        self.cut(0, end..end, messages);
    }

    /// The first boundary between messages that is not before what was handed over.
    pub(super) fn boundary(&self, start: usize, end: usize) -> usize {
        let mut at = start;
        while at < self.sent && at < end {
            let length = self
                .out
                .get(at + 1..)
                .and_then(|rest| rest.first_chunk::<4>());
            let length = length.map_or(0, |length| u32::from_be_bytes(*length));
            at += 1 + usize::try_from(length).unwrap_or(0).max(4);
        }
        at.min(end)
    }

    /// Replaces bytes that were not handed over and moves what stands behind them.
    pub(super) fn cut(&mut self, index: usize, range: std::ops::Range<usize>, by: &[u8]) {
        let moved_from = self.base + u64::try_from(range.end).unwrap_or(u64::MAX);
        let (removed, added) = (
            u64::try_from(range.len()).unwrap_or(0),
            u64::try_from(by.len()).unwrap_or(0),
        );
        self.out.splice(range, by.iter().copied());
        let move_along = |position: u64| {
            if position >= moved_from {
                position - removed + added
            } else {
                position
            }
        };
        for segment in self.segments.iter_mut().skip(index + 1) {
            segment.start = move_along(segment.start);
        }
        for effect in &mut self.effects {
            effect.at = move_along(effect.at);
        }
        for seated in &mut self.seated {
            seated.runs_at = move_along(seated.runs_at);
        }
        for feed in &mut self.feeds {
            feed.move_along(move_along);
        }
    }

    pub(crate) fn index(&self, position: u64) -> usize {
        usize::try_from(position.saturating_sub(self.base))
            .map_or(self.out.len(), |index| index.min(self.out.len()))
    }
}
