//! One statement given to the pool itself: over a shared connection if it may, over one of its own otherwise.

use std::fmt;
use std::future::Future;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hathi_wire::{Completed, EncodeError, Execute, Failure, Frame};
use tokio::time::{Instant, Sleep, sleep};

use super::fitness::Pace;
use super::job::{Answer, Job};
use crate::codec::{Arguments, DataRow};
use crate::error::{Error, Kind};
use crate::observe::Observed;
use crate::pool::acquiring::{acquire, too_late};
use crate::pool::inner::Inner;
use crate::pool::pooled::Pooled;
use crate::session::{Arrived, BindTo, Event, LONGEST, Reply};
use crate::source::Source;

/// A statement that took no longer than this is quick, and shares its connection next time.
const QUICK: Duration = Duration::from_millis(50);

/// One statement given to the pool itself.
///
/// ```text
/// Fresh ──may share──> Shared ──answered──> Reading ──> Over
///   └──may not──> Acquiring ──> Exclusive ──answered──> Over
/// ```
pub(crate) struct Single<'p> {
    inner: &'p Arc<Inner>,
    state: State,
    // Its rows are read one by one, so it has a connection for itself.
    streams: bool,
    rows: Option<NonZeroU32>,
    // What its caller says, beside what the pool and the configuration say.
    limit: Option<(Duration, Pin<Box<Sleep>>)>,
}

enum State {
    Fresh(Vec<u8>),
    Shared(Seated),
    Reading(Answer),
    Acquiring(Acquiring, Vec<u8>),
    Exclusive(Box<Exclusive>),
    Over,
}

// Behind a lock that nobody ever takes, so that it can be looked at from several threads, as every future can.
type Acquiring = Mutex<Pin<Box<dyn Future<Output = Result<Pooled, Error>> + Send>>>;

/// A job whose task still waits.
struct Seated {
    job: Arc<Job>,
    // Armed while no carrier has taken it.
    patience: Option<Pin<Box<Sleep>>>,
}

impl Drop for Seated {
    fn drop(&mut self) {
        self.job.leave();
    }
}

struct Exclusive {
    execute: Execute,
    pooled: Pooled,
    since: Instant,
}

impl Exclusive {
    fn limit_rows(&mut self, rows: NonZeroU32) {
        let connection = &mut self.pooled.link().connection;
        self.execute.limit_rows(connection, rows);
    }

    /// The row that has just arrived.
    fn row(&self, frame: Frame, source: &Source) -> Result<DataRow<'_>, Error> {
        let link = self.pooled.linked();
        let body = link.input.body(frame);
        let row = match source.columns() {
            Some(columns) => DataRow::new(body, u16::try_from(columns.len()).unwrap_or(u16::MAX)),
            None => DataRow::described(body, self.execute.columns(&link.connection)),
        };
        row.map_err(Error::row)
    }
}

impl<'p> Single<'p> {
    /// Encodes the arguments; nothing happens before the first poll.
    pub(in crate::pool) fn new(inner: &'p Arc<Inner>, bind: BindTo<'_>) -> Result<Self, Error> {
        let mut arguments = Vec::with_capacity(96);
        bind(&mut Arguments::new(&mut arguments))
            .map_err(|error| Error::new(Kind::Argument(error)))?;
        Ok(Self {
            inner,
            state: State::Fresh(arguments),
            streams: false,
            rows: None,
            limit: None,
        })
    }

    /// What those are told who listen.
    pub(crate) fn observed(&self) -> &Observed {
        &self.inner.settings.observed
    }

    /// Its rows are read one by one, in their reader's own time.
    pub(in crate::pool) fn streaming(mut self) -> Self {
        self.streams = true;
        self
    }

    /// Asks for so many rows at a time, if nothing has been asked for yet.
    pub(crate) fn limit_rows(&mut self, rows: NonZeroU32) {
        self.rows = Some(rows);
    }

    /// Where the next row of a stream lies, or how the statement ended.
    pub(crate) fn poll_frame(
        &mut self,
        source: &Source,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Arrived, Error>> {
        if !matches!(self.state, State::Exclusive(_)) {
            ready!(self.poll_answer(source, cx))?;
        }
        self.poll_exclusive(source, cx)
    }

    /// The row of a stream that has just arrived.
    pub(crate) fn row(&self, frame: Frame, source: &Source) -> Result<DataRow<'_>, Error> {
        match &self.state {
            State::Exclusive(exclusive) => exclusive.row(frame, source),
            _ => Err(Error::new(Kind::Closed(None))),
        }
    }

