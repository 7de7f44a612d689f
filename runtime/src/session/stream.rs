//! Rows one by one: the server sends as fast as they are read, and nothing is gathered.

use std::fmt;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use hathi_wire::Frame;

use super::call::{Arrived, Call, Reply};
use crate::codec::DataRow;
use crate::error::Error;
use crate::query::DecodeRow;

/// Rows on their way, one by one; what [`stream`](super::Session::stream) returns.
///
/// What is not read stays in the socket, and the server waits: no more than a read buffer is in memory, however slow the
/// reader and however long the result. The time limit of a call holds for each wait for the server.
///
/// # Cancellation
///
/// Dropping it early is cheap: the session's next call asks the server to stop, instead of reading to the end.
///
/// # Example: rows as they come
///
/// ```no_run
/// use hathi::{Query, Session, sql};
///
/// const NUMBERS: Query<(), i32> = Query::raw("SELECT generate_series(1, 1000000)", (), sql::int4);
///
/// # async fn demo(session: &mut Session) -> Result<(), hathi::Error> {
/// let mut rows = session.stream(NUMBERS);
/// while let Some(number) = rows.next().await {
///     if number? > 10 {
///         break;
///     }
/// }
/// # Ok(()) }
/// ```
#[must_use = "a stream does nothing unless it is read"]
pub struct Rows<'s, R> {
    call: Call<'s>,
    decode: DecodeRow<R>,
    ended: bool,
}

impl<'s, R> Rows<'s, R> {
    pub(crate) fn new(call: Call<'s>, decode: DecodeRow<R>) -> Self {
        Self {
            call,
            decode,
            ended: false,
        }
    }

    /// Asks the server for so many rows at a time, instead of all.
    ///
    /// The server then keeps the rest to itself, and does other work in between. It costs a round trip for each part, and
    /// a query with such a limit never runs in parallel. To be called before the first row is read; later it does nothing.
    pub fn fetch_size(mut self, rows: NonZeroU32) -> Self {
        self.call.limit_rows(rows);
        self
    }

    /// How long each wait for the server may take, instead of what the configuration says.
    pub fn within(mut self, limit: Duration) -> Self {
        self.call.limit_time(limit);
        self
    }

    /// The next row; `None` behind the last one.
    ///
    /// # Errors
    ///
    /// As [`Session::fetch`](super::Session::fetch); behind an error there are no more rows.
    ///
    /// # Cancellation
    ///
    /// Dropping the future loses nothing: the next call returns the row.
    pub async fn next(&mut self) -> Option<Result<R, Error>> {
        std::future::poll_fn(|cx| self.poll_row(cx)).await
    }

    /// Lends the next row as it lies in the read buffer; `None` behind the last one. Nothing is allocated or copied.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    ///
    /// # Cancellation
    ///
    /// As [`next`](Self::next).
    ///
    /// # Example: texts that are looked at and not kept
    ///
    /// ```no_run
    /// use hathi::{Query, Session, sql};
    ///
    /// const NAMES: Query<(), String> = Query::raw("SELECT relname::text FROM pg_class", (), sql::text);
    ///
    /// # async fn demo(session: &mut Session) -> Result<(), hathi::Error> {
    /// let mut rows = session.stream(NAMES);
    /// let mut longest = 0;
    /// while let Some(row) = rows.lend().await? {
    ///     let name: &str = row.get::<sql::Text, _>(0)?;
    ///     longest = longest.max(name.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn lend(&mut self) -> Result<Option<DataRow<'_>>, Error> {
        if self.ended {
            return Ok(None);
        }
        let frame = std::future::poll_fn(|cx| self.poll_arrival(cx)).await?;
        frame.map(|frame| self.call.row(frame)).transpose()
    }

    fn poll_arrival(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Frame>, Error>> {
        let arrived = match ready!(self.call.poll_frame(cx)) {
            Ok(Arrived::Row(frame)) => Ok(Some(frame)),
            Ok(Arrived::Done(_)) => {
                self.ended = true;
                self.call.end_watch();
                Ok(None)
            }
            Err(error) => {
                self.ended = true;
                self.call.end_watch();
                Err(error)
            }
        };
        self.call.wait_anew();
        Poll::Ready(arrived)
    }

    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<R, Error>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let row = match ready!(self.call.poll_row(cx)) {
            Ok(Reply::Row(row)) => (self.decode)(&row),
            Ok(Reply::Done(_)) => {
                self.ended = true;
                self.call.end_watch();
                return Poll::Ready(None);
            }
            Err(error) => {
                self.ended = true;
                self.call.end_watch();
                return Poll::Ready(Some(Err(error)));
            }
        };
        self.call.wait_anew();
        Poll::Ready(Some(row.map_err(|error| {
            self.ended = true;
            let error = self.call.refuse(error);
            self.call.end_watch();
            error
        })))
    }
}

impl<R> Unpin for Rows<'_, R> {}

impl<R> Stream for Rows<'_, R> {
    type Item = Result<R, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_row(cx)
    }
}

impl<R> Drop for Rows<'_, R> {
    fn drop(&mut self) {
        self.call.hurry();
    }
}

impl<R> fmt::Debug for Rows<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("sql", &self.call.source().sql())
            .finish_non_exhaustive()
    }
}
