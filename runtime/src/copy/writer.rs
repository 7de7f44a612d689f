//! Rows that are copied in, one by one or all at once.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::failure::CopyFailure;
use super::feed::Feed;
use super::lines::LineWriter;
use super::progress::CopyProgress;
use crate::codec::{Arguments, Bind};
use crate::error::Error;

/// What binary data begins with: a signature, no flags, no extension.
const BINARY_HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What stands behind the last binary row.
const BINARY_TRAILER: [u8; 2] = (-1_i16).to_be_bytes();

/// Rows on their way into a table; what [`Session::copy_in`](crate::Session::copy_in) returns.
///
/// Rows are gathered in a buffer of 64 KiB and sent when it is full; while the server is busy, [`send`](Self::send) waits.
/// However many rows there are, no more than two such buffers are in memory. The time limit of a call holds for each wait
/// for the server, and not for the COPY as a whole; the time between two rows is the caller's own.
///
/// It is a `Sink` of rows as well, whose `close` means [`finish`](Self::finish): `stream.forward(&mut copy)` moves all rows of a
/// stream and ends the COPY, and [`progress`](Self::progress) then says how many the server has kept.
///
/// Nothing is kept before [`finish`](Self::finish): an error, or dropping the writer, ends the COPY without a row, and the
/// session goes on.
///
/// # Example: rows from a loop
///
/// ```no_run
/// use hathi::CopyIn;
/// use hathi::sql::{Int4, Text, int4, text};
///
/// const USERS: CopyIn<(Int4, Text)> = CopyIn::raw("users (id, name)", (int4, text));
///
/// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
/// let mut copy = session.copy_in(USERS).await?;
/// copy.send((1, "Ada")).await?;
/// copy.send((2, String::from("Grace"))).await?;
/// assert_eq!(copy.finish().await?, 2);
/// # Ok(()) }
/// ```
///
/// # Example: a struct as a row
///
/// ```
/// use hathi::sql::{Int4, Text};
/// use hathi::{ArgumentError, Arguments, Bind};
///
/// struct User {
///     id: i32,
///     name: String,
/// }
///
/// impl Bind<(Int4, Text)> for User {
///     const COUNT: u16 = 2;
///
///     fn bind(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
///         Bind::<(Int4, Text)>::bind(&(self.id, &self.name), to)
///     }
/// }
/// ```
#[must_use = "nothing is kept before the COPY is finished"]
pub struct CopyWriter<'s, P> {
    pub(super) feed: Feed<'s>,
    // None in the binary format.
    lines: Option<LineWriter>,
    marker: PhantomData<fn() -> P>,
}

impl<'s, P> CopyWriter<'s, P> {
    pub(super) fn new(mut feed: Feed<'s>, mut lines: Option<LineWriter>) -> Self {
        let (buffer, progress) = feed.data();
        match &mut lines {
            None => buffer.data().extend_from_slice(BINARY_HEADER),
            Some(lines) => lines.header(buffer.data()),
        }
        progress.add(0, buffer.len());
        Self {
            feed,
            lines,
            marker: PhantomData,
        }
    }

    /// Calls a function each time that another 64 KiB have been gathered, and at the end.
    pub fn on_progress(mut self, tell: impl FnMut(CopyProgress) + Send + 'static) -> Self {
        self.feed.progress.listen(tell);
        self
    }

    /// How far it has come: what was taken, not what the server has kept.
    #[must_use]
    pub fn progress(&self) -> CopyProgress {
        self.feed.progress.now
    }

    /// Takes a row, as soon as there is room for it.
    ///
    /// # Errors
    ///
    /// If a value cannot be sent: then the row has not been taken, and the COPY goes on. If the server has refused a row that
    /// was sent before, or the connection is lost: then the COPY is over, and nothing is kept.
    ///
    /// # Cancellation
    ///
    /// Dropping the future means that the row was not taken; those before it were.
    pub async fn send<R: Bind<P>>(&mut self, row: R) -> Result<(), Error> {
        self.room().await?;
        self.write(&row)
    }

    /// Takes all rows of an iterator.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); the rest is not taken.
    ///
    /// # Cancellation
    ///
    /// Dropping the future leaves a COPY that has taken some of the rows.
    pub async fn send_all<R, I>(&mut self, rows: I) -> Result<(), Error>
    where
        R: Bind<P>,
        I: IntoIterator<Item = R>,
    {
        for row in rows {
            self.room().await?;
            self.write(&row)?;
        }
        Ok(())
    }

    /// Takes all rows of an iterator that can fail.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send). If the iterator fails, the server is told its words and keeps nothing, and its error is
    /// the `source` of the one that is returned.
    ///
    /// # Cancellation
    ///
    /// As [`send_all`](Self::send_all).
    pub async fn try_send_all<R, E, I>(&mut self, rows: I) -> Result<(), Error>
    where
        R: Bind<P>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
        I: IntoIterator<Item = Result<R, E>>,
    {
        for row in rows {
            self.try_send(row).await?;
        }
        Ok(())
    }