    /// The time that the reader of a stream takes is no waiting.
    pub(crate) fn wait_anew(&mut self) {
        if let State::Exclusive(exclusive) = &mut self.state {
            exclusive.pooled.link().wait_anew();
        }
    }

    /// The whole of it may take so long, waiting for a connection included.
    pub(crate) fn limit_time(&mut self, limit: Duration) {
        let limit = limit.min(LONGEST);
        self.limit = Some((limit, Box::pin(sleep(limit))));
    }

    #[cold]
    fn is_late(&mut self, cx: &mut Context<'_>) -> Option<Error> {
        let (limit, sleep) = self.limit.as_mut()?;
        sleep.as_mut().poll(cx).is_ready().then(|| {
            Error::new(Kind::Timeout {
                limit: *limit,
                during: "waiting for the pool and the server",
            })
        })
    }

    /// The next row, or how the statement ended.
    pub(crate) fn poll_row(
        &mut self,
        source: &Source,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Reply<'_>, Error>> {
        if self.limit.is_some()
            && let Some(late) = self.is_late(cx)
        {
            self.state = State::Over;
            return Poll::Ready(Err(late));
        }
        if !matches!(self.state, State::Reading(_) | State::Exclusive(_)) {
            ready!(self.poll_answer(source, cx))?;
        }
        if matches!(self.state, State::Exclusive(_)) {
            return match ready!(self.poll_exclusive(source, cx))? {
                Arrived::Row(frame) => Poll::Ready(self.row(frame, source).map(Reply::Row)),
                Arrived::Done(completed) => Poll::Ready(Ok(Reply::Done(completed))),
            };
        }
        let State::Reading(answer) = &mut self.state else {
            return Poll::Ready(Err(Error::new(Kind::Closed(None))));
        };
        let Some(row) = next_row(answer) else {
            let outcome = std::mem::replace(&mut answer.outcome, Ok(Completed::default()));
            self.state = State::Over;
            return Poll::Ready(done(outcome));
        };
        match &self.state {
            State::Reading(answer) => Poll::Ready(lend(&answer.bytes[row], source)),
            _ => Poll::Pending,
        }
    }

