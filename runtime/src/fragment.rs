//! Hand-written SQL put together while the program runs, from literals, identifiers and typed values only.

mod compose;
mod identifier;
mod mistake;
mod render;
mod statement;
mod template;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use hathi_sql_text::{TokenKind, lex};

pub use self::compose::{Composer, Nest};
pub use self::identifier::Identifier;
pub(crate) use self::mistake::Mistake;
pub use self::statement::{FragmentCommand, FragmentQuery};
pub use self::template::Template;

use crate::source::Origin;
use crate::sql::TypeRef;

/// A piece of SQL and the values of its parameters, made with [`sql!`](crate::sql!).
///
/// It is what is left for statements whose text depends on the program's input: filters that come and go, a column to
/// sort by, a table whose name is a value. Nothing but literals of the program, quoted [`Identifier`]s and typed
/// values can get in; [`trusted`](Self::trusted) is the one door for other text.
///
/// Values are encoded when they are named, so a fragment is no generic type: one that grows in a loop could not write
/// down the list of its types. What is wrong with a fragment, such as a value that cannot be sent, is told when it is
/// run.
///
/// # Example: filters that come and go
///
/// ```no_run
/// use hathi::sql::{Int4, Text, int4, text};
/// use hathi::{Fragment, Identifier, Session, sql};
///
/// async fn search(
///     session: &mut Session,
///     name: Option<&str>,
///     least: Option<i32>,
///     by: &str,
/// ) -> Result<Vec<(i32, String)>, hathi::Error> {
///     let mut filters = Vec::new();
///     if let Some(name) = name {
///         filters.push(sql!("name ILIKE $name", name: Text = name));
///     }
///     if let Some(least) = least {
///         filters.push(sql!("age >= $least OR age IS NULL", least: Int4 = least));
///     }
///     let query = sql!(
///         "SELECT id, name FROM crew WHERE {filters} ORDER BY {by}",
///         filters = Fragment::all(filters),
///         by = Identifier::new(by),
///     );
///     session.fetch(query.query((int4, text))).await
/// }
/// ```
#[derive(Clone, Default)]
#[must_use = "a fragment does nothing until it is part of a statement that a session runs"]
pub struct Fragment {
    pieces: Vec<Piece>,
    types: Vec<TypeRef>,
    // The values as Bind sends them, each with its length.
    values: Vec<u8>,
    mistake: Option<Arc<Mistake>>,
    // Its last line is a comment: what comes behind it needs a line of its own.
    open_comment: bool,
    origin: Option<Origin>,
}

#[derive(Debug, Clone)]
enum Piece {
    Text(&'static str),
    Owned(Box<str>),
    // A parameter, by its place in the fragment's types.
    Slot(usize),
    // What stands on both sides are tokens of their own.
    Gap,
}

impl Fragment {
    /// No text at all. In [`join`](Self::join), [`all`](Self::all) and [`any`](Self::any) it leaves no trace.
    pub const fn empty() -> Self {
        Self {
            pieces: Vec::new(),
            types: Vec::new(),
            values: Vec::new(),
            mistake: None,
            open_comment: false,
            origin: None,
        }
    }

    /// Whether it has no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.mistake.is_none()
    }

    /// SQL as it is, from wherever. **Whoever can write into this text can do what the session's role can do.**
    ///
    /// It holds no parameters; complete tokens only: a literal or a comment that does not end is refused.
    ///
    /// # Example: a condition from a configuration file that is as trustworthy as the program
    ///
    /// ```
    /// use hathi::Fragment;
    ///
    /// let condition = Fragment::trusted(String::from("region = 'north'"));
    /// assert_eq!(condition.to_string(), "region = 'north'");
    /// ```
    pub fn trusted(sql: impl Into<String>) -> Self {
        let sql = sql.into();
        let mut fragment = Self::empty();
        let mut last = None;
        for token in lex(&sql) {
            last = Some(token.kind);
            if let Some(mistake) = Mistake::in_plain_text(token, &sql) {
                fragment.fail(mistake);
            }
        }
        fragment.open_comment = last == Some(TokenKind::LineComment);
        if !sql.is_empty() {
            fragment.pieces.push(Piece::Owned(sql.into()));
        }
        fragment
    }

