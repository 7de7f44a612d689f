//! What went wrong, in one word of a short list: attributes must not have any number of values.

use crate::error::{Error, Kind};

impl Error {
    /// What kind of thing went wrong, where no server has said it by a SQLSTATE.
    pub(crate) fn word(&self) -> &'static str {
        self.0.kind.word()
    }
}

impl Kind {
    fn word(&self) -> &'static str {
        match self {
            Self::Timeout { .. } => "timeout",
            Self::Pool(failure) if failure.is_timeout() => "pool_timeout",
            Self::Pool(_) => "pool",
            Self::Common(error) => error.word(),
            Self::OutcomeUnknown(_) => "outcome_unknown",
            Self::Closed(_) => "closed",
            Self::Io(_) | Self::Unreached(_) => "io",
            Self::Protocol(_) => "protocol",
            Self::Connect(attempts) if attempts.is_timeout() => "timeout",
            Self::Connect(_) => "connect",
            Self::Startup(_) | Self::Password(_) | Self::Passfile(_) => "authentication",
            Self::Config(_) | Self::Target { .. } => "configuration",
            Self::Encode(_) | Self::Argument(_) | Self::Fragment(_) => "encode",
            Self::Column(_) | Self::Row(_) | Self::NoSuchColumn(_) => "decode",
            Self::Drift(_) => "drift",
            Self::RowCount(_) => "row_count",
            Self::CommitRolledBack | Self::Spoiled => "commit_rolled_back",
            Self::TransactionOver | Self::ChainedSavepoint | Self::InTransaction => "transaction",
            Self::Copy(_) => "copy",
            _ => "other",
        }
    }
}
