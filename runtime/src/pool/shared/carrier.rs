//! The task of one shared connection: it takes what many tasks want to send, writes it at once, and hands out answers.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::{Instant, Sleep, sleep};

use super::fitness::Pace;
use super::flying::{Flying, Landed, receive};
use super::job::Job;
use crate::error::{Error, Kind};
use crate::pool::entry::Entry;
use crate::pool::failure::PoolFailure;
use crate::pool::inner::Inner;
use crate::pool::release::release;
use crate::session::Cancel;

/// How often a carrier looks for statements that take too long, while there are any.
const LOOK: Duration = Duration::from_millis(50);

/// A statement that nobody waits for is stopped when it has run for so long.
const ABANDONED: Duration = Duration::from_millis(200);

/// A statement that others had to wait for so long gets a connection of its own next time.
const SLOW: Duration = Duration::from_millis(50);

/// The task of one shared connection.
pub(in crate::pool) struct Carrier {
    inner: Weak<Inner>,
    number: u64,
    // There until the carrier ends.
    entry: Option<Entry>,
    flying: VecDeque<Flying>,
    fresh: Vec<Arc<Job>>,
    returned: Vec<Arc<Job>>,
    limit: Option<Duration>,
    look: Option<Pin<Box<Sleep>>>,
    cancel: Option<Cancel>,
    // A cancel request was sent: until all that was sent before is answered, it may hit any of it.
    is_cancelled: bool,
    head_since: Option<Instant>,
    // How many were answered since jobs were taken.
    expected: usize,
    // How many jobs there were when it let others go first.
    seen: usize,
}

impl Carrier {
    pub(in crate::pool) fn new(inner: &Arc<Inner>, number: u64, entry: Entry) -> Self {
        Self {
            inner: Arc::downgrade(inner),
            number,
            limit: inner.settings.config.limit_of_calls(),
            entry: Some(entry),
            flying: VecDeque::new(),
            fresh: Vec::new(),
            returned: Vec::new(),
            look: None,
            cancel: None,
            is_cancelled: false,
            head_since: None,
            expected: 0,
            seen: 0,
        }
    }

    /// Takes new jobs and tells how busy it is; whether it is to end.
    fn report(&mut self, inner: &Arc<Inner>, now: Instant, cx: &mut Context<'_>) -> bool {
        let may_take = !self.is_cancelled;
        let mut slots = inner.slots();
        let is_closed = slots.is_closed;
        let fleet = &mut slots.fleet;
        let Some(index) = fleet
            .seats
            .iter()
            .position(|seat| seat.number == self.number)
        else {
            return true;
        };
        if !fleet.backlog.is_empty() {
            fleet.seats[index].flying = self.flying.len();
            fleet.refill(index);
        }
        let seat = &mut fleet.seats[index];
        // Those who were answered a moment ago are likely to ask again: one write for all of them is worth a turn, and
        // another one for as long as more of them come.
        let count = seat.inbox.len();
        let waits = count > self.seen && count < self.expected;
        self.seen = if waits { count } else { 0 };
        if waits {
            // The runtime's own way wakes no other thread for it; it is polled once, which asks for the next poll of this
            // task.
            let _ = pin!(yield_now()).poll(cx);
        } else if may_take && !seat.inbox.is_empty() {
            std::mem::swap(&mut seat.inbox, &mut self.fresh);
            self.expected = 0;
        }
        seat.flying = self.flying.len() + self.fresh.len();
        seat.head_since = self.head_since.or((seat.flying > 0).then_some(now));
        if !seat
            .waker
            .as_ref()
            .is_some_and(|waker| waker.will_wake(cx.waker()))
        {
            seat.waker = Some(cx.waker().clone());
        }
        seat.was_idle &= seat.load() == 0;
        let ends = (seat.is_leaving || is_closed) && seat.load() == 0 && self.cancel.is_none();
        if ends {
            fleet.seats.swap_remove(index);
        }
        ends
    }

