//! What sort of statement it is, seen from what the rules made of it.

use hathi_query_cache::StatementKind;

use crate::analyzed::{Command, Query};

/// What sort of statement it is.
pub(crate) fn kind(statements: &[Query<'_>]) -> Option<StatementKind> {
    // Of several, the one that was written stands for all.
    let written = statements
        .iter()
        .find(|query| query.0.number::<u8>("querySource") == Some(0));
    let query = written.or(statements.first())?;
    Some(match query.command()? {
        Command::Select => StatementKind::Select,
        Command::Insert => StatementKind::Insert,
        Command::Update => StatementKind::Update,
        Command::Delete => StatementKind::Delete,
        Command::Merge => StatementKind::Merge,
        Command::Utility => StatementKind::Utility,
    })
}
