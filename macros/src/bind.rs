//! `bind!`: the values of a statement, by the names of its parameters.

use hathi_query_cache::Diagnostic;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprPath, Token};

use crate::report::{self, On as _};
use crate::site::Site;

/// `STATEMENT; name = value, …`
struct Input {
    krate: Ident,
    statement: ExprPath,
    values: Punctuated<Value, Token![,]>,
}

struct Value {
    name: Ident,
    value: Expr,
}

/// The expansion of `bind!`.
pub(crate) fn bind(input: TokenStream) -> TokenStream {
    match syn::parse2(input) {
        Ok(input) => expand(&input),
        Err(error) => report::unreadable(&error),
    }
}

// Each check stands where its name stands, the call where the statement stands: errors point at the name or the value.
fn expand(input: &Input) -> TokenStream {
    let Input {
        krate,
        statement,
        values,
    } = input;
    let place = statement.span();
    let checks = values.iter().enumerate().map(|(position, value)| {
        let Site { krate, sql, .. } = Site::new(krate.clone(), value.name.span());
        let position = Literal::usize_unsuffixed(position);
        let written = value.name.unraw().to_string();
        quote_spanned!(sql=> #krate::__private::same_name(#statement.names(), #position, #written))
    });
    let bound = values.iter().map(|value| &value.value);
    let call = quote_spanned!(place=> #statement.bind((#(#bound,)*)));
    let site = Site::new(krate.clone(), place);
    quote_spanned!(site.span=> { const _: () = { #(#checks;)* }; #call })
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate = Ident::parse_any(input)?;
        let start = input.span();
        let statement = input
            .parse()
            .map_err(|_| Diagnostic::no_statement_to_bind().on(start))?;
        if !input.peek(Token![;]) {
            return Err(Diagnostic::no_statement_to_bind().on(input.span()));
        }
        input.parse::<Token![;]>()?;
        let values = Punctuated::parse_terminated(input)?;
        Ok(Self {
            krate,
            statement,
            values,
        })
    }
}

impl Parse for Value {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let start = input.span();
        let is_named =
            input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]);
        if !is_named {
            return Err(Diagnostic::value_without_name().on(start));
        }
        let name = Ident::parse_any(input)?;
        input.parse::<Token![=]>()?;
        let value = input.parse()?;
        Ok(Self { name, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expansion without spaces, with `hathi` in place of `$crate`.
    fn expanded(input: &str) -> String {
        let input = format!("hathi {input}").parse().unwrap();
        bind(input).to_string().replace(' ', "")
    }

    #[test]
    fn names_are_checked_and_values_bound_in_their_order() {
        assert_eq!(
            expanded("queries::OLDER; age = 30, r#type = kind(1, 2),"),
            "{const_:()={hathi::__private::same_name(queries::OLDER.names(),0,\"age\");\
             hathi::__private::same_name(queries::OLDER.names(),1,\"type\");};\
             queries::OLDER.bind((30,kind(1,2),))}"
        );
    }

    #[track_caller]
    fn check_refused(input: &str, expected: &Diagnostic) {
        let expansion = expanded(input);
        assert!(
            expansion.starts_with("::core::compile_error!{"),
            "{expansion}"
        );
        assert!(
            expansion.contains(&expected.message.replace(' ', "")),
            "{expansion}"
        );
    }

    #[test]
    fn a_statement_and_named_values_are_expected() {
        check_refused("", &Diagnostic::no_statement_to_bind());
        check_refused("OLDER", &Diagnostic::no_statement_to_bind());
        check_refused("OLDER, 30", &Diagnostic::no_statement_to_bind());
        check_refused(
            "query!(\"SELECT 1\"); a = 1",
            &Diagnostic::no_statement_to_bind(),
        );
        check_refused("OLDER; 30", &Diagnostic::value_without_name());
        check_refused("OLDER; age == 30", &Diagnostic::value_without_name());
    }
}
