//! The carriers of a pool as the slots know them: who takes more work, who has too much, who is to give back its
//! connection.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::fitness::Paces;
use super::job::Job;

/// How many statements may be on their way on one connection.
const WINDOW: usize = 64;

/// With so many on their way on the least busy connection, another one is taken if there is one.
const CROWD: usize = 12;

/// A connection whose oldest statement is on its way for longer than this is not filled further while others have less
/// to do.
const BRISK: Duration = Duration::from_millis(1);

/// One carrier, seen from outside. It takes its jobs from here whenever it is polled.
#[derive(Debug)]
pub(in crate::pool) struct Seat {
    pub(in crate::pool) number: u64,
    pub(super) inbox: Vec<Arc<Job>>,
    // On their way, besides those in the inbox.
    pub(super) flying: usize,
    // Since when its oldest statement is on its way.
    pub(super) head_since: Option<Instant>,
    pub(super) waker: Option<Waker>,
    // It takes no more work, and gives back its connection when the last answer has come.
    pub(in crate::pool) is_leaving: bool,
    // It had nothing to do when somebody last looked.
    pub(in crate::pool) was_idle: bool,
    pub(in crate::pool) expires: Option<Instant>,
}

impl Seat {
    fn new(number: u64, expires: Option<Instant>) -> Self {
        Self {
            number,
            inbox: Vec::new(),
            flying: 0,
            head_since: None,
            waker: None,
            is_leaving: false,
            was_idle: false,
            expires,
        }
    }

    pub(in crate::pool) fn load(&self) -> usize {
        self.inbox.len() + self.flying
    }

    /// Whether its oldest statement has run for too long to send others behind it.
    fn is_stuck(&self, now: Option<Instant>, patience: Duration) -> bool {
        match (now, self.head_since) {
            (Some(now), Some(since)) => now.saturating_duration_since(since) > patience,
            _ => false,
        }
    }

    /// Asks it to give back its connection.
    pub(in crate::pool) fn ask_back(&mut self) -> Option<Waker> {
        self.is_leaving = true;
        self.waker.clone()
    }
}

/// What became of a statement that was given to the carriers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pool) enum Given {
    Well,
    ToACrowd,
    ToNobody,
}

/// All carriers, and the statements that none of them could take.
#[derive(Debug, Default)]
pub(in crate::pool) struct Fleet {
    pub(in crate::pool) seats: Vec<Seat>,
    pub(in crate::pool) backlog: VecDeque<Arc<Job>>,
    pub(in crate::pool) paces: Paces,
    // The backlog stands in the line for a connection.
    pub(in crate::pool) is_in_line: bool,
    pub(in crate::pool) next_number: u64,
}

impl Fleet {
    /// Gives a statement to the carrier that has least to do; whether it took it, and whether it has so much to do that
    /// another one would help.
    pub(in crate::pool) fn give(&mut self, job: Arc<Job>, patience: Duration) -> Given {
        let is_busy = self.seats.iter().any(|seat| seat.flying > 0);
        // The clock is read only if somebody may have waited.
        let now = is_busy.then(Instant::now);
        let free =
            |seat: &Seat| !seat.is_leaving && seat.load() < WINDOW && !seat.is_stuck(now, patience);
        let brisk = |seat: &Seat| free(seat) && seat.load() < CROWD && !seat.is_stuck(now, BRISK);
        // Those that answer at once are filled one after the other: the more fly together, the less each costs.
        let first = self.seats.iter().position(brisk);
        let least = || {
            let seats = self.seats.iter().enumerate();
            let free = seats.filter(|(_, seat)| free(seat));
            free.min_by_key(|(_, seat)| seat.load())
                .map(|(index, _)| index)
        };
        let Some(seat) = first
            .or_else(least)
            .and_then(|index| self.seats.get_mut(index))
        else {
            self.backlog.push_back(job);
            return Given::ToNobody;
        };
        let given = if seat.load() >= CROWD {
            Given::ToACrowd
        } else {
            Given::Well
        };
        // A carrier is a task of the runtime's: waking it runs nothing here.
        if seat.inbox.is_empty()
            && let Some(waker) = &seat.waker
        {
            waker.wake_by_ref();
        }
        seat.inbox.push(job);
        given
    }

    /// Some of what waits, for a carrier that has room.
    pub(super) fn refill(&mut self, index: usize) {
        if self.seats[index].is_leaving {
            return;
        }
        while self.seats[index].load() < CROWD
            && let Some(job) = self.backlog.pop_front()
        {
            self.seats[index].inbox.push(job);
        }
    }

    /// The first share of what waits, for a new carrier.
    pub(in crate::pool) fn board(&mut self, expires: Option<Instant>) -> u64 {
        self.next_number += 1;
        let mut seat = Seat::new(self.next_number, expires);
        while seat.load() < CROWD
            && let Some(job) = self.backlog.pop_front()
        {
            seat.inbox.push(job);
        }
        self.seats.push(seat);
        self.next_number
    }

    /// Asks those that have least to do to give back their connections.
    pub(in crate::pool) fn ask_back(&mut self, mut count: usize) -> Vec<Waker> {
        let mut wakers = Vec::new();
        while count > 0 {
            let staying = self.seats.iter_mut().filter(|seat| !seat.is_leaving);
            let Some(seat) = staying.min_by_key(|seat| seat.load()) else {
                break;
            };
            wakers.extend(seat.ask_back());
            count -= 1;
        }
        wakers
    }

    /// How many carriers are about to give back their connections.
    pub(in crate::pool) fn leaving(&self) -> usize {
        self.seats.iter().filter(|seat| seat.is_leaving).count()
    }
}
