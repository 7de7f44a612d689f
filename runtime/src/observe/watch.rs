//! The span of a call: it begins with the first poll, is entered at each poll, and ends with the call.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use hathi_wire::Host;
use tracing::level_filters::{LevelFilter, STATIC_MAX_LEVEL};
use tracing::span::Id;
use tracing::{Level, Span};

#[cfg(feature = "metrics")]
use super::metrics::{self, Measured};
use super::place::Place;
use super::slow::{SlowCall, Stopwatch};
use super::span::{self, About};
use super::{Subject, Verb};
use crate::config::{Config, Slow};
use crate::error::Error;
use crate::session::Plan;

/// Whether anybody at all may want to hear of a call. Everything else is asked only if so.
#[inline(always)]
pub(crate) fn is_wanted() -> bool {
    if cfg!(feature = "metrics") {
        // Whether there is a recorder is not told.
        return true;
    }
    STATIC_MAX_LEVEL != LevelFilter::OFF && LevelFilter::current() != LevelFilter::OFF
}

/// What a session knows for those who listen.
#[derive(Debug, Default, Clone)]
pub(crate) struct Observed {
    place: Arc<Place>,
    slow: Slow,
}

impl Observed {
    /// For a session with a host, or for a pool whose sessions may be with any.
    pub(crate) fn new(config: &Config, host: Option<&Host>) -> Self {
        Self {
            place: Place::new(config, host),
            slow: config.slow(),
        }
    }
}

impl Observed {
    /// Whether slow statements are to be explained.
    pub(crate) fn wants_plans(&self) -> bool {
        self.slow.with_plan
    }
}

/// What watches a call; empty unless somebody listens.
#[derive(Debug, Default)]
pub(crate) struct Watch(Option<Box<Watched>>);

#[derive(Debug)]
struct Watched {
    verb: Verb,
    // None until the first poll: what was never polled has never happened.
    span: Option<Span>,
    // The span that was around when this one began.
    around: Option<Id>,
    // The statement is prepared on the way.
    preparing: Option<Span>,
    rows: u64,
    over: bool,
    stopwatch: Option<Stopwatch>,
    // It was slow, and nobody has been told.
    slow: Option<SlowCall>,
    // What it was slow by is being asked.
    plan: Option<Box<Plan>>,
    #[cfg(feature = "metrics")]
    measured: Option<Measured>,
}

impl Watch {
    /// For a call that is about to begin.
    #[cold]
    pub(crate) fn new(verb: Verb, observed: &Observed) -> Self {
        let stopwatch = match verb {
            Verb::Query | Verb::Command | Verb::Script | Verb::Pipeline => {
                Stopwatch::new(observed.slow.limit)
            }
            _ => None,
        };
        #[cfg(feature = "metrics")]
        let is_measured = metrics::measures(verb);
        #[cfg(not(feature = "metrics"))]
        let is_measured = false;
        if !is_measured
            && stopwatch.is_none()
            && !tracing::span_enabled!(target: "hathi", Level::INFO)
        {
            return Self(None);
        }
        Self(Some(Box::new(Watched {
            verb,
            span: None,
            around: None,
            preparing: None,
            rows: 0,
            over: false,
            stopwatch,
            slow: None,
            plan: None,
            #[cfg(feature = "metrics")]
            measured: None,
        })))
    }

