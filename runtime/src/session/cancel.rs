//! Asks the server, over a connection of its own, to stop what runs in a session.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};
use std::time::Duration;

use hathi_wire::{Connection, cancel_request};
use tokio::time::timeout;

use super::route::{Route, write_all};
use crate::error::{Error, Kind};

/// How long a server may take to hear a cancel request.
const LIMIT: Duration = Duration::from_secs(5);

/// Asks the server to stop what runs in a session; from [`Session::cancel_token`](super::Session::cancel_token).
///
/// It can be cloned and sent to where the decision is made. A token outlives its session without harm: the server knows
/// a session by a secret, and asking for one that has ended does nothing.
///
/// # Example: a statement that another task may stop
///
/// ```no_run
/// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
/// let token = session.cancel_token();
/// let stop = tokio::spawn(async move { token.cancel().await });
/// let outcome = session.simple("SELECT pg_sleep(60)").await;
/// let stopped = outcome.is_err_and(|error| error.sql_state().is_some_and(|state| state.code() == "57014"));
/// stop.await.expect("the task does not panic")?;
/// # let _ = stopped;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct CancelToken(Arc<Canceller>);

impl CancelToken {
    pub(super) fn new(canceller: Arc<Canceller>) -> Self {
        Self(canceller)
    }

    /// Asks the server to stop what runs in the session, and waits until it has heard.
    ///
    /// The request takes the way that the session took: if that is encrypted, so is this, and the server has to prove
    /// the same. It does nothing if nothing runs. What runs answers with the error `57014`, unless it has ended before.
    /// The session sends no further statement before the server has heard: a request that is late never stops the next
    /// one. Asking while a request is on its way waits for that one.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached, does not prove who it is, or does not hear within five seconds; if it gave the
    /// session no key to cancel by, as some poolers do.
    ///
    /// # Cancellation
    ///
    /// A future that was dropped before its first poll sends nothing. One that is dropped later leaves the request to
    /// the session: its next statement first sees to it that the server has heard.
    pub async fn cancel(&self) -> Result<(), Error> {
        let request = self.0.begin();
        let outcome = poll_fn(|cx| self.0.poll(&request, cx)).await;
        outcome.map_err(|cause| Error::new(Kind::Cancel(cause)))
    }
}

/// The cancel requests of one session: at most one is on its way.
///
/// ```text
/// token ──begin──┐                             ┌── the token waits
/// drop ───begin──┼─> Request, shared, driven by┼── a task of its own (`cancel_on_drop`)
/// drain ──begin──┘                             └── the session, before it sends anything else
/// ```
pub(crate) struct Canceller {
    route: Route,
    // None if the server has said no key.
    request: Option<Vec<u8>>,
    // Invariant: true while `current` is some.
    busy: AtomicBool,
    current: Mutex<Option<Arc<Request>>>,
}

impl Canceller {
    pub(super) fn new(route: &Route, connection: &Connection) -> Self {
        let key = connection.key();
        Self {
            route: route.clone(),
            request: key.map(|(process, secret)| cancel_request(process, secret)),
            busy: AtomicBool::new(false),
            current: Mutex::new(None),
        }
    }

    /// Whether the server can be asked at all.
    pub(super) fn has_key(&self) -> bool {
        self.request.is_some()
    }

    /// Whether a request is on its way.
    ///
    /// Who asks for one and then starts a statement has ordered the two; who does both at once gets either order.
    #[inline]
    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    /// Starts a request, or joins the one that is on its way: no statement was started since, so it means the same one.
    pub(super) fn begin(&self) -> Arc<Request> {
        let mut current = lock(&self.current);
        let request = current.get_or_insert_with(|| {
            self.busy.store(true, Ordering::Relaxed);
            let (route, bytes) = (self.route.clone(), self.request.clone());
            Arc::new(Request::new(async move {
                let bytes = bytes.ok_or(Kind::NoCancelKey)?;
                let sent = timeout(LIMIT, send(&route, &bytes)).await;
                let during = "asking the server to cancel";
                let limit = LIMIT;
                sent.unwrap_or(Err(Kind::Timeout { limit, during }))
            }))
        });
        Arc::clone(request)
    }

    /// Drives a request; ready when it is over.
    pub(super) fn poll(
        &self,
        request: &Arc<Request>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Arc<Kind>>> {
        let outcome = ready!(request.poll(cx));
        let mut current = lock(&self.current);
        if current
            .as_ref()
            .is_some_and(|current| Arc::ptr_eq(current, request))
        {
            *current = None;
            self.busy.store(false, Ordering::Relaxed);
        }
        Poll::Ready(outcome)
    }

    /// Drives the request that is on its way, if there is one; ready when there is none.
    pub(super) fn poll_idle(&self, cx: &mut Context<'_>) -> Poll<()> {
        let current = lock(&self.current).clone();
        match current {
            // Whatever became of it: the answer ends some time, or the caller's time limit passes.
            Some(request) => self.poll(&request, cx).map(drop),
            None => Poll::Ready(()),
        }
    }
}

impl fmt::Debug for Canceller {
    // The request holds the session's secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canceller")
            .field("is_busy", &self.is_busy())
            .finish_non_exhaustive()
    }
}

/// A request on its way: over when the server has closed the connection it came over. Until then it could hit a later
/// statement.
///
/// Whoever waits for it drives it, and all of them are woken: any of them may be gone by then.
pub(crate) struct Request {
    progress: Mutex<Progress>,
    waiting: Mutex<Vec<Waker>>,
}

enum Progress {
    Running(Pin<Box<dyn Future<Output = Result<(), Kind>> + Send>>),
    Over(Result<(), Arc<Kind>>),
}

impl Request {
    fn new(sending: impl Future<Output = Result<(), Kind>> + Send + 'static) -> Self {
        Self {
            progress: Mutex::new(Progress::Running(Box::pin(sending))),
            waiting: Mutex::default(),
        }
    }

    fn poll(self: &Arc<Self>, cx: &mut Context<'_>) -> Poll<Result<(), Arc<Kind>>> {
        self.wait(cx.waker());
        let mut progress = lock(&self.progress);
        let outcome = match &mut *progress {
            Progress::Over(outcome) => return Poll::Ready(outcome.clone()),
            Progress::Running(sending) => {
                let waker = Waker::from(Arc::clone(self));
                ready!(sending.as_mut().poll(&mut Context::from_waker(&waker)))
            }
        };
        let outcome = outcome.map_err(Arc::new);
        *progress = Progress::Over(outcome.clone());
        drop(progress);
        self.wake_by_ref();
        Poll::Ready(outcome)
    }

    fn wait(&self, waker: &Waker) {
        let mut waiting = lock(&self.waiting);
        if !waiting.iter().any(|known| known.will_wake(waker)) {
            waiting.push(waker.clone());
        }
    }
}

impl Wake for Request {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let waiting = std::mem::take(&mut *lock(&self.waiting));
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// Nothing here is left half done by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn send(route: &Route, request: &[u8]) -> Result<(), Kind> {
    let mut transport = route.again().await?;
    write_all(&mut transport, request).await.map_err(Kind::Io)?;
    let mut byte = [0];
    // It answers nothing. How it closes, in good order or not, says nothing either.
    while let Ok(1..) = poll_fn(|cx| transport.poll_read(cx, &mut byte)).await {}
    Ok(())
}
