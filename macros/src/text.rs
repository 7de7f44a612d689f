//! The SQL of a macro call, wherever it is written, and its places in the user's files.

use hathi_query_cache::SourcePlace;
use proc_macro2::Span;

use crate::literal::{self, Literals};
use crate::report::Refusal;
use crate::statement::ReadFile;
use crate::tracking::Tracked;

/// The text of a statement.
#[derive(Clone)]
pub(crate) enum Text {
    /// In the call itself.
    Literals(Literals),
    /// In a file of its own.
    File {
        /// The literal that names the file.
        literal: Span,
        /// The file, from the folder of the crate's manifest.
        path: String,
        /// What it holds.
        text: String,
    },
}

/// A place in a text.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The tokens that show it best.
    pub(crate) span: Span,
    found: Found,
}

#[derive(Clone, Debug)]
enum Found {
    InLiteral(literal::Place),
    InFile(SourcePlace),
}

impl Text {
    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Literals(literals) => literals.text(),
            Self::File { text, .. } => text,
        }
    }

    /// The text of the file that the literals name.
    pub(crate) fn file(&self, read: ReadFile<'_>) -> Result<Self, Refusal> {
        let text = read(self.as_str())?;
        Ok(Self::File {
            literal: self.span(),
            path: self.as_str().to_owned(),
            text,
        })
    }

    /// The file, if it is one.
    pub(crate) fn tracked(&self) -> Tracked {
        match self {
            Self::Literals(_) => Tracked::default(),
            Self::File { path, .. } => Tracked {
                files: vec![path.clone()],
                variables: Vec::new(),
            },
        }
    }

    /// The first literal of the call.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Literals(literals) => literals.span(),
            Self::File { literal, .. } => *literal,
        }
    }

    /// Finds a byte of the text.
    pub(crate) fn locate(&self, offset: usize) -> Place {
        match self {
            Self::Literals(literals) => {
                let place = literals.locate(offset);
                Place {
                    span: place.span,
                    found: Found::InLiteral(place),
                }
            }
            Self::File {
                literal,
                path,
                text,
            } => {
                let place = hathi_sql_text::place(text, offset);
                let place = SourcePlace {
                    file: path.clone(),
                    line: place.line,
                    column: place.column,
                };
                Place {
                    span: *literal,
                    found: Found::InFile(place),
                }
            }
        }
    }
}

impl Place {
    /// File, line and column, if they can be told. To be asked for errors alone: reading the position of a span makes
    /// editors expand the macro again whenever a line is added above it.
    pub(crate) fn in_source(&self) -> Option<SourcePlace> {
        match &self.found {
            Found::InFile(place) => Some(place.clone()),
            Found::InLiteral(place) => in_compiler(place),
        }
    }
}

fn in_compiler(place: &literal::Place) -> Option<SourcePlace> {
    if !proc_macro::is_available() {
        return None;
    }
    let span = place.span.unwrap();
    // A literal that another macro made stands where that macro was called, in other words.
    if span.source_text().as_deref() != Some(&*place.source) {
        return None;
    }
    let column = if place.lines == 0 { span.column() } else { 1 };
    Some(SourcePlace {
        file: span.file(),
        line: span.line() + place.lines,
        column: column + place.characters,
    })
}
