//! Lints as warnings of the compiler: a macro can warn only where its expansion uses something deprecated.

use hathi_query_cache::Lint;
use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::site::Site;
use crate::statement::Answer;

/// What a statement may do otherwise than meant, but for what is allowed.
#[derive(Debug)]
pub(crate) struct Warnings<'a>(Vec<&'a Lint>);

impl<'a> Warnings<'a> {
    /// The lints of an answer that neither the settings nor the call allow.
    pub(crate) fn new(answer: &'a Answer, allowed: &[String]) -> Self {
        let is_allowed =
            |lint: &&Lint| allowed.contains(&lint.name) || answer.allowed.contains(&lint.name);
        let lints = answer.description.lints.iter();
        Self(lints.filter(|lint| !is_allowed(lint)).collect())
    }

    /// A deprecated function for each, and its use at the SQL.
    pub(crate) fn code(&self, site: &Site) -> TokenStream {
        let Site { span, .. } = site;
        let warnings = self.0.iter().map(|lint| {
            // The name stands in the compiler's sentence; one that a later release has made is no identifier for certain.
            let name = syn::parse_str::<syn::Ident>(&lint.name);
            let name = site.ident(&name.map_or("lint".to_owned(), |name| name.to_string()));
            let note = format!("hathi({}): {}", lint.name, lint.message);
            quote_spanned! {*span=>
                const _: () = {
                    #[deprecated(note = #note)]
                    const fn #name() {}
                    #name()
                };
            }
        });
        warnings.collect()
    }
}
