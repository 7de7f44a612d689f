//! Columns as fields of a struct: their names, and what the documentation says of them.

use std::collections::BTreeMap;

use hathi_query_cache::{ColumnDescription, Diagnostic};
use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use crate::site::Site;

/// The field of a column, `None` if no field can be called so. Keywords become raw identifiers.
pub(crate) fn ident(column: &str, site: &Site) -> Option<Ident> {
    let name = without_assertion(column);
    if let Ok(ident) = syn::parse_str::<Ident>(name) {
        return (ident == name).then(|| Ident::new(name, site.span));
    }
    let is_word = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric());
    // The keywords that cannot be raw.
    let is_path = matches!(name, "self" | "Self" | "super" | "crate");
    (is_word && !is_path).then(|| Ident::new_raw(name, site.span))
}

/// One mistake for each name that several columns have.
pub(crate) fn duplicates<'a>(columns: impl Iterator<Item = &'a str>) -> Vec<Diagnostic> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in columns {
        *counts.entry(without_assertion(name)).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(_, count)| *count > 1)
        .map(|(name, _)| Diagnostic::duplicate_columns(name))
        .collect()
}

/// The documentation of a public field.
pub(crate) fn documentation(column: &ColumnDescription, site: &Site) -> TokenStream {
    let ColumnDescription {
        ty,
        nullable,
        origin,
        ..
    } = column;
    let null = if *nullable { ", can be NULL" } else { "" };
    let words = match origin {
        Some(origin) => format!(" `{origin}`: `{ty}`{null}."),
        None => format!(" `{ty}`{null}."),
    };
    quote_spanned!(site.span=> #[doc = #words])
}

// `AS "name!"` and `AS "name?"` speak of NULL, the field is called `name`.
fn without_assertion(column: &str) -> &str {
    column.strip_suffix(['!', '?']).unwrap_or(column)
}
