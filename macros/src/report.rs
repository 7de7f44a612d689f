//! Mistakes as the compiler shows them: at the tokens that are to blame, in words, with the place inside the SQL.

use hathi_query_cache::{Diagnostic, Mistakes};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::text::Text;

/// Why a macro expands to nothing but errors: one for each mistake.
#[derive(Debug, Default)]
pub(crate) struct Refusal(Vec<Complaint>);

#[derive(Debug)]
struct Complaint {
    // The tokens to blame; without them it is the SQL.
    tokens: Option<Span>,
    diagnostic: Diagnostic,
}

impl Refusal {
    /// One mistake in the tokens at `span`.
    pub(crate) fn on(span: Span, diagnostic: Diagnostic) -> Self {
        Self(vec![Complaint {
            tokens: Some(span),
            diagnostic,
        }])
    }

    /// Goes on if there are no mistakes.
    pub(crate) fn unless_empty(mistakes: Vec<Diagnostic>) -> Result<(), Self> {
        if mistakes.is_empty() {
            Ok(())
        } else {
            Err(Mistakes(mistakes).into())
        }
    }

    /// The same with the mistakes of another.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Both results, or the mistakes of both.
    pub(crate) fn both<A, B>(one: Result<A, Self>, other: Result<B, Self>) -> Result<(A, B), Self> {
        match (one, other) {
            (Ok(one), Ok(other)) => Ok((one, other)),
            (Err(one), Err(other)) => Err(one.and(other)),
            (Err(refusal), Ok(_)) | (Ok(_), Err(refusal)) => Err(refusal),
        }
    }

    /// Whether there are no mistakes.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The expansion: nothing but `compile_error!`, which silences what would follow from the missing code.
    /// `item` says that it stands where items stand, where several need no block around them.
    pub(crate) fn expand(&self, text: &Text, item: bool) -> TokenStream {
        let errors = self.0.iter().map(|complaint| complaint.error(text));
        match &*self.0 {
            [_, _, ..] if !item => quote_spanned!(text.span()=> { #(#errors;)* }),
            _ => quote_spanned!(text.span()=> #(#errors)*),
        }
    }
}

impl Complaint {
    fn error(&self, text: &Text) -> TokenStream {
        let place = self
            .diagnostic
            .place
            .as_ref()
            .map(|place| text.locate(place.start));
        let span = self
            .tokens
            .or(place.as_ref().map(|place| place.span))
            .unwrap_or(text.span());
        let source = place.and_then(|place| place.in_source());
        compile_error(
            &self.diagnostic.render(text.as_str(), source.as_ref()),
            span,
        )
    }
}

impl From<Mistakes> for Refusal {
    fn from(mistakes: Mistakes) -> Self {
        let complaint = |diagnostic| Complaint {
            tokens: None,
            diagnostic,
        };
        Self(mistakes.into_iter().map(complaint).collect())
    }
}

impl From<Diagnostic> for Refusal {
    fn from(diagnostic: Diagnostic) -> Self {
        Mistakes::from(diagnostic).into()
    }
}

/// A mistake in the input itself, before there is SQL.
pub(crate) trait On {
    /// The error at these tokens.
    fn on(self, span: Span) -> syn::Error;
}

impl On for Diagnostic {
    fn on(self, span: Span) -> syn::Error {
        syn::Error::new(span, self.render("", None))
    }
}

/// The expansion of an input that cannot be read.
pub(crate) fn unreadable(error: &syn::Error) -> TokenStream {
    let errors = error.clone().into_iter();
    errors
        .take(1)
        .map(|error| compile_error(&error.to_string(), error.span()))
        .collect()
}

// Braces, so that it stands among items and in expressions alike.
fn compile_error(message: &str, span: Span) -> TokenStream {
    quote_spanned!(span=> ::core::compile_error! { #message })
}
