//! Mistakes about the rows of a statement: whether there are any, and what their columns become.

use super::{Diagnostic, count};

impl Diagnostic {
    /// `command!` with a statement that returns rows.
    #[must_use]
    pub fn returns_rows() -> Self {
        Self::new("the statement returns rows: `command!` would throw them away")
            .help("use `query!`")
    }

    /// `query!` with a statement that returns none.
    #[must_use]
    pub fn returns_no_rows() -> Self {
        Self::new("the statement returns no rows")
            .help("use `command!`, or add RETURNING to INSERT, UPDATE, DELETE or MERGE")
    }

    /// Two columns that would become one field.
    #[must_use]
    pub fn duplicate_columns(name: &str) -> Self {
        Self::new(format!(
            "expected columns of different names, found \"{name}\" twice"
        ))
        .help(format!(
            "two columns are called \"{name}\": give each its own name with AS"
        ))
        .help("or read the row as a tuple: query!(\"…\" as tuple)")
    }

    /// A column whose name is no name of a field; `number` counts from 1.
    #[must_use]
    pub fn unnamed_column(name: &str, number: usize) -> Self {
        Self::new(format!(
            "column {number} is called \"{name}\", which cannot be the name of a field"
        ))
        .help("give it a name with AS: … AS total")
        .help("or read the row as a tuple: query!(\"…\" as tuple)")
    }

    /// `as scalar` with a row that is not one column.
    #[must_use]
    pub fn not_scalar(columns: usize) -> Self {
        Self::new(format!(
            "`as scalar` reads rows of one column, found {columns}"
        ))
        .help("select one column, or read the row as a tuple: `as tuple`")
    }

    /// `as (i32, _)` with another number of columns.
    #[must_use]
    pub fn tuple_arity(elements: usize, columns: usize) -> Self {
        Self::new(format!("the tuple has {}, the row has {}", count(elements, "element"), count(columns, "column")))
            .help("write one element per column, `_` for the default type, or `as tuple` for all defaults")
    }
}