    /// Hands out what was read.
    fn deliver(&mut self, inner: &Arc<Inner>, now: Instant) -> Result<(), Error> {
        let Some(entry) = &mut self.entry else {
            return Ok(());
        };
        let link = entry.session.link();
        // Nothing is sent on a connection that the server has ended meanwhile.
        if self.flying.is_empty() && !link.look() {
            return Err(link.ended(None));
        }
        if link.input.is_empty() {
            return Ok(());
        }
        while let Some(frame) = link
            .input
            .next_frame()
            .map_err(hathi_wire::ProtocolError::from)?
        {
            let landed = receive(&mut self.flying, link, frame, self.is_cancelled)?;
            match landed {
                None => continue,
                Some(Landed::Again(flying)) => self.returned.extend(flying.give_back()),
                Some(Landed::Finished) => self.expected += 1,
            }
            self.head_since = (!self.flying.is_empty()).then_some(now);
        }
        let is_demoted = inner.expects_writes() && link.was_demoted();
        if !self.returned.is_empty() || is_demoted {
            self.hand_in(inner, is_demoted);
        }
        Ok(())
    }

    /// Gives back what is to be sent again, and the connection if its server takes no writes any more.
    #[cold]
    fn hand_in(&mut self, inner: &Arc<Inner>, is_demoted: bool) {
        let returned = std::mem::take(&mut self.returned);
        inner.change(|slots| {
            let mut seats = slots.fleet.seats.iter_mut();
            if let Some(seat) = seats.find(|seat| seat.number == self.number) {
                seat.is_leaving |= is_demoted;
            }
            slots.fleet.backlog.extend(returned.iter().cloned());
        });
        returned.iter().for_each(|job| job.wake());
    }

    /// Queues the new jobs.
    fn board(&mut self, now: Instant) {
        let Some(entry) = &mut self.entry else { return };
        let link = entry.session.link();
        for job in self.fresh.drain(..) {
            self.flying.extend(Flying::start(link, job, now));
        }
        if self.head_since.is_none() && !self.flying.is_empty() {
            self.head_since = Some(now);
        }
    }

    /// Writes what waits and reads what has come; whether something was read.
    fn transfer(&mut self, cx: &mut Context<'_>) -> Result<bool, Error> {
        let Some(entry) = &mut self.entry else {
            return Ok(false);
        };
        let link = entry.session.link();
        while !link.connection.unsent().is_empty() {
            match link.transport.poll_write(cx, link.connection.unsent()) {
                Poll::Ready(Ok(count)) if count > 0 => link.connection.handed_over(count),
                // The server's last words are read before this is told.
                Poll::Ready(_) => break,
                Poll::Pending => {
                    self.forget_unsent();
                    break;
                }
            }
        }
        let Some(entry) = &mut self.entry else {
            return Ok(false);
        };
        let link = entry.session.link();
        match link.transport.poll_read(cx, link.input.space()) {
            Poll::Pending => Ok(false),
            Poll::Ready(Ok(count)) if count > 0 => {
                link.input.filled(count);
                Ok(true)
            }
            Poll::Ready(Ok(_)) => Err(link.ended(None)),
            Poll::Ready(Err(error)) => Err(link.ended(Some(error))),
        }
    }

    /// The transport takes no more: what it has not taken and nobody waits for any more is not sent.
    fn forget_unsent(&mut self) {
        let Some(entry) = &mut self.entry else { return };
        let link = entry.session.link();
        self.flying.retain(|flying| {
            let was_left = flying.job.as_ref().is_some_and(|job| job.was_left());
            if was_left {
                link.connection.abandon(flying.execute.segment());
            }
            !was_left
        });
        if self.flying.is_empty() {
            self.head_since = None;
        }
    }

