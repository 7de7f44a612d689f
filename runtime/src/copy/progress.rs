//! How far a COPY has come.

use std::fmt;

/// How far a COPY has come; what [`CopyWriter::on_progress`](crate::CopyWriter::on_progress) and its like tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CopyProgress {
    /// The rows so far. Of bytes that are copied in as they are it is known only at the end.
    pub rows: u64,
    /// The bytes of data so far.
    pub bytes: u64,
}

/// Counts, and tells somebody now and then.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) now: CopyProgress,
    // What had been told when it was told last.
    told: CopyProgress,
    tell: Option<Box<dyn FnMut(CopyProgress) + Send>>,
}

/// So many bytes are told of at once.
const STEP: u64 = 64 * 1024;

impl Progress {
    pub(super) fn listen(&mut self, tell: impl FnMut(CopyProgress) + Send + 'static) {
        self.tell = Some(Box::new(tell));
    }

    /// So much more has come or gone.
    #[inline]
    pub(super) fn add(&mut self, rows: u64, bytes: usize) {
        self.now.rows += rows;
        self.now.bytes += u64::try_from(bytes).unwrap_or(0);
        if self.now.bytes - self.told.bytes >= STEP {
            self.tell();
        }
    }

    /// It is over, and the server has counted so many rows.
    pub(super) fn end(&mut self, rows: u64) {
        self.now.rows = rows;
        if self.now != self.told {
            self.tell();
        }
    }

    #[cold]
    fn tell(&mut self) {
        self.told = self.now;
        if let Some(tell) = &mut self.tell {
            tell(self.now);
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.now.fmt(f)
    }
}