    #[inline]
    pub(crate) fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// Whether it is to [`begin`](Self::begin).
    pub(crate) fn is_unborn(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|watched| watched.span.is_none())
    }

    /// The call begins, in a transaction or outside of any.
    pub(crate) fn begin(
        &mut self,
        observed: &Observed,
        scope: Option<&Self>,
        subject: Subject<'_>,
    ) {
        let Some(watched) = &mut self.0 else { return };
        let current = Span::current().id();
        let parent = match scope.and_then(|scope| scope.0.as_deref()) {
            // Nothing has been entered since the transaction began: then what is done in it belongs under it.
            Some(scope) if scope.around == current => scope.span.as_ref().and_then(Span::id),
            _ => current.clone(),
        };
        watched.around = current;
        let about = About::new(watched.verb, subject);
        if let Some(stopwatch) = &mut watched.stopwatch {
            stopwatch.begin(&about);
        }
        #[cfg(feature = "metrics")]
        if metrics::measures(watched.verb) {
            watched.measured = Some(Measured::new(&about, &observed.place));
        }
        watched.span = Some(span::of(watched.verb, &about, &observed.place, parent));
    }

    /// The end of a transaction begins: under it, whatever is around.
    pub(crate) fn begin_in(&mut self, observed: &Observed, scope: &Self, subject: Subject<'_>) {
        scope.within(|| self.begin(observed, None, subject));
    }

    /// The statement is prepared on the way: until the first answer that is the call's own.
    pub(crate) fn prepares(&mut self, observed: &Observed, subject: Subject<'_>) {
        let Some(watched) = &mut self.0 else { return };
        let parent = watched.span.as_ref().and_then(Span::id);
        let about = About::new(Verb::Prepare, subject);
        watched.preparing = Some(span::of(Verb::Prepare, &about, &observed.place, parent));
    }

    /// Does something inside of the span.
    pub(crate) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        match self.0.as_deref() {
            Some(Watched {
                span: Some(span), ..
            }) => span.in_scope(work),
            _ => work(),
        }
    }

    /// What enters the span, for work that is polled elsewhere.
    pub(crate) fn around(&self) -> Around {
        Around(self.0.as_ref().and_then(|watched| watched.span.clone()))
    }

    /// Does the work, inside of the span at each poll, to its end.
    pub(crate) async fn run<T>(
        mut self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let mut work = pin!(work);
        poll_fn(|cx| {
            let polled = self.within(|| work.as_mut().poll(cx));
            match &polled {
                Poll::Ready(Ok(_)) => self.completed(0),
                Poll::Ready(Err(error)) => self.failed(error),
                Poll::Pending => {}
            }
            polled
        })
        .await
    }

    /// A row has come.
    pub(crate) fn row(&mut self) {
        if let Some(watched) = &mut self.0 {
            watched.preparing = None;
            watched.rows += 1;
        }
    }

    /// It has ended well; so many rows were affected, if it affects any.
    pub(crate) fn completed(&mut self, affected: u64) {
        let Some(watched) = &mut self.0 else { return };
        watched.preparing = None;
        watched.over = true;
        #[cfg(feature = "metrics")]
        if let Some(measured) = &mut watched.measured {
            measured.ends();
        }
        if watched.verb == Verb::CopyOut {
            watched.rows = affected;
        }
        if let Some(stopwatch) = watched.stopwatch.take() {
            watched.slow = stopwatch.end(watched.rows.max(affected));
        }
        let Some(span) = &watched.span else { return };
        match watched.verb {
            Verb::Query | Verb::Stream | Verb::CopyOut => {
                span.record("db.response.returned_rows", watched.rows);
            }
            Verb::Command | Verb::CopyIn => {
                span.record("hathi.affected_rows", affected);
            }
            // Most statements of scripts have no count.
            Verb::Script if affected > 0 => {
                span.record("hathi.affected_rows", affected);
            }
            _ => {}
        }
    }

    /// It has failed.
    #[cold]
    pub(crate) fn failed(&mut self, error: &Error) {
        let Some(watched) = &mut self.0 else { return };
        watched.over = true;
        #[cfg(feature = "metrics")]
        if let Some(measured) = &mut watched.measured {
            measured.fails(error);
        }
        if let Some(stopwatch) = watched.stopwatch.take() {
            watched.slow = stopwatch.end(watched.rows);
        }
        for span in watched.preparing.take().iter().chain(&watched.span) {
            span.record("otel.status_code", "ERROR");
            match error.sql_state() {
                Some(state) => {
                    span.record("db.response.status_code", state.code());
                    span.record("error.type", state.code());
                }
                None => {
                    span.record("error.type", error.word());
                }
            }
        }
    }

    /// What is to be told of a call that was slow.
    pub(crate) fn take_slow(&mut self) -> Option<SlowCall> {
        self.0.as_mut()?.slow.take()
    }

    /// It was slow, and there is no plan: that is told at its end.
    pub(crate) fn is_slow(&mut self, slow: SlowCall) {
        if let Some(watched) = &mut self.0 {
            watched.slow = Some(slow);
        }
    }

    /// Tells of a slow call.
    pub(crate) fn tell(&self, slow: &SlowCall, plan: Option<&str>) {
        if let Some(Watched {
            span: Some(span), ..
        }) = self.0.as_deref()
        {
            slow.tell(span, plan);
        }
    }

    /// A plan is on its way.
    pub(crate) fn waits_for(&mut self, plan: Box<Plan>) {
        if let Some(watched) = &mut self.0 {
            watched.plan = Some(plan);
        }
    }

    /// The plan that was on its way.
    pub(crate) fn take_plan(&mut self) -> Option<Box<Plan>> {
        self.0.as_mut()?.plan.take()
    }

    /// A transaction or a savepoint has ended this way.
    pub(crate) fn ended(&mut self, outcome: &'static str) {
        if let Some(watched) = &mut self.0
            && let Some(span) = &watched.span
            && !watched.over
        {
            watched.over = true;
            span.record("hathi.outcome", outcome);
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        #[cfg(feature = "metrics")]
        if let Some(measured) = self.measured.take() {
            measured.tell(self.verb, self.rows);
        }
        let Some(span) = &self.span else { return };
        if let Some(slow) = &self.slow {
            slow.tell(span, None);
        }
        if self.over {
            return;
        }
        match self.verb {
            // Whoever has read enough drops what is left.
            Verb::CopyOut => span,
            Verb::Stream => span.record("db.response.returned_rows", self.rows),
            Verb::Transaction | Verb::Savepoint => span.record("hathi.outcome", "rolled_back"),
            _ => span.record("error.type", "dropped"),
        };
    }
}

/// A span that work goes on in, if there is one.
#[derive(Debug)]
pub(crate) struct Around(Option<Span>);

impl Around {
    /// Does the work, inside of the span at each poll.
    pub(crate) async fn run<F: Future>(self, work: F) -> F::Output {
        let mut work = pin!(work);
        poll_fn(|cx| match &self.0 {
            Some(span) => span.in_scope(|| work.as_mut().poll(cx)),
            None => work.as_mut().poll(cx),
        })
        .await
    }
}

/// Does work that is no statement: in a span of its own, if somebody listens.
pub(crate) async fn watched<T>(
    verb: Verb,
    observed: impl FnOnce() -> Observed,
    name: &str,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut watch = Watch::default();
    if is_wanted() {
        watch = Watch::new(verb, &Observed::default());
    }
    if watch.is_some() {
        watch.begin(&observed(), None, Subject::Named(name));
    }
    watch.run(work).await
}