    /// Joins fragments by a separator; empty ones are left out with theirs.
    ///
    /// # Example: a list of columns
    ///
    /// ```
    /// use hathi::sql::Int4;
    /// use hathi::{Fragment, sql};
    ///
    /// let columns = [sql!("id"), Fragment::empty(), sql!("age + $more AS later", more: Int4 = 1)];
    /// assert_eq!(Fragment::join(columns, ", ").to_string(), "id, age + $1 AS later");
    /// ```
    pub fn join(fragments: impl IntoIterator<Item = Self>, separator: &'static str) -> Self {
        let mut joined = Self::empty();
        for token in lex(separator) {
            if let Some(mistake) = Mistake::in_plain_text(token, separator) {
                joined.fail(mistake);
            }
            if token.kind == TokenKind::LineComment {
                joined.fail(Mistake::Comment);
            }
        }
        for fragment in fragments {
            if fragment.is_empty() {
                continue;
            }
            if !joined.pieces.is_empty() {
                joined.pieces.push(Piece::Text(separator));
            }
            joined.append(&fragment);
        }
        joined
    }

    /// The conditions that must all hold, each in parentheses; `TRUE` if there are none. Empty ones are left out.
    ///
    /// # Example: none, and two
    ///
    /// ```
    /// use hathi::{Fragment, sql};
    ///
    /// assert_eq!(Fragment::all([]).to_string(), "TRUE");
    /// let both = Fragment::all([sql!("a OR b"), Fragment::empty(), sql!("c")]);
    /// assert_eq!(both.to_string(), "(a OR b) AND (c)");
    /// ```
    pub fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::conditions(conditions, " AND ", "TRUE")
    }

    /// The conditions of which one must hold, each in parentheses; `FALSE` if there are none. Empty ones are left out.
    pub fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::conditions(conditions, " OR ", "FALSE")
    }

    fn conditions(
        conditions: impl IntoIterator<Item = Self>,
        separator: &'static str,
        none: &'static str,
    ) -> Self {
        let conditions = conditions
            .into_iter()
            .filter(|condition| !condition.is_empty());
        let mut joined = Self::join(
            conditions.map(|condition| condition.in_parentheses()),
            separator,
        );
        if joined.is_empty() {
            joined.pieces.push(Piece::Text(none));
        }
        joined
    }

    fn in_parentheses(&self) -> Self {
        let mut whole = Self::empty();
        whole.pieces.push(Piece::Text("("));
        whole.append(self);
        whole.pieces.push(Piece::Text(")"));
        whole
    }

    /// Puts another fragment behind, with its values.
    fn append(&mut self, nested: &Self) {
        let offset = self.take_values(nested);
        self.append_pieces(nested, offset);
    }

    /// Takes the values of another fragment and says behind how many they stand.
    fn take_values(&mut self, nested: &Self) -> usize {
        let offset = self.types.len();
        self.types.extend_from_slice(&nested.types);
        self.values.extend_from_slice(&nested.values);
        self.origin = self.origin.or(nested.origin);
        if self.mistake.is_none() {
            self.mistake.clone_from(&nested.mistake);
        }
        offset
    }

    /// Puts the text of another fragment behind, as tokens of its own.
    fn append_pieces(&mut self, nested: &Self, offset: usize) {
        let Some(first) = nested.pieces.first() else {
            return;
        };
        self.pieces.push(Piece::Gap);
        if let Piece::Text(text) = first
            && continues_literal(text)
        {
            self.pieces.push(Piece::Text("/**/"));
        }
        self.pieces
            .extend(nested.pieces.iter().map(|piece| match piece {
                Piece::Slot(slot) => Piece::Slot(offset + slot),
                piece => piece.clone(),
            }));
        self.pieces.push(if nested.open_comment {
            Piece::Text("\n")
        } else {
            Piece::Gap
        });
    }

    fn fail(&mut self, mistake: Mistake) {
        if self.mistake.is_none() {
            self.mistake = Some(Arc::new(mistake));
        }
    }
}

/// Whether a text could go on with a literal that ended on an earlier line, because a plain one is all it begins with.
fn continues_literal(text: &str) -> bool {
    let mut tokens = lex(text).filter(|token| !token.kind.is_trivia());
    tokens
        .next()
        .is_none_or(|token| token.kind == TokenKind::String)
}

impl fmt::Display for Fragment {
    /// The text as it would be sent, parameters as `$n`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render())
    }
}

impl fmt::Debug for Fragment {
    // The values are the user's and none of a log's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fragment")
            .field("sql", &self.render())
            .field("types", &self.types)
            .finish_non_exhaustive()
    }
}
