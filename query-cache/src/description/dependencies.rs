//! What a statement needs of its surroundings: rights, locks, functions, a server new enough.

use serde::{Deserialize, Serialize};

/// What a statement needs of its surroundings.
///
/// # Example: a query that only reads
///
/// ```
/// use hathi_query_cache::{Dependencies, Lock, Use};
///
/// let reads = Use { select: vec!["id".to_owned()], ..Use::of("public.users", Lock::AccessShare) };
/// let dependencies = Dependencies { uses: vec![reads], ..Dependencies::default() };
/// assert!(!dependencies.uses[0].writes());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dependencies {
    /// The relations it uses, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<Use>,
    /// The user's functions that it calls, with the types of their arguments: `public.rank(integer)`; those of the
    /// server only where not everybody may call them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<String>,
    /// The sequences that it asks by functions, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sequences: Vec<SequenceUse>,
    /// The schemas in which the server looks up what the text names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schemas: Vec<String>,
    /// The oldest major that understands it, where the oldest supported one does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<u16>,
    /// Whether it cannot run inside a transaction: CREATE DATABASE, VACUUM, … CONCURRENTLY.
    #[serde(skip_serializing_if = "is_false")]
    pub outside_transactions: bool,
}

/// How a relation is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The relation, with its schema.
    pub relation: String,
    /// What is locked while the statement runs.
    pub lock: Lock,
    /// The columns that are read, conditions and RETURNING included; or [`Use::WHOLE`], or [`Use::ANY`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub select: Vec<String>,
    /// The columns that rows are inserted into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub insert: Vec<String>,
    /// The columns that are changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub update: Vec<String>,
    /// Whether rows are deleted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub delete: bool,
    /// Whether it is used through a view, by the rights of the view's owner.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_owner: bool,
}

/// How a sequence is asked: by functions in the text, or in the default of a column that the text leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SequenceUse {
    /// The sequence, with its schema.
    pub sequence: String,
    /// Whether it is asked for a number, by `nextval`.
    #[serde(skip_serializing_if = "is_false")]
    pub next: bool,
    /// Whether it is asked for the number that it gave last, by `currval`.
    #[serde(skip_serializing_if = "is_false")]
    pub current: bool,
    /// Whether it is set, by `setval`.
    #[serde(skip_serializing_if = "is_false")]
    pub set: bool,
}

/// A lock on a relation, as PostgreSQL calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Lock {
    /// Of a SELECT.
    AccessShare,
    /// Of `SELECT … FOR UPDATE` and its kin.
    RowShare,
    /// Of INSERT, UPDATE, DELETE and MERGE.
    RowExclusive,
    /// Stronger ones.
    Stronger,
}

impl Dependencies {
    /// Whether nothing is known, or nothing is needed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Use {
    /// Stands for all columns: the row as a whole is read.
    pub const WHOLE: &str = "*";
    /// Stands for any one column: `SELECT count(*)`, `SELECT … FOR UPDATE`, `INSERT … DEFAULT VALUES`.
    pub const ANY: &str = "(any)";

    /// A use of which no more than the lock is known.
    #[must_use]
    pub fn of(relation: impl Into<String>, lock: Lock) -> Self {
        Self {
            relation: relation.into(),
            lock,
            select: Vec::new(),
            insert: Vec::new(),
            update: Vec::new(),
            delete: false,
            by_owner: false,
        }
    }

    /// Whether rows are changed.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.delete || !self.insert.is_empty() || !self.update.is_empty()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde hands over")]
fn is_false(value: &bool) -> bool {
    !value
}