    /// Goes on until there is something to read.
    fn poll_answer(&mut self, source: &Source, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        loop {
            match &mut self.state {
                State::Fresh(arguments) => {
                    let arguments = std::mem::take(arguments);
                    self.state = self.inner.send_off(source, self.streams, arguments, cx)?;
                    if matches!(self.state, State::Shared(_)) {
                        // It was handed over with the waker of this task.
                        return self.poll_patience(cx);
                    }
                }
                State::Shared(seated) => {
                    let Poll::Ready(answer) = seated.job.poll(cx) else {
                        return self.poll_patience(cx);
                    };
                    self.state = State::Over;
                    self.state = State::Reading(answer?);
                    return Poll::Ready(Ok(()));
                }
                State::Acquiring(acquiring, arguments) => {
                    let arguments = std::mem::take(arguments);
                    let acquiring = acquiring.get_mut().unwrap_or_else(PoisonError::into_inner);
                    let outcome = acquiring.as_mut().poll(cx);
                    let Poll::Ready(outcome) = outcome else {
                        if let State::Acquiring(_, kept) = &mut self.state {
                            *kept = arguments;
                        }
                        return Poll::Pending;
                    };
                    self.state = State::Over;
                    let mut exclusive = start(outcome?, source, &arguments)?;
                    if let Some(rows) = self.rows {
                        exclusive.limit_rows(rows);
                    }
                    self.state = State::Exclusive(Box::new(exclusive));
                    return Poll::Ready(Ok(()));
                }
                State::Reading(_) | State::Exclusive(_) | State::Over => {
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }

    /// Whoever waits for a connection does not wait for longer than the pool says.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let State::Shared(seated) = &mut self.state else {
            return Poll::Pending;
        };
        if seated.patience.is_none() && !self.inner.has_backlog() {
            return Poll::Pending;
        }
        if !seated.job.is_waiting() {
            return Poll::Pending;
        }
        let limit = self.inner.options().acquire_limit;
        let patience = seated
            .patience
            .get_or_insert_with(|| Box::pin(sleep(limit)));
        ready!(patience.as_mut().poll(cx));
        if !seated.job.is_waiting() {
            return Poll::Pending;
        }
        self.state = State::Over;
        Poll::Ready(Err(too_late(self.inner, limit)))
    }

    fn poll_exclusive(
        &mut self,
        source: &Source,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Arrived, Error>> {
        loop {
            let State::Exclusive(exclusive) = &mut self.state else {
                return Poll::Ready(Err(Error::new(Kind::Closed(None))));
            };
            let Exclusive {
                execute,
                pooled,
                since,
            } = &mut **exclusive;
            let link = pooled.link();
            let event = ready!(link.poll_execute(execute, cx));
            match event {
                Ok(Event::Row(frame)) => return Poll::Ready(Ok(Arrived::Row(frame))),
                Ok(Event::Paused) => execute.more(&mut link.connection),
                Ok(Event::Done(outcome)) => {
                    match &outcome {
                        Err(failure) => link.heed(failure),
                        Ok(_) if self.streams => {}
                        Ok(_) => self.inner.learn(source, since.elapsed()),
                    }
                    self.state = State::Over;
                    return Poll::Ready(outcome.map(Arrived::Done).map_err(Error::from));
                }
                Err(error) => {
                    self.state = State::Over;
                    return Poll::Ready(Err(error));
                }
            }
        }
    }
}

impl Inner {
    /// Hands a statement to a carrier, or finds out that it needs a connection for itself.
    fn send_off(
        self: &Arc<Self>,
        source: &Source,
        alone: bool,
        arguments: Vec<u8>,
        cx: &mut Context<'_>,
    ) -> Result<State, Error> {
        self.wake_up();
        let mut slots = self.slots();
        if slots.is_closed {
            return Err(crate::pool::PoolFailure::Closed.into());
        }
        // What was put together by hand may do anything.
        let shared = source
            .parts()
            .filter(|_| self.options().sharing && !alone)
            .filter(|parts| slots.fleet.paces.of(parts) == Pace::Quick);
        let Some(parts) = shared else {
            drop(slots);
            let inner = Arc::clone(self);
            let acquiring = Box::pin(async move { acquire(&inner).await });
            return Ok(State::Acquiring(Mutex::new(acquiring), arguments));
        };
        slots.counters.shared_statements += 1;
        let job = Job::new(parts, cx.waker().clone(), arguments);
        let seated = Seated {
            job: Arc::clone(&job),
            patience: None,
        };
        let due = slots.dispatch(job, self.options().patience);
        drop(slots);
        self.carry_out(due);
        Ok(State::Shared(seated))
    }

    fn has_backlog(&self) -> bool {
        !self.slots().fleet.backlog.is_empty()
    }

    fn learn(&self, source: &Source, took: Duration) {
        let pace = if took <= QUICK {
            Pace::Quick
        } else {
            Pace::Slow
        };
        if let Some(parts) = source.parts() {
            self.slots().fleet.paces.learn(parts, pace);
        }
    }
}

fn start(mut pooled: Pooled, source: &Source, arguments: &[u8]) -> Result<Exclusive, Error> {
    let wanted = source.wanted()?;
    let link = pooled.link();
    link.ready()?;
    let mut write = |out: &mut Vec<u8>| -> Result<(), EncodeError> {
        out.extend_from_slice(arguments);
        Ok(())
    };
    let started = Execute::start(&mut link.connection, &wanted, &mut write);
    Ok(Exclusive {
        execute: started.map_err(|error| Error::new(Kind::Encode(error)))?,
        pooled,
        since: Instant::now(),
    })
}

fn lend<'r>(body: &'r [u8], source: &Source) -> Result<Reply<'r>, Error> {
    let columns = source.columns().unwrap_or_default().len();
    match DataRow::new(body, u16::try_from(columns).unwrap_or(u16::MAX)) {
        Ok(row) => Ok(Reply::Row(row)),
        Err(cause) => Err(Error::row(cause)),
    }
}

fn done<'r>(outcome: Result<Completed, Failure>) -> Result<Reply<'r>, Error> {
    match outcome {
        Ok(completed) => Ok(Reply::Done(completed)),
        Err(failure) => Err(Error::from(failure)),
    }
}

/// The next row of an answer, which begins behind it from then on.
fn next_row(answer: &mut Answer) -> Option<std::ops::Range<usize>> {
    let rest = answer.bytes.get(answer.rows..)?;
    let length = u32::from_ne_bytes(*rest.first_chunk()?);
    let start = answer.rows + 4;
    let end = start + usize::try_from(length).ok()?;
    answer.rows = end;
    (end <= answer.bytes.len()).then_some(start..end)
}

impl fmt::Debug for Single<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Single").finish_non_exhaustive()
    }
}
