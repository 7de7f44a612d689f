//! Bytes that are copied out as they are.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use hathi_wire::Frame;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::failure::CopyFailure;
use super::progress::CopyProgress;
use super::pull::Pull;
use crate::error::Error;

/// So many bytes are handed on at once.
const BATCH: usize = 64 * 1024;

/// So many bytes are written at once: files are written by other threads, and each of these handovers has its price.
const WRITTEN: usize = 256 * 1024;

/// Bytes on their way out of a query or a table, in the format of the COPY; what
/// [`Session::copy_out_raw`](crate::Session::copy_out_raw) returns.
///
/// It is a reader of tokio's, and a stream of pieces of about 64 KiB. What is not read stays in the socket, and the
/// server waits. The time limit of a call holds for each wait for the server.
///
/// # Cancellation
///
/// Dropping it early is cheap: the session's next call asks the server to stop, instead of reading to the end.
///
/// # Example: how long a table is as CSV
///
/// ```no_run
/// use hathi::Command;
///
/// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
/// let command = Command::raw("COPY users TO STDOUT WITH (FORMAT csv, HEADER)", ());
/// let mut bytes = session.copy_out_raw(command);
/// let mut length = 0;
/// while let Some(piece) = bytes.next().await {
///     length += piece?.len();
/// }
/// # let _ = length;
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "nothing is copied unless it is read"]
pub struct CopyOutBytes<'s> {
    pull: Pull<'s>,
    // What has come, and how much of it was read.
    piece: Option<(Frame, usize)>,
    gathered: Vec<u8>,
    ended: bool,
}

impl<'s> CopyOutBytes<'s> {
    pub(super) fn new(pull: Pull<'s>) -> Self {
        Self {
            pull,
            piece: None,
            gathered: Vec::new(),
            ended: false,
        }
    }

    /// Calls a function each time that another 64 KiB have come, and at the end. Before the end, rows are the server's
    /// messages: PostgreSQL sends one for each row or line.
    pub fn on_progress(mut self, tell: impl FnMut(CopyProgress) + Send + 'static) -> Self {
        self.pull.progress.listen(tell);
        self
    }

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> CopyProgress {
        self.pull.progress.now
    }

    /// The next piece, of at least 64 KiB unless it is the last one; `None` behind that.
    ///
    /// # Errors
    ///
    /// If the server refuses the COPY or fails in the middle of it, or the connection is lost; behind an error there are no
    /// more bytes.
    ///
    /// # Cancellation
    ///
    /// Dropping the future loses nothing: the next call returns the bytes.
    pub async fn next(&mut self) -> Option<Result<Vec<u8>, Error>> {
        poll_fn(|cx| self.poll_gathered(cx)).await
    }

    /// Writes all bytes to a writer, and returns how many rows there are.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next). If the writer fails, the COPY ends, and the writer's error is the `source` of the one that
    /// is returned.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the COPY.
    pub async fn write_to(mut self, writer: impl AsyncWrite) -> Result<u64, Error> {
        let mut writer = pin!(writer);
        let mut gathered = Vec::with_capacity(WRITTEN + BATCH / 8);
        loop {
            let more = poll_fn(|cx| self.poll_gather(&mut gathered, WRITTEN, cx)).await?;
            let written = match more {
                true => writer.write_all(&gathered).await,
                false => match writer.write_all(&gathered).await {
                    Ok(()) => writer.flush().await,
                    Err(error) => Err(error),
                },
            };
            if let Err(error) = written {
                self.pull.give_up();
                return Err(self.pull.error(CopyFailure::Target(error.into())));
            }
            if !more {
                return Ok(self.progress().rows);
            }
            gathered.clear();
        }
    }

    /// Appends pieces until there are enough; false behind the last one.
    fn poll_gather(
        &mut self,
        to: &mut Vec<u8>,
        enough: usize,
        cx: &mut Context<'_>,
    ) -> Poll<Result<bool, Error>> {
        while to.len() < enough {
            match ready!(self.poll_piece(cx))? {
                Some((frame, read)) => {
                    let rest = self.pull.body(frame).get(read..).unwrap_or_default();
                    to.extend_from_slice(rest);
                    self.piece = None;
                }
                None => return Poll::Ready(Ok(false)),
            }
        }
        Poll::Ready(Ok(true))
    }

    fn poll_gathered(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Vec<u8>, Error>>> {
        let mut gathered = std::mem::take(&mut self.gathered);
        let polled = self.poll_gather(&mut gathered, BATCH, cx);
        match polled {
            Poll::Pending => {
                self.gathered = gathered;
                Poll::Pending
            }
            Poll::Ready(Err(error)) => Poll::Ready(Some(Err(error))),
            Poll::Ready(Ok(_)) if gathered.is_empty() => Poll::Ready(None),
            Poll::Ready(Ok(_)) => Poll::Ready(Some(Ok(gathered))),
        }
    }

    /// What has come and was not read yet; `None` behind the end.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<(Frame, usize)>, Error>> {
        while self.piece.is_none() && !self.ended {
            match ready!(self.pull.poll_piece(cx)) {
                Ok(Some(frame)) => {
                    let length = self.pull.body(frame).len();
                    self.pull.progress.add(1, length);
                    self.piece = Some((frame, 0));
                }
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Poll::Ready(Err(error));
                }
            }
        }
        Poll::Ready(Ok(self.piece))
    }
}

impl Stream for CopyOutBytes<'_> {
    type Item = Result<Vec<u8>, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_gathered(cx)
    }
}

impl AsyncRead for CopyOutBytes<'_> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        // What a stream has gathered and not handed out comes first.
        let count = this.gathered.len().min(buf.remaining());
        buf.put_slice(this.gathered.drain(..count).as_slice());
        while buf.remaining() > 0 {
            let (frame, read) = match this.poll_piece(cx) {
                Poll::Ready(Ok(Some(piece))) => piece,
                Poll::Ready(Ok(None)) => break,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
                Poll::Pending if buf.filled().len() > before => break,
                Poll::Pending => return Poll::Pending,
            };
            let rest = this.pull.body(frame).get(read..).unwrap_or_default();
            let (length, count) = (rest.len(), rest.len().min(buf.remaining()));
            buf.put_slice(rest.get(..count).unwrap_or_default());
            this.piece = (count < length).then_some((frame, read + count));
        }
        Poll::Ready(Ok(()))
    }
}
