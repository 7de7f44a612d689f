//! The expansion of a named statement: a function, and the struct of its rows.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::ext::IdentExt as _;

use crate::code::Code;
use crate::input::Signature;
use crate::site::Site;

/// The function and its row. `ordered` are the arguments in the order of the parameters.
pub(crate) fn item(signature: &Signature, ordered: &[&Ident], code: &Code<'_>) -> TokenStream {
    let Site { krate, span, .. } = code.site;
    let Signature {
        attributes,
        visibility,
        name,
        arguments,
    } = signature;
    let position = |wanted: &Ident| {
        arguments
            .iter()
            .position(|argument| argument == wanted)
            .unwrap_or_default()
    };
    let name_of = |position: usize| code.site.ident(&format!("P{}", position + 1));
    let generics: Vec<_> = (0..arguments.len()).map(name_of).collect();
    let bound: Vec<_> = ordered
        .iter()
        .map(|argument| name_of(position(argument)))
        .collect();
    // In the order of the arguments, as they read.
    let mut sent: Vec<_> = ordered
        .iter()
        .zip(&code.params)
        .map(|(argument, param)| (position(argument), param))
        .collect();
    sent.sort_by_key(|(position, _)| *position);
    let sent = sent.iter().map(|(_, param)| param.ty(code.site));
    let bounds = quote_spanned!(*span=> #(#generics: #krate::Encode<#sent>),*);
    let types = code.types();
    let values: Vec<_> = ordered.iter().map(ToTokens::to_token_stream).collect();
    let body = code.bound_without_row(&values);
    let (definition, result) = match &code.row {
        Some(row) => {
            let (ty, cardinality) = (&row.ty, code.cardinality());
            (
                row.definition.clone(),
                quote_spanned!(*span=> #krate::Bound<(#(#bound,)*), #types, #ty, #cardinality>),
            )
        }
        None => (
            TokenStream::new(),
            quote_spanned!(*span=> #krate::BoundCommand<(#(#bound,)*), #types>),
        ),
    };
    let allowed = allowed(arguments.len(), code.site);
    quote_spanned! {*span=>
        #definition
        #allowed
        #(#attributes)*
        #visibility fn #name<#bounds>(#(#arguments: #generics),*) -> #result {
            #body
        }
    }
}

// A statement has as many parameters as it needs; the limit is clippy's default.
fn allowed(arguments: usize, site: &Site) -> TokenStream {
    if arguments <= 7 {
        return TokenStream::new();
    }
    quote_spanned!(site.span=> #[allow(clippy::too_many_arguments, reason = "they are the statement's parameters")])
}

/// What the struct of the rows is called: `ByEmail` for `by_email`, `Row` where it stays local.
pub(crate) fn row_name(signature: Option<&Signature>, site: &Site) -> Ident {
    let Some(signature) = signature else {
        return site.ident("Row");
    };
    let name = upper_camel(&signature.name.unraw().to_string());
    // `by_email` may be called like a keyword in upper case: only `Self` is one.
    match name.as_str() {
        "" => site.ident("Row"),
        "Self" => format_ident!("Self_", span = site.span),
        name => site.pointing_at(signature.name.span()).ident(name),
    }
}

fn upper_camel(name: &str) -> String {
    let capital = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().map(char::to_uppercase);
        first
            .into_iter()
            .flatten()
            .chain(characters)
            .collect::<String>()
    };
    name.split('_').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(function: &str, expected: &str) {
        assert_eq!(upper_camel(function), expected);
    }

    #[test]
    fn rows_are_called_after_their_function() {
        check("by_email", "ByEmail");
        check("_all_2_days", "All2Days");
        check("élan", "Élan");
        check("_", "");
    }
}
