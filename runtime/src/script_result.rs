//! What the statements of a script answer: all values are text.

use std::fmt;
use std::sync::Arc;

use hathi_wire::{Described, Simple, SimpleResult};

use crate::codec::{ColumnError, DataRow, DecodeError};
use crate::error::Error;
use crate::row::{ColumnIndex, ResultColumn};

/// The result of one statement of a script.
///
/// # Example: a script that returns two results
///
/// ```no_run
/// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
/// let results = session.simple_query("SELECT 1 AS n, NULL AS x; SHOW TimeZone").await?;
/// assert_eq!(results[0].rows()[0].get("n")?, Some("1"));
/// assert_eq!(results[0].rows()[0].get(1)?, None);
/// assert_eq!(results[1].tag(), "SHOW");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct ScriptResult {
    result: SimpleResult,
    rows: Vec<TextRow>,
}

impl ScriptResult {
    pub(crate) fn new(result: SimpleResult, rows: Vec<TextRow>) -> Self {
        Self { result, rows }
    }

    /// The rows; none for a statement that returns none.
    #[must_use]
    pub fn rows(&self) -> &[TextRow] {
        &self.rows
    }

    /// The columns of the rows, also where there are none.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = ResultColumn<'_>> {
        ResultColumn::all(&self.result.columns)
    }

    /// The rows inserted, updated, deleted, selected or copied; zero where the tag has no count.
    #[must_use]
    pub fn affected(&self) -> u64 {
        self.result.completed.rows
    }

    /// What the statement did, in the server's words: `INSERT 0 5`.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.result.tag
    }
}

/// A row whose values are text, as the server writes it.
#[derive(Clone)]
pub struct TextRow {
    columns: Arc<[Described]>,
    body: Box<[u8]>,
    // Of a binary cursor: it has no text.
    binary: bool,
}

impl TextRow {
    pub(crate) fn new(simple: &Simple, body: &[u8]) -> Self {
        Self {
            columns: Arc::clone(simple.columns()),
            body: body.into(),
            binary: simple.is_binary(),
        }
    }

    /// The columns, in order.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = ResultColumn<'_>> {
        ResultColumn::all(&self.columns)
    }

    /// The text of a column, by its name or its number from 0; `None` is NULL.
    ///
    /// # Errors
    ///
    /// If there is no such column, or several of this name; if the value comes from a binary cursor.
    pub fn get(&self, column: impl ColumnIndex) -> Result<Option<&str>, Error> {
        let index = column.index(&self.columns)?;
        let text = self.text(index);
        text.map_err(|cause| {
            Error::from(ColumnError::new(index, "&str", cause)).with_columns(&self.columns)
        })
    }

    fn text(&self, index: u16) -> Result<Option<&str>, DecodeError> {
        if self.binary {
            return Err(DecodeError::rejected(
                "the values of a binary cursor are no text",
            ));
        }
        let count = u16::try_from(self.columns.len()).unwrap_or(u16::MAX);
        let value = DataRow::new(&self.body, count)?.value(index)?;
        let text = value.map(|value| std::str::from_utf8(value).map_err(|_| DecodeError::Utf8));
        text.transpose()
    }
}

impl fmt::Debug for TextRow {
    // The values are the user's and none of a log's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextRow")
            .field("columns", &self.columns)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
