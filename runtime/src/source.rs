//! Where a statement comes from: the macros, a hand, or pieces put together while the program runs.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use hathi_wire::types::TypeRef;
use hathi_wire::{Identity, Statement as Wanted};

pub use hathi_wire::Column;

use crate::dependencies::{Dependencies, Needs};
use crate::error::{Error, Kind};
use crate::fragment::Mistake;
use crate::observe::Subject;

/// Where in the user's source a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl Origin {
    pub(crate) const fn of(place: &'static Location<'static>) -> Self {
        Self {
            file: place.file(),
            line: place.line(),
            column: place.column(),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What the macros know of a statement.
#[derive(Debug)]
pub struct Parts {
    /// The text, parameters as `$n`.
    pub sql: &'static str,
    /// The types of the parameters.
    pub parameters: &'static [TypeRef],
    /// The names of the parameters; empty for one that has only its number.
    pub names: &'static [&'static str],
    /// The columns it was checked to return.
    pub columns: &'static [Column],
    /// Whether it changes anything.
    pub writes: bool,
    /// What it does, in a few words: its operation and its relations. Empty if only the text says it.
    pub summary: &'static str,
    /// What it needs of its surroundings.
    pub needs: Needs,
    /// Where it stands.
    pub origin: Origin,
}

/// What its author says of a statement that no server has checked.
#[derive(Debug, Clone, Copy)]
pub struct RawParts {
    sql: &'static str,
    shape: &'static Shape,
    place: &'static Location<'static>,
}

/// The types of a statement that no server has checked.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The types of the parameters.
    pub(crate) types: &'static [TypeRef],
    /// The columns it returns; `None` if any will do.
    pub(crate) columns: Option<&'static [Column]>,
}

impl RawParts {
    #[track_caller]
    pub(crate) const fn new(sql: &'static str, shape: &'static Shape) -> Self {
        Self {
            sql,
            shape,
            place: Location::caller(),
        }
    }
}

/// A statement whose text was put together while the program runs.
#[derive(Debug)]
pub struct Composed {
    pub(crate) sql: Box<str>,
    pub(crate) types: Box<[TypeRef]>,
    pub(crate) columns: Option<&'static [Column]>,
    pub(crate) origin: Option<Origin>,
    // It cannot be run: this is why.
    pub(crate) mistake: Option<Arc<Mistake>>,
}

/// A statement that a program holds as a constant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fixed {
    Checked(&'static Parts),
    Raw(RawParts),
}

impl Fixed {
    pub(crate) const fn sql(&self) -> &'static str {
        match self {
            Self::Checked(parts) => parts.sql,
            Self::Raw(raw) => raw.sql,
        }
    }

    pub(crate) const fn names(&self) -> &'static [&'static str] {
        match self {
            Self::Checked(parts) => parts.names,
            Self::Raw(_) => &[],
        }
    }

    pub(crate) const fn origin(&self) -> Origin {
        match self {
            Self::Checked(parts) => parts.origin,
            Self::Raw(raw) => Origin::of(raw.place),
        }
    }

    pub(crate) const fn dependencies(&self) -> Option<Dependencies> {
        match self {
            Self::Checked(parts) => Some(Dependencies::of(&parts.needs)),
            Self::Raw(_) => None,
        }
    }
}

/// What is known of a statement on its way, wherever it comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// Checked by a server when it was compiled.
    Checked(&'static Parts),
    /// Written by hand.
    Raw(RawParts),
    /// Put together while the program runs.
    Composed(Arc<Composed>),
}

impl From<Fixed> for Source {
    #[inline]
    fn from(fixed: Fixed) -> Self {
        match fixed {
            Fixed::Checked(parts) => Self::Checked(parts),
            Fixed::Raw(raw) => Self::Raw(raw),
        }
    }
}

/// What is asked of the connection for a checked statement.
#[inline]
pub(crate) fn checked(parts: &'static Parts) -> Wanted<'static> {
    Wanted {
        sql: parts.sql,
        types: parts.parameters,
        columns: Some(parts.columns),
        writes: Some(parts.writes),
        identity: Some(Identity::of(parts)),
    }
}

impl Source {
    /// The statement, if a server has checked it when it was compiled.
    pub(crate) fn parts(&self) -> Option<&'static Parts> {
        match self {
            Self::Checked(parts) => Some(parts),
            Self::Raw(_) | Self::Composed(_) => None,
        }
    }

    pub(crate) fn sql(&self) -> &str {
        match self {
            Self::Checked(parts) => parts.sql,
            Self::Raw(raw) => raw.sql,
            Self::Composed(composed) => &composed.sql,
        }
    }

    /// What it is to those who are told of it.
    #[cold]
    pub(crate) fn subject(&self) -> Subject<'_> {
        match self {
            Self::Checked(parts) => {
                let known = (!parts.summary.is_empty()).then_some(parts.summary);
                Subject::Statement(parts.sql, known)
            }
            Self::Raw(_) | Self::Composed(_) => Subject::Statement(self.sql(), None),
        }
    }

    /// The columns it must return; `None` if any will do.
    pub(crate) fn columns(&self) -> Option<&'static [Column]> {
        match self {
            Self::Checked(parts) => Some(parts.columns),
            Self::Raw(raw) => raw.shape.columns,
            Self::Composed(composed) => composed.columns,
        }
    }

    pub(crate) fn origin(&self) -> Option<Origin> {
        match self {
            Self::Checked(parts) => Some(parts.origin),
            Self::Raw(raw) => Some(Origin::of(raw.place)),
            Self::Composed(composed) => composed.origin,
        }
    }

    /// Whether a server has checked it when it was compiled.
    pub(crate) fn is_checked(&self) -> bool {
        matches!(self, Self::Checked(_))
    }

    /// What is asked of the connection; an error if it cannot be a statement at all.
    #[inline]
    pub(crate) fn wanted(&self) -> Result<Wanted<'_>, Error> {
        match *self {
            Self::Checked(parts) => Ok(checked(parts)),
            Self::Raw(_) | Self::Composed(_) => self.unchecked(),
        }
    }

    // Apart, so that a checked statement pays nothing for it.
    #[inline(never)]
    fn unchecked(&self) -> Result<Wanted<'_>, Error> {
        let types = match self {
            Self::Checked(parts) => parts.parameters,
            Self::Raw(raw) => raw.shape.types,
            Self::Composed(composed) => match &composed.mistake {
                None => &composed.types,
                Some(mistake) => return Err(Error::new(Kind::Fragment(Arc::clone(mistake)))),
            },
        };
        Ok(Wanted {
            sql: self.sql(),
            types,
            columns: self.columns(),
            writes: None,
            identity: None,
        })
    }
}
