//! COPY as a value: `const`, typed by its columns, and copied for nothing.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

use hathi_wire::Column;

use super::CopyOptions;
use crate::dependencies::{Dependencies, Needs};
use crate::query::DecodeRow;
use crate::source::Origin;
use crate::sql::{Columns, TypeRef, Types};

/// What the macros know of rows that are copied in.
#[derive(Debug)]
pub struct CopyInParts {
    /// The relation and its columns, as they stand behind COPY: `users (id, name)`.
    pub target: &'static str,
    /// The columns, in the order of the target.
    pub columns: &'static [Column],
    /// What it needs of its surroundings.
    pub needs: Needs,
    /// Where it stands.
    pub origin: Origin,
}

/// What the macros know of rows that are copied out.
#[derive(Debug)]
pub struct CopyOutParts {
    /// The query, or the relation and its columns.
    pub sql: &'static str,
    /// The columns of its rows.
    pub columns: &'static [Column],
    /// What it needs of its surroundings.
    pub needs: Needs,
    /// Where it stands.
    pub origin: Origin,
}

/// Rows to be copied into a table: `P` are the SQL types of its columns.
///
/// Values of this type come from the macro `copy_in!`, or are written by hand with [`raw`](Self::raw). They are `const`
/// and `Copy`. The types are compared with the server's before the first row is kept.
#[must_use = "a statement does nothing until a session runs it"]
pub struct CopyIn<P> {
    text: InText,
    options: CopyOptions,
    marker: PhantomData<fn() -> P>,
}

#[derive(Debug, Clone, Copy)]
enum InText {
    Checked(&'static CopyInParts),
    Raw {
        target: &'static str,
        types: &'static [TypeRef],
        place: &'static Location<'static>,
    },
}

impl<P> CopyIn<P> {
    #[doc(hidden)]
    pub const fn __new(parts: &'static CopyInParts) -> Self {
        Self::of(InText::Checked(parts))
    }

    const fn of(text: InText) -> Self {
        Self {
            text,
            options: CopyOptions::binary(),
            marker: PhantomData,
        }
    }

    /// The same rows in another format, or with other options of it; binary unless this says otherwise.
    pub const fn with(mut self, options: CopyOptions) -> Self {
        self.options = options;
        self
    }

    /// The relation and its columns, as they stand behind COPY.
    #[must_use]
    pub const fn target(&self) -> &'static str {
        match self.text {
            InText::Checked(parts) => parts.target,
            InText::Raw { target, .. } => target,
        }
    }

    /// The format and its options.
    pub const fn options(&self) -> CopyOptions {
        self.options
    }

    /// Where in the source the statement stands.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        match self.text {
            InText::Checked(parts) => parts.origin,
            InText::Raw { place, .. } => Origin::of(place),
        }
    }

    /// What the statement needs of its surroundings; `None` for one written by hand.
    #[must_use]
    pub const fn dependencies(&self) -> Option<Dependencies> {
        match self.text {
            InText::Checked(parts) => Some(Dependencies::of(&parts.needs)),
            InText::Raw { .. } => None,
        }
    }

    /// The types of the columns.
    pub(crate) fn types(&self) -> impl Iterator<Item = TypeRef> {
        let (checked, raw): (&'static [Column], &'static [TypeRef]) = match self.text {
            InText::Checked(parts) => (parts.columns, &[]),
            InText::Raw { types, .. } => (&[], types),
        };
        let checked = checked.iter().map(|column| column.ty);
        checked.chain(raw.iter().copied())
    }
}

impl<P: Types> CopyIn<P> {
    /// Rows for a table, written by hand: the relation with its columns, as they stand behind COPY, and their types.
    ///
    /// Nothing checks it while it is compiled. The number and the types of the columns are compared with the server's
    /// when the COPY begins.
    ///
    /// # Example: users by name and number
    ///
    /// ```
    /// use hathi::CopyIn;
    /// use hathi::sql::{Int4, Nullable, Text, int4, nullable, text};
    ///
    /// const USERS: CopyIn<(Int4, Nullable<Text>)> = CopyIn::raw("users (id, name)", (int4, nullable(text)));
    /// assert_eq!(USERS.target(), "users (id, name)");
    /// ```
    #[track_caller]
    pub const fn raw(target: &'static str, _columns: P) -> Self {
        Self::of(InText::Raw {
            target,
            types: P::TYPES,
            place: Location::caller(),
        })
    }
}