    /// Looks for statements that take too long.
    fn watch(&mut self, inner: &Arc<Inner>, cx: &mut Context<'_>) {
        if let Some(cancel) = &mut self.cancel
            && cancel.poll(cx).is_ready()
        {
            self.cancel = None;
        }
        if self.flying.is_empty() {
            if self.is_cancelled && self.cancel.is_none() {
                // What came meanwhile is taken at the next poll.
                self.is_cancelled = false;
                cx.waker().wake_by_ref();
            }
            return;
        }
        let look = self.look.get_or_insert_with(|| Box::pin(sleep(LOOK)));
        while look.as_mut().poll(cx).is_ready() {
            let now = Instant::now();
            look.as_mut().reset(now + LOOK);
            Self::give_up_late(&mut self.flying, self.limit, now);
            let head = self.flying.front();
            let is_stuck = head.is_some_and(|head| {
                let ran = now.saturating_duration_since(self.head_since.unwrap_or(head.since));
                if ran > SLOW
                    && let Some(job) = &head.job
                {
                    inner.slots().fleet.paces.learn(job.parts, Pace::Slow);
                }
                let nobody = head.job.as_ref().is_none_or(|job| job.was_left());
                nobody && ran > ABANDONED
            });
            if is_stuck
                && self.cancel.is_none()
                && let Some(entry) = &mut self.entry
            {
                self.cancel = entry.session.link().cancel();
                self.is_cancelled = self.cancel.is_some();
            }
        }
        if let Some(cancel) = &mut self.cancel
            && cancel.poll(cx).is_ready()
        {
            self.cancel = None;
        }
    }

    /// Who has waited for longer than a call may take hears of it.
    fn give_up_late(flying: &mut VecDeque<Flying>, limit: Option<Duration>, now: Instant) {
        let Some(limit) = limit else { return };
        for flying in flying {
            if now.saturating_duration_since(flying.since) < limit {
                continue;
            }
            if let Some(job) = flying.job.take() {
                let during = "waiting for the server";
                let error = Error::new(Kind::Timeout { limit, during });
                job.fail(error).into_iter().for_each(Waker::wake);
            }
        }
    }

    /// The connection has failed: those whose statements are on it hear of it, the others go elsewhere.
    fn fail(&mut self, inner: &Arc<Inner>, error: Error) {
        let error = match &mut self.entry {
            Some(entry) => entry.session.link().give_up(error),
            None => error,
        };
        let error = Arc::new(error);
        let mut waiting = std::mem::take(&mut self.fresh);
        waiting.append(&mut self.returned);
        let waiting = inner.change(|slots| {
            let fleet = &mut slots.fleet;
            let seat = fleet
                .seats
                .iter()
                .position(|seat| seat.number == self.number);
            if let Some(seat) = seat {
                waiting.append(&mut fleet.seats.swap_remove(seat).inbox);
            }
            fleet.backlog.extend(waiting.iter().cloned());
            waiting
        });
        waiting.iter().for_each(|job| job.wake());
        for flying in self.flying.drain(..) {
            if let Some(job) = flying.job {
                let error = Error::new(Kind::Common(Arc::clone(&error)));
                job.fail(error).into_iter().for_each(Waker::wake);
            }
        }
    }
}

impl Future for Carrier {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let Some(inner) = this.inner.upgrade() else {
            if let Some(mut entry) = this.entry.take() {
                entry.session.link().say_goodbye();
            }
            return Poll::Ready(());
        };
        loop {
            let now = Instant::now();
            let moved = this.deliver(&inner, now).and_then(|()| {
                if this.report(&inner, now, cx) {
                    return Ok(None);
                }
                this.board(now);
                this.transfer(cx).map(Some)
            });
            match moved {
                Ok(Some(true)) => {}
                Ok(Some(false)) => {
                    this.watch(&inner, cx);
                    return Poll::Pending;
                }
                Ok(None) => break,
                Err(error) => {
                    this.fail(&inner, error);
                    break;
                }
            }
        }
        if let Some(entry) = this.entry.take() {
            release(&inner, entry);
        }
        Poll::Ready(())
    }
}

// A runtime that ends drops its tasks: nobody is left waiting for a carrier that is gone.
impl Drop for Carrier {
    fn drop(&mut self) {
        if self.entry.is_some()
            && let Some(inner) = self.inner.upgrade()
        {
            self.fail(&inner, PoolFailure::Closed.into());
        }
    }
}
