//! A COPY as the end of a stream: rows or pieces of bytes are given to it as to any `Sink`.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_sink::Sink;

use super::feed::BATCH;
use super::{CopyInBytes, CopyWriter};
use crate::codec::Bind;
use crate::error::Error;

impl<P, R: Bind<P>> Sink<R> for CopyWriter<'_, P> {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.get_mut().feed.poll_room(cx)
    }

    fn start_send(self: Pin<&mut Self>, row: R) -> Result<(), Error> {
        let writer = self.get_mut();
        writer.feed.is_taken()?;
        writer.write(&row)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.get_mut().feed.poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.get_mut().poll_finish(cx).map_ok(drop)
    }
}

impl<B: AsRef<[u8]>> Sink<B> for CopyInBytes<'_> {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.get_mut().feed.poll_room(cx)
    }

    fn start_send(self: Pin<&mut Self>, piece: B) -> Result<(), Error> {
        let feed = &mut self.get_mut().feed;
        feed.is_taken()?;
        let mut rest = piece.as_ref();
        loop {
            let (buffer, progress) = feed.data();
            let room = BATCH.saturating_sub(buffer.len()).min(rest.len());
            let (fits, later) = rest.split_at(room);
            buffer.data().extend_from_slice(fits);
            progress.add(0, fits.len());
            rest = later;
            if rest.is_empty() {
                return Ok(());
            }
            // No message becomes longer than the server takes.
            feed.push_ahead()?;
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.get_mut().feed.poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.get_mut().poll_finish(cx).map_ok(drop)
    }
}
