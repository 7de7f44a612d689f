//! Statements that open a transaction or a savepoint: they ride at the head of the next segment that does some work.

use super::{Connection, EffectKind, SegmentId};
use crate::frontend;

/// One of them, for as long as its transaction or savepoint lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiderId(u64);

/// A statement that rides, or waits to.
#[derive(Debug)]
pub(super) struct Rider {
    id: RiderId,
    sql: Box<str>,
}

/// A rider that sits in a segment: it will have run if its last message reaches the server.
#[derive(Debug)]
pub(super) struct Seated {
    rider: Rider,
    segment: SegmentId,
    // Where the message that runs it begins in the stream.
    pub(super) runs_at: u64,
}

impl Connection {
    /// Lets a statement without parameters ride at the head of the next segment that does some work. Its answer is read
    /// here; if the server refuses it, the segment's own exchange gets the error, and nothing of the segment runs.
    ///
    /// ```text
    /// [Parse BEGIN][Bind][Execute] [Parse][Describe][Bind][Execute][Sync]      one flight, one segment
    /// ```
    pub fn ride(&mut self, sql: impl Into<Box<str>>) -> RiderId {
        let id = RiderId(self.next_rider);
        self.next_rider += 1;
        let sql = sql.into();
        self.riders.push(Rider { id, sql });
        id
    }

    /// Whether it still waits for a segment to ride in.
    pub fn is_waiting(&self, id: RiderId) -> bool {
        self.riders.iter().any(|rider| rider.id == id)
    }

    /// Takes back a statement that still waits, and those behind it; whether there was one.
    pub fn withdraw(&mut self, id: RiderId) -> bool {
        let found = self.riders.iter().position(|rider| rider.id == id);
        if let Some(index) = found {
            self.riders.truncate(index);
        }
        found.is_some()
    }

    /// Takes back all that still wait.
    pub fn withdraw_all(&mut self) {
        self.riders.clear();
    }

    /// Whether statements wait to ride.
    #[inline]
    pub fn has_riders(&self) -> bool {
        !self.riders.is_empty()
    }

    /// Opens a segment that does some work: whatever waits rides at its head.
    #[inline(always)]
    pub(crate) fn begin_work(&mut self) -> SegmentId {
        let segment = self.begin();
        if self.has_riders() {
            self.seat_riders(segment);
        }
        segment
    }

    #[cold]
    fn seat_riders(&mut self, segment: SegmentId) {
        for rider in std::mem::take(&mut self.riders) {
            let at = self.position();
            let length = self.out.len();
            // The texts are our own: none holds a zero byte.
            if frontend::parse(&mut self.out, "", &rider.sql, &[]).is_err() {
                self.out.truncate(length);
                continue;
            }
            self.note(at, EffectKind::Rider);
            self.out.extend_from_slice(frontend::BIND_UNNAMED);
            let runs_at = self.position();
            self.out.extend_from_slice(frontend::EXECUTE_UNNAMED);
            if let Some(newest) = self.segments.back_mut() {
                newest.riders += 1;
            }
            self.seated.push(Seated {
                rider,
                segment,
                runs_at,
            });
        }
    }

    /// The texts of all that waits, to stand before a script that is one message; with their number.
    #[cold]
    pub(crate) fn seat_in_text(&mut self, segment: SegmentId) -> (String, usize) {
        let runs_at = self.position();
        let mut text = String::new();
        let riders = std::mem::take(&mut self.riders);
        let count = riders.len();
        for rider in riders {
            text.push_str(&rider.sql);
            text.push_str(";\n");
            self.seated.push(Seated {
                rider,
                segment,
                runs_at,
            });
        }
        (text, count)
    }

    /// A segment is over: so is the ride.
    #[cold]
    pub(super) fn leave(&mut self, segment: SegmentId) {
        self.seated.retain(|seated| seated.segment != segment);
    }

    /// What stands at or behind a position is not sent: riders among it wait again, before those that came later.
    #[cold]
    pub(super) fn stand_up(&mut self, segment: SegmentId, position: u64) {
        let (up, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.seated)
            .into_iter()
            .partition(|seated| seated.segment == segment && seated.runs_at >= position);
        self.seated = rest;
        let up = up.into_iter().map(|seated| seated.rider);
        self.riders.splice(0..0, up);
    }
}
