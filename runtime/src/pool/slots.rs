//! Who has which connection: plain data behind the pool's lock, and what follows from each change of it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::entry::Entry;
use super::failure::PoolFailure;
use super::shared::{Fleet, Given, Job};
use super::status::{Counters, PoolStatus};
use super::turn::Waiter;
use crate::error::Error;

/// A place in the line of those who want a connection.
#[derive(Debug)]
pub(super) enum InLine {
    One(Arc<Waiter>),
    // The statements that no carrier could take: a connection for them becomes a carrier.
    Flights,
}

/// Where somebody joins the line.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    Front,
    Back,
}

/// Somebody has a connection since then.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) since: Instant,
    pub(super) is_told: bool,
}

/// The connections of a pool.
///
/// ```text
/// open = opening + idle + granted or held + being cleaned + shared + closing      and open <= max, but for a resize
/// ```
#[derive(Debug)]
pub(super) struct Slots {
    pub(super) max: usize,
    pub(super) min_idle: usize,
    // How many connections somebody asked to have open; forgotten once there are, or one could not be opened.
    pub(super) floor: usize,
    // How often there were as many as somebody had asked for.
    pub(super) warmed: u64,
    pub(super) open: usize,
    pub(super) opening: usize,
    pub(super) closing: usize,
    // A stack: who comes last goes first, so that connections that are not needed grow old.
    // Invariant: empty while somebody waits in line.
    pub(super) idle: Vec<Entry>,
    pub(super) line: VecDeque<InLine>,
    pub(super) is_closed: bool,
    // Attempts to open a connection that failed in a row; while there are any, there is one attempt at a time.
    pub(super) failures: u32,
    pub(super) last_failure: Option<Arc<Error>>,
    pub(super) retry_at: Option<Instant>,
    pub(super) holds: HashMap<u64, Hold>,
    pub(super) next_hold: u64,
    pub(super) counters: Counters,
    pub(super) fleet: Fleet,
}

/// What is to be done once the lock has been given back.
#[derive(Debug, Default)]
pub(super) struct Due {
    pub(super) wake: Vec<Waker>,
    pub(super) close: Vec<Entry>,
    // These become carriers.
    pub(super) carry: Vec<(u64, Entry)>,
    pub(super) open: usize,
}

impl Slots {
    pub(super) fn new(max: usize, min_idle: usize) -> Self {
        Self {
            max,
            min_idle,
            floor: 0,
            warmed: 0,
            open: 0,
            opening: 0,
            closing: 0,
            idle: Vec::new(),
            line: VecDeque::new(),
            is_closed: false,
            failures: 0,
            last_failure: None,
            retry_at: None,
            holds: HashMap::new(),
            next_hold: 0,
            counters: Counters::default(),
            fleet: Fleet::default(),
        }
    }

    /// Brings together connections and those who wait for one, closes what is too much, and opens what is missing.
    pub(super) fn settle(&mut self) -> Due {
        let mut due = Due::default();
        if self.is_closed {
            // What comes back from a carrier that has failed finds no other one.
            for job in self.fleet.backlog.drain(..) {
                due.wake.extend(job.fail(PoolFailure::Closed.into()));
            }
        }
        self.queue_flights();
        while let Some(entry) = self.idle.pop() {
            match self.line.pop_front() {
                None => {
                    self.idle.push(entry);
                    break;
                }
                Some(InLine::One(waiter)) => match waiter.grant(entry) {
                    Ok(waker) => due.wake.extend(waker),
                    Err(entry) => self.idle.push(entry),
                },
                Some(InLine::Flights) => {
                    self.fleet.is_in_line = false;
                    let number = self.fleet.board(entry.expires);
                    due.carry.push((number, entry));
                    self.queue_flights();
                }
            }
        }
        self.trim(&mut due);
        if self.floor > 0 && self.established() >= self.floor {
            self.floor = 0;
            // Whoever waits for it may look only when some of them have been closed again.
            self.warmed += 1;
        }
        due.open = self.missing();
        self.open += due.open;
        self.opening += due.open;
        self.call_back(&mut due);
        due
    }

