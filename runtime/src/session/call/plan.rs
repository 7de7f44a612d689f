//! The plan of a statement that was slow, asked of the server behind its end.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hathi_wire::{Completed, Simple, TransactionStatus};
use tokio::time::{Sleep, sleep};

use super::{Arrived, Call, State};
use crate::error::Error;
use crate::observe::{SlowCall, Watch};
use crate::session::{Event, Link};
use crate::source::Source;

/// How long the server may take.
const LIMIT: Duration = Duration::from_millis(500);
/// More of a plan is not told, in bytes.
const LONGEST: usize = 16 * 1024;

/// A plan on its way. Dropping it leaves an answer that the session's next call throws away.
#[derive(Debug)]
pub(crate) struct Plan {
    simple: Simple,
    slow: SlowCall,
    lines: String,
    // What the statement has answered, for its caller.
    completed: Completed,
    limit: Pin<Box<Sleep>>,
}

impl Plan {
    /// Asks, if nothing can go wrong by that.
    fn ask(
        link: &mut Link,
        source: &Source,
        slow: SlowCall,
        completed: Completed,
    ) -> Result<Self, SlowCall> {
        let is_free = link.connection.status() == TransactionStatus::Idle
            && link.connection.owed() == 0
            && link.scope().is_none()
            && !link.is_broken();
        let Some(sql) = is_free.then(|| question(link, source, &slow)).flatten() else {
            return Err(slow);
        };
        link.begin();
        match Simple::start(&mut link.connection, &sql) {
            Ok(simple) => Ok(Self {
                simple,
                slow,
                lines: String::new(),
                completed,
                limit: Box::pin(sleep(LIMIT)),
            }),
            Err(_) => Err(slow),
        }
    }

    /// Ready when it is known whether there is a plan.
    fn poll(&mut self, link: &mut Link, cx: &mut Context<'_>) -> Poll<bool> {
        loop {
            match link.poll_exchange(&mut self.simple, cx) {
                Poll::Ready(Ok(Event::Row(frame))) => {
                    // One field: its count and its length come before it.
                    let line = link.input.body(frame).get(6..).unwrap_or_default();
                    if self.lines.len() + line.len() < LONGEST {
                        self.lines.push_str(&String::from_utf8_lossy(line));
                        self.lines.push('\n');
                    }
                }
                Poll::Ready(Ok(Event::Paused)) => {}
                Poll::Ready(Ok(Event::Done(Ok(_)))) => return Poll::Ready(true),
                Poll::Ready(Ok(Event::Done(Err(_))) | Err(_)) => return Poll::Ready(false),
                Poll::Pending => {
                    if self.limit.as_mut().poll(cx).is_pending() {
                        return Poll::Pending;
                    }
                    // Its end is not worth waiting for: the next call cancels it.
                    link.hurry();
                    link.abandon(self.simple.segment());
                    return Poll::Ready(false);
                }
            }
        }
    }
}

/// EXPLAIN never runs the statement; with its placeholders it can be explained from PostgreSQL 16 on.
fn question(link: &Link, source: &Source, slow: &SlowCall) -> Option<String> {
    let wanted = source.wanted().ok()?;
    let version = crate::session::version_number(link.connection.parameter("server_version")?)?;
    let options = match (wanted.types.is_empty(), version >= 160_000) {
        (true, _) => "",
        (false, true) => "(GENERIC_PLAN) ",
        (false, false) => return None,
    };
    slow.has_plan()
        .then(|| format!("EXPLAIN {options}{}", wanted.sql))
}

impl Call<'_> {
    /// The statement has ended. If it was slow, its plan is asked for if that is wanted and can be had.
    pub(super) fn poll_slow(
        &mut self,
        watch: &mut Watch,
        completed: Completed,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Arrived, Error>> {
        if let State::Running(running) = &mut self.state
            && running.link.observed.wants_plans()
            && let Some(slow) = watch.take_slow()
        {
            match Plan::ask(running.link, &self.source, slow, completed) {
                Ok(plan) => return self.poll_plan(watch, Box::new(plan), cx),
                Err(slow) => watch.is_slow(slow),
            }
        }
        Poll::Ready(Ok(Arrived::Done(completed)))
    }

    /// What the statement has answered, once it is known whether there is a plan.
    pub(super) fn poll_plan(
        &mut self,
        watch: &mut Watch,
        mut plan: Box<Plan>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Arrived, Error>> {
        if let State::Running(running) = &mut self.state {
            let Poll::Ready(is_there) = plan.poll(running.link, cx) else {
                watch.waits_for(plan);
                return Poll::Pending;
            };
            watch.tell(&plan.slow, is_there.then(|| plan.lines.trim_end()));
        }
        Poll::Ready(Ok(Arrived::Done(plan.completed)))
    }
}
