//! What goes wrong with the files of the cache.

use std::fmt::{self, Display};
use std::path::Path;

use crate::diagnostic::{Diagnostic, Mistakes};

/// A file of the cache that cannot be used.
#[derive(Debug)]
pub struct StoreError {
    diagnostic: Box<Diagnostic>,
    newer: bool,
}

impl StoreError {
    pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::of(Diagnostic::unreadable_cache(path, error))
    }

    pub(crate) fn unwritable(path: &Path, error: &std::io::Error) -> Self {
        Self::of(Diagnostic::unwritable_cache(path, error))
    }

    pub(crate) fn broken(path: &Path, reason: impl Display) -> Self {
        Self::of(Diagnostic::broken_cache(path, reason))
    }

    pub(crate) fn newer(path: &Path, found: u64, known: u32) -> Self {
        Self {
            newer: true,
            ..Self::of(Diagnostic::newer_cache(path, found, known))
        }
    }

    pub(crate) fn migrations(folder: &Path, reason: impl Display) -> Self {
        Self::of(Diagnostic::migrations(folder, reason))
    }

    fn of(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostic: Box::new(diagnostic),
            newer: false,
        }
    }

    /// The error with the way out, as macros and tool print it.
    #[must_use]
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.diagnostic
    }

    /// Whether a later release wrote the file.
    #[must_use]
    pub fn is_newer(&self) -> bool {
        self.newer
    }
}

impl Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnostic.fmt(f)
    }
}

impl std::error::Error for StoreError {}

impl From<StoreError> for Mistakes {
    fn from(error: StoreError) -> Self {
        (*error.diagnostic).into()
    }
}