    /// Takes all rows of a stream.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); the rest is not taken.
    ///
    /// # Cancellation
    ///
    /// As [`send_all`](Self::send_all).
    pub async fn send_stream<R, S>(&mut self, rows: S) -> Result<(), Error>
    where
        R: Bind<P>,
        S: Stream<Item = R>,
    {
        let mut rows = pin!(rows);
        while let Some(row) = poll_fn(|cx| rows.as_mut().poll_next(cx)).await {
            self.room().await?;
            self.write(&row)?;
        }
        Ok(())
    }

    /// Takes all rows of a stream that can fail.
    ///
    /// # Errors
    ///
    /// As [`try_send_all`](Self::try_send_all).
    ///
    /// # Cancellation
    ///
    /// As [`send_all`](Self::send_all).
    pub async fn try_send_stream<R, E, S>(&mut self, rows: S) -> Result<(), Error>
    where
        R: Bind<P>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
        S: Stream<Item = Result<R, E>>,
    {
        let mut rows = pin!(rows);
        while let Some(row) = poll_fn(|cx| rows.as_mut().poll_next(cx)).await {
            self.try_send(row).await?;
        }
        Ok(())
    }

    /// Hands what was taken to the transport, without waiting for a full buffer.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    ///
    /// # Cancellation
    ///
    /// Dropping the future loses nothing.
    pub async fn flush(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.feed.poll_flush(cx)).await
    }

    /// Ends the COPY: the server keeps all rows, and says how many there are.
    ///
    /// # Errors
    ///
    /// If the server refuses a row, or the end of the transaction fails when there is none around the COPY; then nothing
    /// is kept.
    ///
    /// # Cancellation
    ///
    /// Dropping the future before the end was handed to the transport keeps nothing; after that, nobody knows.
    pub async fn finish(mut self) -> Result<u64, Error> {
        poll_fn(|cx| self.poll_finish(cx)).await
    }

    /// Ends the COPY without keeping anything, and waits until the server has heard why. In a transaction, the
    /// transaction has failed.
    ///
    /// # Errors
    ///
    /// If the connection is lost, or if the COPY had been finished before: then its rows are kept.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the COPY all the same.
    pub async fn abort(mut self, reason: &str) -> Result<(), Error> {
        poll_fn(|cx| self.feed.poll_fail(reason, cx)).await
    }

    async fn try_send<R, E>(&mut self, row: Result<R, E>) -> Result<(), Error>
    where
        R: Bind<P>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        match row {
            Ok(row) => {
                self.room().await?;
                self.write(&row)
            }
            Err(error) => Err(self.feed.source_failed(error.into()).await),
        }
    }

    #[inline]
    async fn room(&mut self) -> Result<(), Error> {
        if self.feed.has_room() {
            return Ok(());
        }
        poll_fn(|cx| self.feed.poll_room(cx)).await
    }

    pub(super) fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<u64, Error>> {
        let last: &[u8] = match self.lines {
            None => &BINARY_TRAILER,
            Some(_) => &[],
        };
        self.feed.poll_finish(last, cx)
    }

    pub(super) fn write<R: Bind<P>>(&mut self, row: &R) -> Result<(), Error> {
        let (buffer, progress) = self.feed.data();
        let before = buffer.len();
        let written = match &mut self.lines {
            None => {
                let data = buffer.data();
                data.extend_from_slice(&R::COUNT.to_be_bytes());
                row.bind(&mut Arguments::new(data)).map_err(Some)
            }
            Some(lines) => {
                let bound = row.bind(&mut Arguments::new(lines.values()));
                bound
                    .map_err(Some)
                    .and_then(|()| lines.write(buffer.data()).map_err(|()| None))
            }
        };
        match written {
            Ok(()) => {
                progress.add(1, buffer.len() - before);
                Ok(())
            }
            Err(cause) => {
                let row = progress.now.rows + 1;
                Err(self.feed.take_back(before, row, cause))
            }
        }
    }
}

impl<P> fmt::Debug for CopyWriter<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopyWriter")
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}

impl Feed<'_> {
    /// The source of the data has failed: the server is told, and the caller gets the source's error back.
    pub(super) async fn source_failed(
        &mut self,
        error: Box<dyn std::error::Error + Send + Sync>,
    ) -> Error {
        let reason = error.to_string();
        match poll_fn(|cx| self.poll_fail(&reason, cx)).await {
            Ok(()) => self.error(CopyFailure::Source(error)),
            Err(lost) => lost,
        }
    }
}
