//! What can go wrong in a pool itself, beside what goes wrong on its connections.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Kind};

#[derive(Debug)]
pub(crate) enum PoolFailure {
    Closed,
    // No connection became free in time; why none could be opened, if it was tried.
    Timeout {
        limit: Duration,
        open: usize,
        max: usize,
        last: Option<Arc<Error>>,
    },
    // Connections that were in use did not come back before the limit of closing.
    Held {
        limit: Duration,
        count: usize,
    },
    NoneFree {
        max: usize,
    },
}

impl PoolFailure {
    pub(crate) fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout { .. } | Self::Held { .. })
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self, Self::Closed)
    }
}

impl From<PoolFailure> for Error {
    #[cold]
    fn from(failure: PoolFailure) -> Self {
        Self::new(Kind::Pool(failure))
    }
}

impl fmt::Display for PoolFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the pool is closed: open another one"),
            Self::Timeout {
                limit,
                last: Some(last),
                ..
            } => {
                write!(f, "no connection within {limit:?}: {last}")
            }
            Self::Timeout {
                limit, open, max, ..
            } => write!(
                f,
                "no connection became free within {limit:?}, {open} of {max} are in use: hold them for shorter, or allow more"
            ),
            Self::Held { limit, count } => write!(
                f,
                "{count} connections were not given back within {limit:?} of closing the pool: they are closed when they are"
            ),
            Self::NoneFree { max } => {
                write!(
                    f,
                    "no connection of {max} is free: wait for one with `acquire`"
                )
            }
        }
    }
}
