//! Mistakes of users in words: every text that the macros and the command line tool print about a statement.

mod copies;
mod database;
mod files;
mod input;
mod parameters;
mod rejected;
mod render;
mod rows;
mod similar;
mod statement;
#[cfg(test)]
mod tests;
mod types;
mod way_out;

use std::fmt;
use std::ops::Range;

pub use database::{NoAnswer, ServerWords};
pub use parameters::ArgumentsForm;
pub use rejected::Rejected;
pub(crate) use rejected::rejected;
pub use render::SourcePlace;
pub use types::Subject;

/// One mistake: what is wrong, where, and the way out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong: lower-case, no full stop.
    pub message: String,
    /// The bytes of [`crate::Template::text`] that are to blame, if they can be told.
    pub place: Option<Range<usize>>,
    /// The server's SQLSTATE, if the mistake is its own.
    pub sqlstate: Option<String>,
    /// The server's detail, or the circumstances.
    pub detail: Option<String>,
    /// The server's hint.
    pub hint: Option<String>,
    /// What to do, each line a way out of its own.
    pub help: Vec<String>,
}

/// Everything that is wrong with one statement: mistakes that do not depend on each other are reported together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Diagnostic>);

impl Diagnostic {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    /// The same, pointing at these bytes of the statement's text.
    #[must_use]
    pub fn at(mut self, place: Range<usize>) -> Self {
        self.place = Some(place);
        self
    }

    /// The same with one more way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// `1 column`, `2 columns`
fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}

impl From<Diagnostic> for Mistakes {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl IntoIterator for Mistakes {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, diagnostic) in self.0.iter().enumerate() {
            let separator = if number == 0 { "" } else { "; " };
            write!(f, "{separator}{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}
