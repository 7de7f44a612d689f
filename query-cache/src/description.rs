//! What the server and the analysis know of a statement: the part of a cache file that a reviewer reads.

mod dependencies;
mod lint;

use serde::{Deserialize, Serialize};

use crate::template::Template;

pub use dependencies::{Dependencies, Lock, SequenceUse, Use};
pub use lint::{LINTS, Lint};

/// Everything that code generation needs to know of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// What the statement does.
    pub statement: StatementKind,
    /// How many rows it can return, `None` if it returns none by its nature.
    pub cardinality: Option<Cardinality>,
    /// Its parameters, `$1` first.
    pub parameters: Vec<ParameterDescription>,
    /// The columns of its rows. `None` if it answers without rows; `SELECT FROM t` has rows of no columns.
    pub columns: Option<Vec<ColumnDescription>>,
    /// The relations it reads, with their schemas.
    pub reads: Vec<String>,
    /// The relations it writes, with their schemas.
    pub writes: Vec<String>,
    /// What it needs of its surroundings.
    #[serde(default, skip_serializing_if = "Dependencies::is_empty")]
    pub dependencies: Dependencies,
    /// What it may do otherwise than meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lints: Vec<Lint>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StatementKind {
    /// SELECT, VALUES, TABLE.
    Select,
    /// INSERT.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
    /// MERGE.
    Merge,
    /// `COPY … FROM STDIN`: its columns are those that rows are copied into, nullable where NULL may be sent.
    CopyIn,
    /// `COPY … TO STDOUT`: its columns are those of the rows that arrive.
    CopyOut,
    /// Everything else that is not analysed: DDL, SHOW, EXPLAIN, CALL, …
    Utility,
}

/// How many rows a statement can return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cardinality {
    /// Exactly one row.
    One,
    /// One row or none.
    Optional,
    /// One row or more.
    AtLeastOne,
    /// Any number of rows.
    Many,
}

/// A parameter as the server and the analysis know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterDescription {
    /// How the text calls it, `None` for `$1`.
    pub name: Option<String>,
    /// `pg_type.typname` of a built-in type (`int4`, `int4[]`), user types with their schema (`public.mood[]`).
    #[serde(rename = "type")]
    pub ty: String,
    /// Whether NULL may be sent.
    pub nullable: bool,
    /// The column that it meets: what it is assigned to, or compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meets: Option<String>,
}

/// A column as the server and the analysis know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnDescription {
    /// The column's name in the answer.
    pub name: String,
    /// As [`ParameterDescription::ty`].
    #[serde(rename = "type")]
    pub ty: String,
    /// Whether NULL can arrive.
    pub nullable: bool,
    /// What is known of the elements of an array. Left out where nothing is: then any of them can be NULL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elements: Option<Elements>,
    /// The table's column that it shows unchanged, `public.users.nick`.
    pub origin: Option<String>,
    /// Why it is nullable or not, in words.
    pub because: Option<String>,
}

/// What is known of the elements of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Elements {
    /// None of them is NULL, nor one of those inside of them.
    #[serde(rename = "not null")]
    NotNull,
}

impl Description {
    /// Whether the statement, or a part of it, changes a relation.
    #[must_use]
    pub fn is_write(&self) -> bool {
        !self.writes.is_empty()
            || matches!(
                self.statement,
                StatementKind::Insert
                    | StatementKind::Update
                    | StatementKind::Delete
                    | StatementKind::Merge
                    | StatementKind::CopyIn
            )
    }

    /// The same with its parameters called as `template` calls them: statements that differ only there share a file.
    #[must_use]
    pub fn with_names_of(mut self, template: &Template) -> Self {
        for (described, written) in self.parameters.iter_mut().zip(template.parameters()) {
            described.name.clone_from(&written.name);
        }
        self
    }
}
