//! One timer per session, armed again only when it must be: a call costs a look at the clock, not a timer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// The time limit of the call that runs.
///
/// The timer stays armed for the moment at which an earlier call would have been too late; usually that call is long
/// over. When the timer fires it is set to the limit of the call that runs then.
#[derive(Debug)]
pub(crate) struct Deadline {
    limit: Option<Duration>,
    // When the call that runs is too late; set when it has to wait for the first time.
    due: Option<Instant>,
    // Allocated with the session's first wait and kept.
    sleep: Option<Pin<Box<Sleep>>>,
    // Who is woken when the timer fires.
    waker: Option<Waker>,
}

impl Deadline {
    pub(crate) fn new(limit: Option<Duration>) -> Self {
        Self { limit, due: None, sleep: None, waker: None }
    }

    pub(crate) fn limit(&self) -> Duration {
        self.limit.unwrap_or_default()
    }

    /// A call begins.
    #[inline]
    pub(crate) fn start(&mut self) {
        self.due = None;
    }

    /// Ready when the call that runs is too late; otherwise the task will be woken in time.
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(limit) = self.limit else { return Poll::Pending };
        let due = *self.due.get_or_insert_with(|| Instant::now() + limit);
        if let (Some(sleep), Some(waker)) = (&self.sleep, &self.waker)
            && same(waker, cx.waker())
            && sleep.deadline() <= due
            && !sleep.is_elapsed()
        {
            return Poll::Pending;
        }
        self.arm(cx, due)
    }

    fn arm(&mut self, cx: &mut Context<'_>, due: Instant) -> Poll<()> {
        if Instant::now() >= due {
            return Poll::Ready(());
        }
        self.waker = Some(cx.waker().clone());
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if sleep.deadline() > due || sleep.is_elapsed() {
            sleep.as_mut().reset(due);
        }
        sleep.as_mut().poll(cx)
    }
}

/// Whether both wake the same task. The waker kept holds the task's memory, so no other task can be at its address;
/// tables of functions are not compared, because the compiler may keep several copies of one.
#[inline]
fn same(kept: &Waker, given: &Waker) -> bool {
    kept.data() == given.data() && !kept.data().is_null()
}
