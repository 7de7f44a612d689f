//! Names of tables and columns that are values of the program.

use std::fmt;

use super::{Fragment, Mistake, Piece};

/// The longest name PostgreSQL keeps whole.
const LONGEST: usize = 63;

/// A name of a table, a column or anything else, quoted so that it is a name whatever it holds.
///
/// It means exactly what is written: `Users` is not `users`. A name of more than 63 bytes, which PostgreSQL would cut
/// off, is an error when the fragment is run.
///
/// # Example: names with everything in them
///
/// ```
/// use hathi::Identifier;
///
/// assert_eq!(Identifier::new("weird\"name").to_string(), r#""weird""name""#);
/// assert_eq!(Identifier::qualified("public", "users").to_string(), r#""public"."users""#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identifier {
    quoted: String,
    // The first part that is too long.
    long: Option<Box<str>>,
}

impl Identifier {
    /// A name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            quoted: String::new(),
            long: None,
        }
        .dot(name)
    }

    /// A name in a schema, or a column of a table.
    #[must_use]
    pub fn qualified(schema: &str, name: &str) -> Self {
        Self::new(schema).dot(name)
    }

    /// A name within this one: `Identifier::new("users").dot("id")` is a column of a table.
    #[must_use]
    pub fn dot(mut self, name: &str) -> Self {
        if !self.quoted.is_empty() {
            self.quoted.push('.');
        }
        self.quoted.push('"');
        self.quoted.push_str(&name.replace('"', "\"\""));
        self.quoted.push('"');
        if name.len() > LONGEST && self.long.is_none() {
            self.long = Some(name.into());
        }
        self
    }
}

impl From<Identifier> for Fragment {
    fn from(identifier: Identifier) -> Self {
        let mut fragment = Self::empty();
        fragment.pieces.push(Piece::Owned(identifier.quoted.into()));
        if let Some(long) = identifier.long {
            fragment.fail(Mistake::LongIdentifier(long));
        }
        fragment
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.quoted)
    }
}