impl<P> Copy for CopyIn<P> {}

impl<P> Clone for CopyIn<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> fmt::Debug for CopyIn<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopyIn")
            .field("target", &self.target())
            .field("types", &self.types().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Rows that are copied out of a query or a table: `R` is the Rust row.
///
/// Values of this type come from the macro `copy_out!`, or are written by hand with [`raw`](Self::raw). They are `const`
/// and `Copy`. The columns are compared with the server's before a row is read.
#[must_use = "a statement does nothing until a session runs it"]
pub struct CopyOut<R> {
    text: OutText,
    decode: DecodeRow<R>,
    options: CopyOptions,
}

#[derive(Debug, Clone, Copy)]
enum OutText {
    Checked(&'static CopyOutParts),
    Raw {
        sql: &'static str,
        columns: &'static [Column],
        place: &'static Location<'static>,
    },
}

impl<R> CopyOut<R> {
    #[doc(hidden)]
    pub const fn __new(parts: &'static CopyOutParts, decode: DecodeRow<R>) -> Self {
        Self::of(OutText::Checked(parts), decode)
    }

    const fn of(text: OutText, decode: DecodeRow<R>) -> Self {
        Self {
            text,
            decode,
            options: CopyOptions::binary(),
        }
    }

    /// Rows of a query, or of a relation with its columns, written by hand, with the types of the columns.
    ///
    /// Nothing checks it while it is compiled. The number and the types of the columns are compared with the server's
    /// before a row is read. Rows are those of [`Query::raw`](crate::Query::raw).
    ///
    /// # Example: names of all users
    ///
    /// ```
    /// use hathi::CopyOut;
    /// use hathi::sql::{int4, nullable, text};
    ///
    /// const USERS: CopyOut<(i32, Option<String>)> =
    ///     CopyOut::raw("SELECT id, name FROM users", (int4, nullable(text)));
    /// # let _ = USERS;
    /// ```
    #[track_caller]
    pub const fn raw<S: Columns<Rust = R>>(sql: &'static str, _columns: S) -> Self {
        let text = OutText::Raw {
            sql,
            columns: S::COLUMNS,
            place: Location::caller(),
        };
        Self::of(text, S::decode)
    }

    /// The same rows in another format, or with other options of it; binary unless this says otherwise.
    pub const fn with(mut self, options: CopyOptions) -> Self {
        self.options = options;
        self
    }

    /// The query, or the relation and its columns.
    #[must_use]
    pub const fn sql(&self) -> &'static str {
        match self.text {
            OutText::Checked(parts) => parts.sql,
            OutText::Raw { sql, .. } => sql,
        }
    }

    /// The format and its options.
    pub const fn options(&self) -> CopyOptions {
        self.options
    }

    /// Where in the source the statement stands.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        match self.text {
            OutText::Checked(parts) => parts.origin,
            OutText::Raw { place, .. } => Origin::of(place),
        }
    }

    /// What the statement needs of its surroundings; `None` for one written by hand.
    #[must_use]
    pub const fn dependencies(&self) -> Option<Dependencies> {
        match self.text {
            OutText::Checked(parts) => Some(Dependencies::of(&parts.needs)),
            OutText::Raw { .. } => None,
        }
    }

    pub(crate) const fn decode(&self) -> DecodeRow<R> {
        self.decode
    }

    pub(crate) const fn columns(&self) -> &'static [Column] {
        match self.text {
            OutText::Checked(parts) => parts.columns,
            OutText::Raw { columns, .. } => columns,
        }
    }
}

impl<R> Copy for CopyOut<R> {}

impl<R> Clone for CopyOut<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> fmt::Debug for CopyOut<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopyOut")
            .field("sql", &self.sql())
            .field("columns", &self.columns())
            .field("decode", &self.decode)
            .finish_non_exhaustive()
    }
}
