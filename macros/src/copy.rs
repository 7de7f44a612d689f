//! `copy_in!` and `copy_out!`: from a table or a query to a value that is copied in or out.

use hathi_query_cache::{ColumnDescription, Copy, Description, Diagnostic, Template};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Path;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;

use crate::code;
use crate::function;
use crate::input::{Input, Row, Signature};
use crate::needs;
use crate::params::MOST;
use crate::report::{self, Refusal};
use crate::row::{self, Column, Generated, RowCode};
use crate::site::Site;
use crate::statement::Describe;
use crate::text::Text;
use crate::warnings::Warnings;

/// The expansion of `copy_in!`.
pub(crate) fn copy_in(input: TokenStream, describe: Describe<'_>) -> TokenStream {
    expand(input, describe, into)
}

/// The expansion of `copy_out!`.
pub(crate) fn copy_out(input: TokenStream, describe: Describe<'_>) -> TokenStream {
    expand(input, describe, out_of)
}

fn expand(
    input: TokenStream,
    describe: Describe<'_>,
    write: fn(&Input, &Text, Describe<'_>) -> Result<TokenStream, Refusal>,
) -> TokenStream {
    let input = match Input::read(input) {
        Ok(input) => input,
        Err(error) => return report::unreadable(&error),
    };
    let text = Text::Literals(input.literals.clone());
    write(&input, &text, describe)
        .unwrap_or_else(|refusal| refusal.expand(&text, input.function.is_some()))
}

fn into(input: &Input, text: &Text, describe: Describe<'_>) -> Result<TokenStream, Refusal> {
    if let Row::Tuple(span) | Row::Typed(_, span) | Row::Scalar(span) = &input.row {
        return Err(Refusal::on(*span, Diagnostic::row_of_copied_in()));
    }
    let template = Template::copy_in(text.as_str())?;
    no_arguments(input)?;
    let answer = describe(&template)?;
    let site = Site::new(input.krate.clone(), text.span());
    let described = answer.description.columns.as_deref().unwrap_or_default();
    let columns = row::copied_in(described)?;
    let rows = Rows::new(input, &columns, &answer.derives, &site)?;
    let parts = parts(
        "CopyInParts",
        "target",
        &template,
        &columns,
        &answer.description,
        &site,
    );
    let tracking = answer.tracked.code(&site);
    let warnings = Warnings::new(&answer, &input.allowed).code(&site);
    let Site { krate, span, .. } = &site;
    let Rows { items, ty } = &rows;
    let inside = input.function.is_none().then_some(items);
    let value = quote_spanned! {*span=> {
        #inside
        #tracking
        #warnings
        #parts
        #krate::CopyIn::<#ty>::__new(PARTS)
    }};
    Ok(match &input.function {
        Some(signature) => {
            let result = quote_spanned!(*span=> #krate::CopyIn<#ty>);
            named(signature, items, &result, &value, &site)
        }
        None => value,
    })
}

/// What may be sent as the rows of a COPY.
struct Rows {
    /// The struct of the rows, and how one is sent.
    items: TokenStream,
    /// What `CopyIn` is of: the types of the columns, or a type that stands for structs that have them.
    ty: TokenStream,
}

impl Rows {
    fn new(
        input: &Input,
        columns: &[Column<'_>],
        derives: &[Path],
        site: &Site,
    ) -> Result<Self, Refusal> {
        let Site { span, .. } = site;
        let function = input.function.as_ref();
        let name = function::row_name(function, site);
        match (&input.row, function) {
            (Row::Filled(path), _) => {
                // Of its own for each statement: one struct can be copied into several tables.
                let (marker, name) = match function {
                    // The struct may be called like the function.
                    Some(signature) => {
                        let name = format_ident!("{name}Rows");
                        (marker(signature, &name, site), name)
                    }
                    None => (quote_spanned!(*span=> enum #name {}), name),
                };
                let sent = sent(&quote!(#path), path.span(), &name, columns, function, site)?;
                Ok(Self {
                    items: quote_spanned!(*span=> #marker #sent),
                    ty: quote_spanned!(*span=> #name),
                })
            }
            (_, Some(_)) => {
                let generated = Generated {
                    name: &name,
                    of: function,
                    derives,
                };
                let RowCode { definition, ty, .. } =
                    RowCode::new(&input.row, generated, columns, site)?;
                let sent = sent(&ty, site.sql, &name, columns, function, site)?;
                Ok(Self {
                    items: quote_spanned!(*span=> #definition #sent),
                    ty,
                })
            }
            _ if columns.len() > MOST => {
                Err(Diagnostic::too_many_to_copy(columns.len(), MOST).into())
            }
            _ => {
                let types = columns.iter().map(|column| column.sent(site));
                Ok(Self {
                    items: TokenStream::new(),
                    ty: quote_spanned!(*span=> (#(#types,)*)),
                })
            }
        }
    }
}

/// The type that stands for the rows of a function where they are the user's own struct.
fn marker(signature: &Signature, name: &Ident, site: &Site) -> TokenStream {
    let (conditions, visibility) = (signature.conditions(), &signature.visibility);
    let documentation = format!(" The rows of `{}`.", signature.name.unraw());
    quote_spanned! {site.span=>
        #(#conditions)*
        #[doc = #documentation]
        #[derive(::core::fmt::Debug)]
        #visibility enum #name {}
    }
}

/// How a struct is sent, field by field: by itself and by reference. Errors about a field point at `place`.
fn sent(
    row: &TokenStream,
    place: Span,
    marker: &Ident,
    columns: &[Column<'_>],
    function: Option<&Signature>,
    site: &Site,
) -> Result<TokenStream, Refusal> {
    let at = site.pointing_at(place);
    let fields = row::fields(columns, &at)?;
    let (value, to) = (at.ident("value"), at.ident("to"));
    let fields = fields
        .iter()
        .zip(columns)
        .zip(0_u16..)
        .map(|((field, column), index)| {
            let span = at.span;
            let (ty, index) = (column.sent(&at), Literal::u16_unsuffixed(index));
            quote_spanned!(span=> #to.__field::<#ty, _>(#index, &#value.#field)?;)
        });
    let Site { krate, span, .. } = site;
    let conditions: Vec<_> = function.map(Signature::conditions).unwrap_or_default();
    let count = u16::try_from(columns.len())
        .map_err(|_| Diagnostic::too_many_to_copy(columns.len(), usize::from(u16::MAX)))?;
    let count = Literal::u16_unsuffixed(count);
    let head = quote_spanned!(*span=> to: &mut #krate::Arguments<'_>);
    let result = quote_spanned!(*span=> #krate::__private::Result<(), #krate::ArgumentError>);
    let bind = quote_spanned!(*span=> #krate::Bind::<#marker>::bind);
    Ok(quote_spanned! {*span=>
        #(#conditions)*
        #[automatically_derived]
        impl #krate::Bind<#marker> for #row {
            const COUNT: ::core::primitive::u16 = #count;

            fn bind(&self, #head) -> #result {
                let #value = self;
                #(#fields)*
                #krate::__private::Result::Ok(())
            }
        }

        #(#conditions)*
        #[automatically_derived]
        impl #krate::Bind<#marker> for &#row {
            const COUNT: ::core::primitive::u16 = #count;

            fn bind(&self, #head) -> #result {
                #bind(*self, to)
            }
        }
    })
}

/// COPY takes no parameters.
fn no_arguments(input: &Input) -> Result<(), Refusal> {
    let arguments = input.function.iter().flat_map(|it| &it.arguments);
    let refusal = arguments.fold(Refusal::default(), |refusal, argument| {
        let mistake = Diagnostic::copy_argument(&argument.to_string());
        refusal.and(Refusal::on(argument.span(), mistake))
    });
    if refusal.is_empty() {
        Ok(())
    } else {
        Err(refusal)
    }
}

fn out_of(input: &Input, text: &Text, describe: Describe<'_>) -> Result<TokenStream, Refusal> {
    let template = Template::copy_out(text.as_str())?;
    no_arguments(input)?;
    let answer = describe(&template)?;
    let site = Site::new(input.krate.clone(), text.span());
    let described = answer.description.columns.as_deref().unwrap_or_default();
    let columns = row::columns(described)?;
    let name = function::row_name(input.function.as_ref(), &site);
    let generated = Generated {
        name: &name,
        of: input.function.as_ref(),
        derives: &answer.derives,
    };
    let row = RowCode::new(&input.row, generated, &columns, &site)?;
    let parts = parts(
        "CopyOutParts",
        "sql",
        &template,
        &columns,
        &answer.description,
        &site,
    );
    let tracking = answer.tracked.code(&site);
    let warnings = Warnings::new(&answer, &input.allowed).code(&site);
    let decoder = code::decoder(&row, columns.is_empty(), &site);
    let Site { krate, span, .. } = &site;
    let RowCode { definition, ty, .. } = &row;
    let inside = input.function.is_none().then_some(definition);
    let value = quote_spanned! {*span=> {
        #inside
        #decoder
        #tracking
        #warnings
        #parts
        #krate::CopyOut::<#ty>::__new(PARTS, decode)
    }};
    Ok(match &input.function {
        Some(signature) => {
            let result = quote_spanned!(*span=> #krate::CopyOut<#ty>);
            named(signature, definition, &result, &value, &site)
        }
        None => value,
    })
}

/// The function that a copy is called by, with its items beside it.
fn named(
    signature: &Signature,
    items: &TokenStream,
    result: &TokenStream,
    value: &TokenStream,
    site: &Site,
) -> TokenStream {
    let Signature {
        attributes,
        visibility,
        name,
        ..
    } = signature;
    quote_spanned! {site.span=>
        #items
        #(#attributes)*
        #visibility const fn #name() -> #result #value
    }
}

/// `const PARTS: … = …;`
fn parts(
    ty: &str,
    field: &str,
    template: &Template,
    columns: &[Column<'_>],
    description: &Description,
    site: &Site,
) -> TokenStream {
    let Site { krate, span, .. } = site;
    let (ty, field) = (site.ident(ty), site.ident(field));
    let copied = copied(template, description.columns.as_deref().unwrap_or_default());
    let needs = needs::code(description, site);
    let columns = columns.iter().map(|column| column.code(site));
    let origin = code::origin(site);
    quote_spanned! {*span=>
        const PARTS: &#krate::__private::#ty = &#krate::__private::#ty {
            #field: #copied,
            columns: &[#(#columns),*],
            needs: #needs,
            origin: #origin,
        };
    }
}

/// What stands behind COPY. A table without a list gets the one that was checked: it may have more columns some day.
fn copied(template: &Template, described: &[ColumnDescription]) -> String {
    let copied = template.copied();
    match template.copy() {
        Some(Copy::In(table) | Copy::Out(table)) if table.columns.is_none() => {
            let names = described
                .iter()
                .map(|column| format!("\"{}\"", column.name.replace('"', "\"\"")));
            format!("{copied} ({})", names.collect::<Vec<_>>().join(", "))
        }
        _ => copied.to_owned(),
    }
}

#[cfg(test)]
mod tests;
