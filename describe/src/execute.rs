//! Executes statements in the session that describes, for the programs of this workspace that hold claims against rows.

use hathi_wire::{Failure, ServerError, SimpleResult, TransactionStatus};

use crate::client::Client;
use crate::error::Error;
use crate::live::Database;
use crate::row;

/// The rows of one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The names of the columns; none if the statement returns no rows.
    pub columns: Vec<String>,
    /// The values as text; a NULL is `None`.
    pub rows: Vec<Vec<Option<Vec<u8>>>>,
}

/// Why a text was not executed to its end.
#[derive(Debug)]
pub enum Refusal {
    /// The server refused a statement.
    Server(Box<ServerError>),
    /// A statement wants to copy from or to the client, which nobody does here.
    Copy,
}

impl Database {
    /// Executes a text of any number of statements.
    ///
    /// # Errors
    ///
    /// [`Error`] if the conversation fails.
    pub fn execute(&mut self, sql: &str) -> Result<Result<Vec<Rows>, Refusal>, Error> {
        self.client.execute(sql)
    }

    /// Has a statement prepared and described, and draws no conclusions: what describing costs without analysis. Returns
    /// whether the server accepts it.
    ///
    /// # Errors
    ///
    /// [`Error`] if the conversation fails.
    pub fn prepare(&mut self, sql: &str) -> Result<bool, Error> {
        let answers = self.client.describe(std::iter::once(sql))?;
        Ok(answers.iter().all(|answer| answer.outcome.is_ok()))
    }

    /// Whether a transaction is open in this session, and whether it has failed.
    #[must_use]
    pub fn transaction(&self) -> TransactionStatus {
        self.client.transaction()
    }
}

impl Client {
    fn execute(&mut self, sql: &str) -> Result<Result<Vec<Rows>, Refusal>, Error> {
        let mut rows = Vec::new();
        let outcome = self.simple(sql, |body| {
            rows.push(row::bytes(body).ok_or_else(Error::answer)?);
            Ok(())
        })?;
        Ok(match outcome {
            Ok(results) => Ok(split(&results, rows)),
            Err(Failure::Server(error)) => Err(Refusal::Server(error)),
            Err(Failure::Copy) => Err(Refusal::Copy),
            // The server ends a failed transaction in its own way.
            Err(_) => Ok(Vec::new()),
        })
    }
}

/// Gives each statement the rows that were lent while it ran.
fn split(results: &[SimpleResult], rows: Vec<Vec<Option<Vec<u8>>>>) -> Vec<Rows> {
    let mut rows = rows.into_iter();
    results
        .iter()
        .map(|result| Rows {
            columns: result
                .columns
                .iter()
                .map(|column| column.name.to_string())
                .collect(),
            rows: rows.by_ref().take(result.lent).collect(),
        })
        .collect()
}