    /// Statements that nobody carries stand in line for a connection.
    fn queue_flights(&mut self) {
        if !self.fleet.backlog.is_empty() && !self.is_closed {
            self.want_carrier();
        }
    }

    fn want_carrier(&mut self) {
        if !self.fleet.is_in_line {
            self.fleet.is_in_line = true;
            self.line.push_back(InLine::Flights);
        }
    }

    /// Gives a statement to the carriers, of which there are more if they have much to do and there can be.
    pub(super) fn dispatch(&mut self, job: Arc<Job>, patience: Duration) -> Due {
        let is_possible = !self.idle.is_empty() || (self.open < self.max && self.failures == 0);
        match self.fleet.give(job, patience) {
            Given::Well => return Due::default(),
            Given::ToACrowd if !is_possible || !self.line.is_empty() => return Due::default(),
            Given::ToACrowd => self.want_carrier(),
            Given::ToNobody => {}
        }
        self.settle()
    }

    /// Carriers give back their connections if others wait and no more can be opened, or there are too many.
    fn call_back(&mut self, due: &mut Due) {
        let ones = self.line.len() - usize::from(self.fleet.is_in_line);
        let short = ones.saturating_sub(self.opening);
        let excess = (self.open - self.closing).saturating_sub(self.max);
        let count = if self.is_closed {
            usize::MAX
        } else {
            short.max(excess).saturating_sub(self.fleet.leaving())
        };
        if count > 0 && !self.fleet.seats.is_empty() {
            due.wake.extend(self.fleet.ask_back(count));
        }
    }

    /// The oldest of the idle are closed when there are too many, and all of them when the pool is.
    fn trim(&mut self, due: &mut Due) {
        let excess = if self.is_closed {
            self.idle.len()
        } else {
            (self.open - self.closing).saturating_sub(self.max)
        };
        due.close
            .extend(self.idle.drain(..excess.min(self.idle.len())));
        self.closing += due.close.len();
    }

    /// How many connections are to be opened.
    fn missing(&self) -> usize {
        if self.is_closed {
            return 0;
        }
        let wanted = self.line.len() + self.min_idle.saturating_sub(self.idle.len());
        let wanted = wanted.max(self.floor.saturating_sub(self.established()));
        let room = self.max.saturating_sub(self.open);
        let at_once = if self.failures > 0 { 1 } else { usize::MAX };
        wanted.min(at_once).saturating_sub(self.opening).min(room)
    }

    /// How many connections are open for use.
    pub(super) fn established(&self) -> usize {
        self.open.saturating_sub(self.opening + self.closing)
    }

    /// Everybody who waits gets an error.
    pub(super) fn fail_all(&mut self, mut error: impl FnMut() -> Error, due: &mut Due) {
        for one in self.line.drain(..) {
            if let InLine::One(waiter) = one {
                due.wake.extend(waiter.fail(error()));
            }
        }
        self.fleet.is_in_line = false;
        for job in self.fleet.backlog.drain(..) {
            due.wake.extend(job.fail(error()));
        }
    }

    pub(super) fn status(&self) -> PoolStatus {
        let counters = &self.counters;
        let shared = self.fleet.seats.len();
        let elsewhere = self.idle.len() + self.opening + self.closing + shared;
        PoolStatus {
            max: self.max,
            size: self.open,
            idle: self.idle.len(),
            used: self.open.saturating_sub(elsewhere),
            shared,
            opening: self.opening,
            closing: self.closing,
            waiting: self.line.len() - usize::from(self.fleet.is_in_line)
                + self.fleet.backlog.len(),
            created: counters.created,
            failures: counters.failures,
            acquired: counters.acquired,
            timeouts: counters.timeouts,
            shared_statements: counters.shared_statements,
            is_closed: self.is_closed,
        }
    }
}
