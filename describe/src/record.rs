//! What a server prints of statements and says of what they speak of, to be read again without it.

use std::collections::BTreeSet;

use crate::catalog::{Needs, question};
use crate::error::Error;
use crate::live::Database;
use crate::tree::{Tree, unwrapped};

/// What a server answered: enough to analyse the statements again.
///
/// # Example: one statement
///
/// ```no_run
/// # fn demo(database: &mut hathi_describe::Database) -> Result<(), hathi_describe::Error> {
/// let record = database.record(&["SELECT 1"])?;
/// assert!(record.dumps[0].as_ref().is_ok_and(|dump| dump.starts_with("({QUERY")));
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Record {
    /// For each statement its dump, byte for byte; or why there is none.
    pub dumps: Vec<Result<String, String>>,
    /// What the catalog says of all that the dumps speak of: a line for each row, with a tab between its values and `\N`
    /// for NULL.
    pub catalog: String,
}

impl Record {
    /// The kinds of nodes that the dumps hold, as 16 and later call them; an empty name is that of nodes that lack what
    /// their kind has.
    ///
    /// # Errors
    ///
    /// A dump that cannot be read.
    ///
    /// # Example: one statement
    ///
    /// ```no_run
    /// # fn demo(database: &mut hathi_describe::Database) -> Result<(), hathi_describe::Error> {
    /// let record = database.record(&["SELECT 1"])?;
    /// assert!(record.kinds().is_ok_and(|kinds| kinds.contains("CONST")));
    /// # Ok(()) }
    /// ```
    pub fn kinds(&self) -> Result<BTreeSet<String>, &str> {
        let mut kinds = BTreeSet::new();
        for dump in self.dumps.iter().flatten() {
            let text = unwrapped(dump).map_err(|_| dump.as_str())?;
            let tree = Tree::read(&text).map_err(|_| dump.as_str())?;
            kinds.extend(tree.nodes().map(|node| node.label().to_owned()));
        }
        Ok(kinds)
    }
}

impl Database {
    /// Asks about statements as [`describe`](Self::describe) does, and keeps what is answered as it is.
    ///
    /// # Errors
    ///
    /// [`Error`] if the conversation fails.
    pub fn record(&mut self, statements: &[&str]) -> Result<Record, Error> {
        let answers = self.client.describe(statements.iter().copied())?;
        let dumps: Vec<Result<String, String>> = answers
            .into_iter()
            .map(|answer| match answer.outcome {
                Err(error) => Err(error.to_string()),
                Ok(_) => answer
                    .tree
                    .ok_or_else(|| "the server printed no tree".to_owned()),
            })
            .collect();
        let mut needs = Needs::default();
        for dump in dumps.iter().flatten() {
            if let Ok(text) = unwrapped(dump)
                && let Ok(tree) = Tree::read(&text)
            {
                needs.tree(&tree);
            }
        }
        let mut catalog = String::new();
        self.ask(&question(&needs), |values| {
            // Which transactions had ended is another answer each time.
            if values.first() != Some(&Some("s")) {
                let values: Vec<String> = values.iter().copied().map(written).collect();
                catalog += &values.join("\t");
                catalog.push('\n');
            }
            Some(())
        })?;
        Ok(Record { dumps, catalog })
    }
}

fn written(value: Option<&str>) -> String {
    value.map_or_else(
        || r"\N".to_owned(),
        |value| {
            value
                .replace('\\', r"\\")
                .replace('\t', r"\t")
                .replace('\n', r"\n")
        },
    )
}
