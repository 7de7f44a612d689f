//! One timer per session, armed again only when it must be: a call that is answered in time costs no look at the clock.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// No limit is longer: a clock cannot tell when one of all the time there is would have passed.
pub(crate) const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// A limit is at most exceeded by this part of it: the price of not reading the clock when a call begins.
const PRECISION: u32 = 16;

/// The time limit of the call that runs.
///
/// ```text
/// timer   ├── tick ──┼── tick ──┼── tick ──┤ …          armed only while a call waits
/// calls    ──  ──── ─   ─────────────────────────── …
///                              └ seen by a tick for the first time: due one limit later
/// ```
#[derive(Debug)]
pub(crate) struct Deadline {
    limit: Option<Duration>,
    // That of the configuration, which holds again for the next call.
    usual: Option<Duration>,
    is_unusual: bool,
    // When the call that runs is too late; unknown until a tick has met it.
    due: Option<Instant>,
    // Allocated with the session's first wait and kept.
    sleep: Option<Pin<Box<Sleep>>>,
    // Who is woken when the timer fires.
    waker: Option<Waker>,
}

impl Deadline {
    pub(crate) fn new(limit: Option<Duration>) -> Self {
        Self {
            limit,
            usual: limit,
            is_unusual: false,
            due: None,
            sleep: None,
            waker: None,
        }
    }

    pub(crate) fn limit(&self) -> Duration {
        self.limit.unwrap_or_default()
    }

    /// A call begins.
    #[inline]
    pub(crate) fn start(&mut self) {
        self.due = None;
        if self.is_unusual {
            self.change(self.usual);
        }
    }

    /// The call that runs has a limit of its own, from this moment on.
    pub(crate) fn limit_call(&mut self, limit: Duration) {
        self.change(Some(limit.min(LONGEST)));
    }

    /// The call that runs may take as long as it does.
    pub(crate) fn lift(&mut self) {
        if self.limit.is_some() {
            self.change(None);
        }
    }

    /// The call that runs has been answered in part, and waits for more.
    #[inline]
    pub(crate) fn wait_anew(&mut self) {
        self.due = None;
    }

    #[cold]
    fn change(&mut self, limit: Option<Duration>) {
        self.limit = limit;
        self.is_unusual = limit != self.usual;
        // A timer that was armed for another limit would fire too late.
        self.sleep = None;
        self.waker = None;
    }

    /// Ready when the call that runs is too late; otherwise the task will be woken in time.
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(limit) = self.limit else {
            return Poll::Pending;
        };
        match (&self.sleep, &self.waker) {
            (Some(sleep), Some(waker)) if same(waker, cx.waker()) && !sleep.is_elapsed() => {
                Poll::Pending
            }
            _ => self.tick(cx, limit),
        }
    }

    #[cold]
    fn tick(&mut self, cx: &mut Context<'_>, limit: Duration) -> Poll<()> {
        self.waker = Some(cx.waker().clone());
        loop {
            let now = Instant::now();
            let next = now + limit / PRECISION;
            let sleep = self
                .sleep
                .get_or_insert_with(|| Box::pin(sleep_until(next)));
            if sleep.is_elapsed() {
                let due = *self.due.get_or_insert(now + limit);
                if now >= due {
                    return Poll::Ready(());
                }
                sleep.as_mut().reset(next.min(due));
            }
            // A timer that is due at once says so instead of waking the task.
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

/// Whether both wake the same task. The waker kept holds the task's memory, so no other task can be at its address;
/// tables of functions are not compared, because the compiler may keep several copies of one.
#[inline]
fn same(kept: &Waker, given: &Waker) -> bool {
    kept.data() == given.data() && !kept.data().is_null()
}
