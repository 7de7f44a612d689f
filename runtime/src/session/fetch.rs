//! The futures that the verbs return: named, and thin over a core that knows no types.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::call::{Call, Reply};
use crate::cardinality::{Cardinality, Gathered, RowCount};
use crate::error::{Error, Kind};
use crate::query::DecodeRow;

/// Rows on their way; the future of [`fetch`](super::Session::fetch) and its kin.
///
/// # Cancellation
///
/// Dropping it leaves the session usable. A statement that was not handed to the transport never runs; one that was
/// runs on, and the next call first reads what is left of its answer. If that is a lot, or does not come soon, the
/// server is asked to stop it.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Fetch<'s, R, C: Cardinality> {
    call: Call<'s>,
    decode: DecodeRow<R>,
    rows: Gathered<R>,
    marker: PhantomData<fn() -> C>,
    excess: Option<RowCount>,
}

impl<'s, R, C: Cardinality> Fetch<'s, R, C> {
    pub(crate) fn new(call: Call<'s>, decode: DecodeRow<R>) -> Self {
        Self {
            call,
            decode,
            rows: Gathered::new(),
            marker: PhantomData,
            excess: None,
        }
    }
}

impl<R, C: Cardinality> Fetch<'_, R, C> {
    /// How long this call may take, instead of what the configuration says.
    ///
    /// # Example: an answer that is worth little later
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use hathi::{Query, Session, sql};
    ///
    /// const COUNT: Query<(), i64> = Query::raw("SELECT count(*) FROM visits", (), sql::int8);
    ///
    /// # async fn demo(session: &mut Session) -> Result<(), hathi::Error> {
    /// let visits = session.fetch_one(COUNT).within(Duration::from_millis(300)).await;
    /// assert!(visits.is_ok() || visits.is_err_and(|error| error.is_timeout()));
    /// # Ok(()) }
    /// ```
    pub fn within(mut self, limit: Duration) -> Self {
        self.call.limit_time(limit);
        self
    }
}

impl<R, C: Cardinality> Unpin for Fetch<'_, R, C> {}

impl<R, C: Cardinality> Future for Fetch<'_, R, C> {
    type Output = Result<C::Output<R>, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            match ready!(this.call.poll_row(cx))? {
                Reply::Row(row) if this.excess.is_none() => match (this.decode)(&row) {
                    Ok(row) => this.excess = C::push(&mut this.rows, row).err(),
                    Err(error) => return Poll::Ready(Err(this.call.refuse(error))),
                },
                // The rest of a result that is too long is read and dropped: the statement may yet fail.
                Reply::Row(_) => {}
                Reply::Done(_) => {
                    let rows = std::mem::replace(&mut this.rows, Gathered::new());
                    let outcome = this.excess.map_or_else(|| C::finish(rows), Err);
                    return Poll::Ready(outcome.map_err(|count| row_count(count, &mut this.call)));
                }
            }
        }
    }
}

#[cold]
fn row_count(count: RowCount, call: &mut Call<'_>) -> Error {
    call.refuse(Error::new(Kind::RowCount(count)))
}

impl<R, C: Cardinality> fmt::Debug for Fetch<'_, R, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetch")
            .field("sql", &self.call.source().sql())
            .finish_non_exhaustive()
    }
}

/// A command on its way; the future of [`execute`](super::Session::execute).
///
/// # Cancellation
///
/// As [`Fetch`].
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct Affected<'s> {
    call: Call<'s>,
}

impl<'s> Affected<'s> {
    pub(crate) fn new(call: Call<'s>) -> Self {
        Self { call }
    }
}

impl Affected<'_> {
    /// How long this call may take, instead of what the configuration says.
    pub fn within(mut self, limit: Duration) -> Self {
        self.call.limit_time(limit);
        self
    }
}

impl Future for Affected<'_> {
    type Output = Result<u64, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            match ready!(this.call.poll_row(cx))? {
                Reply::Row(_) => {}
                Reply::Done(completed) => return Poll::Ready(Ok(completed.rows)),
            }
        }
    }
}
