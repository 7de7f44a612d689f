//! A transport whose messages are written down, one line for each, for debugging.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use hathi_sql_text::without_literals;
use hathi_wire::{Told, Trace};

use super::Transport;
use crate::config::WireTrace;

/// A transport, and what has been followed of both directions.
#[derive(Debug)]
pub(crate) struct Traced {
    pub(super) inner: Transport,
    sent: Trace,
    received: Trace,
    lines: Lines,
}

#[derive(Debug)]
struct Lines {
    // None is standard error.
    file: Option<File>,
    // Several sessions may write to one place.
    number: u64,
    began: Instant,
}

impl Transport {
    /// The same, written down if that is asked for.
    pub(crate) fn traced(self, to: &WireTrace) -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let file = match to {
            WireTrace::Off => return Ok(self),
            WireTrace::Stderr => None,
            WireTrace::File(path) => {
                let opened = OpenOptions::new().create(true).append(true).open(path);
                let described = |error: io::Error| {
                    let words = format!(
                        "expected a file for HATHI_WIRE, {path:?} cannot be opened: {error}"
                    );
                    io::Error::new(error.kind(), words)
                };
                Some(opened.map_err(described)?)
            }
        };
        Ok(Self::Traced(Box::new(Traced {
            inner: self,
            sent: Trace::of_client(),
            received: Trace::of_server(),
            lines: Lines {
                file,
                number: COUNT.fetch_add(1, Ordering::Relaxed),
                began: Instant::now(),
            },
        })))
    }
}

impl Traced {
    #[cold]
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(self.inner.poll_read(cx, space))?;
        self.received(space.get(..count).unwrap_or_default());
        Poll::Ready(Ok(count))
    }

    #[cold]
    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(self.inner.poll_write(cx, bytes))?;
        self.sent(bytes.get(..count).unwrap_or_default());
        Poll::Ready(Ok(count))
    }

    pub(super) fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.try_write(bytes)?;
        self.sent(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn sent(&mut self, bytes: &[u8]) {
        let Self { sent, lines, .. } = self;
        sent.follow(bytes, &mut |told| lines.write('>', told));
    }

    fn received(&mut self, bytes: &[u8]) {
        let Self {
            received, lines, ..
        } = self;
        received.follow(bytes, &mut |told| lines.write('<', told));
    }
}

impl Lines {
    fn write(&mut self, direction: char, told: &Told<'_>) {
        let since = self.began.elapsed().as_secs_f64();
        let number = self.number;
        let Told {
            name,
            length,
            about,
            ..
        } = told;
        let mut line = format!("hathi {number} {since:>10.6} {direction} {name} {length}");
        let sql = told.sql.map(without_literals).unwrap_or_default();
        for part in [about.as_str(), sql.trim()] {
            if !part.is_empty() {
                line.push_str(": ");
                line.push_str(part);
            }
        }
        line.push('\n');
        // What only helps to look for mistakes must not make any: where it cannot be written it is lost.
        let _ = match &mut self.file {
            Some(file) => file.write_all(line.as_bytes()),
            None => io::stderr().lock().write_all(line.as_bytes()),
        };
    }
}
