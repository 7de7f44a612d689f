//! Mistakes about types: what a column or a parameter cannot become in Rust.

use std::fmt;

use super::Diagnostic;

/// What the type belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A column, by its name.
    Column(&'a str),
    /// A parameter, as it is written: `$1`, `$email`, `{email}`.
    Parameter(&'a str),
    /// A column that rows are copied into, by its name.
    Copied(&'a str),
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(name) | Self::Copied(name) => write!(f, "column \"{name}\""),
            Self::Parameter(written) => write!(f, "parameter {written}"),
        }
    }
}

impl Diagnostic {
    /// A type of the user's schema without a Rust type of its own.
    #[must_use]
    pub fn unmapped_type(subject: Subject<'_>, ty: &str) -> Self {
        Self::new(format!(
            "{subject} has the type \"{ty}\", which no Rust type is mapped to"
        ))
        .help(by_cast(subject, ty))
    }

    /// A built-in type without a codec.
    #[must_use]
    pub fn unsupported_type(subject: Subject<'_>, ty: &str) -> Self {
        Self::new(format!(
            "{subject} has the type \"{ty}\", which is not supported"
        ))
        .help(by_cast(subject, ty))
    }

    /// A type that no value has.
    #[must_use]
    pub fn pseudo_type(subject: Subject<'_>, ty: &str) -> Self {
        let diagnostic = Self::new(format!("{subject} has the pseudo-type \"{ty}\""));
        match (subject, ty) {
            (_, "trigger") => diagnostic
                .help("trigger is only what a trigger function returns: no value of it can be sent or read"),
            (Subject::Column(_) | Subject::Copied(_), "record") => {
                diagnostic.help("select the fields one by one, or create the type first: CREATE TYPE name AS (a integer, b text)")
            }
            (Subject::Parameter(_), "record") => {
                diagnostic.help("create the type first: CREATE TYPE name AS (a integer, b text)")
            }
            (Subject::Column(_) | Subject::Copied(_), _) => diagnostic.help("no value of it can be read: cast the column to a type that has values"),
            (Subject::Parameter(written), _) => {
                diagnostic.help(format!("no value of it can be sent: add a cast: `{written}::type`"))
            }
        }
    }
}

fn by_cast(subject: Subject<'_>, ty: &str) -> String {
    match subject {
        Subject::Column(name) if is_plain(name) => {
            format!("read it as text: cast it in the statement, `{name}::text AS {name}`")
        }
        Subject::Column(_) => {
            "read it as text: cast it in the statement, `…::text AS name`".to_owned()
        }
        Subject::Copied(name) => {
            format!(
                "copy into a temporary table where it is text, then INSERT … SELECT {name}::{ty}"
            )
        }
        Subject::Parameter(written) => {
            format!("send it as text: cast it in the statement, `{written}::text::{ty}`")
        }
    }
}

/// Whether a column is written as it is called, without quotes.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
