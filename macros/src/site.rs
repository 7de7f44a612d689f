//! Where generated code stands: the path of the runtime, and the span that its names take.

use proc_macro2::{Ident, Span};

/// What every piece of generated code is built from.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// `$crate` of the `macro_rules!` shell: right in renamed and re-exported crates.
    pub(crate) krate: Ident,
    /// Resolves beside the macro's definition and points at the SQL.
    pub(crate) span: Span,
    /// The SQL as the user wrote it.
    pub(crate) sql: Span,
}

impl Site {
    /// The site of code made for the SQL at `sql`.
    pub(crate) fn new(mut krate: Ident, sql: Span) -> Self {
        krate.set_span(krate.span().located_at(sql));
        Self {
            krate,
            span: generated(sql),
            sql,
        }
    }

    /// The same, but errors point at `place`.
    pub(crate) fn pointing_at(&self, place: Span) -> Self {
        Self::new(self.krate.clone(), place)
    }

    /// An identifier of generated code.
    pub(crate) fn ident(&self, name: &str) -> Ident {
        Ident::new(name, self.span)
    }
}

/// A span for generated names: lints take them for the macro's, not for the user's.
fn generated(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}
