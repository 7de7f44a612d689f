//! Bytes that are copied in as they are.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use super::feed::{BATCH, Feed};
use super::progress::CopyProgress;
use crate::error::Error;

/// Bytes on their way into a table, in the format of the COPY; what [`Session::copy_in_raw`](crate::Session::copy_in_raw)
/// returns. They may be divided anywhere.
///
/// It is a writer of tokio's as well: `shutdown` then means [`finish`](Self::finish). It is a `Sink` of pieces, too, whose `close`
/// means the same; a piece is taken as a whole, however long it is. Memory, time limits and failures are as those of a
/// [`CopyWriter`](crate::CopyWriter).
///
/// # Example: lines made by hand
///
/// ```no_run
/// use hathi::Command;
///
/// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
/// let command = Command::raw("COPY users (id, name) FROM STDIN WITH (FORMAT csv)", ());
/// let mut copy = session.copy_in_raw(command).await?;
/// copy.send(b"1,Ada\n2,Gr").await?;
/// copy.send(b"ace\n").await?;
/// assert_eq!(copy.finish().await?, 2);
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "nothing is kept before the COPY is finished"]
pub struct CopyInBytes<'s> {
    pub(super) feed: Feed<'s>,
}

impl<'s> CopyInBytes<'s> {
    pub(super) fn new(feed: Feed<'s>) -> Self {
        Self { feed }
    }

    /// Calls a function each time that another 64 KiB have been taken, and at the end.
    pub fn on_progress(mut self, tell: impl FnMut(CopyProgress) + Send + 'static) -> Self {
        self.feed.progress.listen(tell);
        self
    }

    /// How far it has come: what was taken, not what the server has kept.
    #[must_use]
    pub fn progress(&self) -> CopyProgress {
        self.feed.progress.now
    }

    /// Takes bytes.
    ///
    /// # Errors
    ///
    /// If the server has refused what was sent before, or the connection is lost: then the COPY is over, and nothing is
    /// kept.
    ///
    /// # Cancellation
    ///
    /// Dropping the future leaves a COPY that has taken some of the bytes, nobody knows how many.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = poll_fn(|cx| self.poll_take(rest, cx)).await?;
            rest = rest.get(taken..).unwrap_or_default();
        }
        Ok(())
    }

    /// Takes all that a reader has.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send). If the reader fails, the server is told its words and keeps nothing, and its error is
    /// the `source` of the one that is returned.
    ///
    /// # Cancellation
    ///
    /// As [`send`](Self::send).
    pub async fn send_from(&mut self, reader: impl AsyncRead) -> Result<(), Error> {
        let mut reader = pin!(reader);
        loop {
            poll_fn(|cx| self.feed.poll_room(cx)).await?;
            let (buffer, progress) = self.feed.data();
            match reader.read_buf(buffer.data()).await {
                Ok(0) => return Ok(()),
                Ok(count) => progress.add(0, count),
                Err(error) => return Err(self.feed.source_failed(error.into()).await),
            }
        }
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
    /// As [`CopyWriter::finish`](crate::CopyWriter::finish).
    ///
    /// # Cancellation
    ///
    /// As [`CopyWriter::finish`](crate::CopyWriter::finish).
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

    fn poll_take(&mut self, bytes: &[u8], cx: &mut Context<'_>) -> Poll<Result<usize, Error>> {
        ready!(self.feed.poll_room(cx))?;
        let (buffer, progress) = self.feed.data();
        let count = bytes.len().min(BATCH.saturating_sub(buffer.len()));
        let taken = bytes.get(..count).unwrap_or_default();
        buffer.data().extend_from_slice(taken);
        progress.add(0, count);
        Poll::Ready(Ok(count))
    }

    pub(super) fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<u64, Error>> {
        self.feed.poll_finish(&[], cx)
    }
}

impl AsyncWrite for CopyInBytes<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = self.get_mut().poll_take(bytes, cx);
        taken.map_err(io::Error::other)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.get_mut().feed.poll_flush(cx);
        flushed.map_err(io::Error::other)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let finished = self.get_mut().poll_finish(cx);
        finished.map_ok(drop).map_err(io::Error::other)
    }
}
