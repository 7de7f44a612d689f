//! What is asked of the catalog about the number of rows, and the rows of its answer.

use super::{Events, Storage};

/// A row of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    Storage(u32, Storage),
}

/// The statement that asks for what is needed of relations.
pub(in crate::catalog) fn question(relations: &str) -> String {
    STORAGES.replace("{relations}", relations)
}

/// Row triggers that run before the event, or instead of it, can drop the row. A disabled one does not run.
const STORAGES: &str = concat!(
    "WITH RECURSIVE family(root, member) AS (SELECT o, o FROM unnest({relations}) AS o",
    " UNION SELECT f.root, i.inhrelid FROM family f JOIN pg_inherits i ON i.inhparent = f.member) ",
    "SELECT 'storage', f.root, ",
    "bool_and(m.relkind IN ('r', 'p')), ",
    "coalesce(bit_or((SELECT bit_or(t.tgtype::int) FROM pg_trigger t WHERE t.tgrelid = f.member",
    " AND t.tgtype & 1 <> 0 AND t.tgtype & 66 <> 0 AND t.tgenabled <> 'D')), 0) ",
    "FROM family f JOIN pg_class m ON m.oid = f.member GROUP BY f.root; ",
);

impl Fact {
    /// Reads a row of text; `None` if it is none of the answer.
    pub(in crate::catalog) fn read(values: &[Option<&str>]) -> Option<Self> {
        Some(match *values {
            [Some("storage"), Some(relation), Some(local), Some(events)] => Self::Storage(
                relation.parse().ok()?,
                Storage {
                    local: flag(local)?,
                    interferes: Events::of(events.parse().ok()?),
                },
            ),
            _ => return None,
        })
    }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "t" => Some(true),
        "f" => Some(false),
        _ => None,
    }
}
