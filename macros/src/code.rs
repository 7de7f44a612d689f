//! The expansion of a statement that is a value, bound to captures or not.

use hathi_query_cache::{Cardinality, Description};
use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::needs;
use crate::params::Param;
use crate::row::{self, Column, RowCode};
use crate::site::Site;
use crate::tracking::Tracked;
use crate::warnings::Warnings;

/// Everything that the code of a statement is written from.
#[derive(Debug)]
pub(crate) struct Code<'a> {
    /// Where the code stands.
    pub(crate) site: &'a Site,
    /// The statement as the server gets it.
    pub(crate) sql: &'a str,
    /// What it is.
    pub(crate) description: &'a Description,
    /// Its parameters.
    pub(crate) params: Vec<Param<'a>>,
    /// Its columns.
    pub(crate) columns: Vec<Column<'a>>,
    /// What a row becomes; `None` for a command.
    pub(crate) row: Option<RowCode>,
    /// What it depends on.
    pub(crate) tracked: Tracked,
    /// What it may do otherwise than meant.
    pub(crate) warnings: Warnings<'a>,
}

impl Code<'_> {
    /// The statement as a value: a block, so that its items stay out of the way of the user's names.
    pub(crate) fn value(&self) -> TokenStream {
        self.block(self.row.as_ref().map(|row| &row.definition))
    }

    /// The statement with its values: `$crate::Query::bind({ … }, (&id,))`.
    /// The values stand outside of the block, where the user's names mean what they mean around the macro.
    pub(crate) fn bound(&self, values: &[TokenStream]) -> TokenStream {
        self.bind(&self.value(), values)
    }

    /// The same for a named statement, whose row is defined beside it.
    pub(crate) fn bound_without_row(&self, values: &[TokenStream]) -> TokenStream {
        self.bind(&self.block(None), values)
    }

    /// The tuple of the parameters' SQL types.
    pub(crate) fn types(&self) -> TokenStream {
        let types = self.params.iter().map(|param| param.ty(self.site));
        quote_spanned!(self.site.span=> (#(#types,)*))
    }

    /// `$crate::Many`
    pub(crate) fn cardinality(&self) -> TokenStream {
        let Site { krate, span, .. } = self.site;
        let name = self.site.ident(match self.description.cardinality {
            Some(Cardinality::One) => "One",
            Some(Cardinality::Optional) => "Optional",
            Some(Cardinality::AtLeastOne) => "AtLeastOne",
            Some(Cardinality::Many) | None => "Many",
        });
        quote_spanned!(*span=> #krate::#name)
    }

    // The call stands where the SQL stands, not in the expansion: else errors about a value point at the whole macro.
    fn bind(&self, statement: &TokenStream, values: &[TokenStream]) -> TokenStream {
        let Site { krate, sql, .. } = self.site;
        let name = match self.row {
            Some(_) => quote_spanned!(*sql=> Query),
            None => quote_spanned!(*sql=> Command),
        };
        quote_spanned!(*sql=> #krate::#name::bind(#statement, (#(#values,)*)))
    }

    fn block(&self, definition: Option<&TokenStream>) -> TokenStream {
        let Site { krate, span, .. } = self.site;
        let tracking = self.tracked.code(self.site);
        let warnings = self.warnings.code(self.site);
        let parts = self.parts();
        let types = self.types();
        let Some(row) = &self.row else {
            return quote_spanned! {*span=> {
                #tracking
                #warnings
                #parts
                #krate::Command::<#types>::__new(PARTS)
            }};
        };
        let RowCode { ty, .. } = row;
        let decoder = self.decoder(row);
        let cardinality = self.cardinality();
        quote_spanned! {*span=> {
            #definition
            #decoder
            #tracking
            #warnings
            #parts
            #krate::Query::<#types, #ty, #cardinality>::__new(PARTS, decode)
        }}
    }

    fn decoder(&self, row: &RowCode) -> TokenStream {
        decoder(row, self.columns.is_empty(), self.site)
    }

    fn parts(&self) -> TokenStream {
        let Site { krate, span, .. } = self.site;
        let sql = self.sql;
        let parameters = self.params.iter().map(|param| param.reference(self.site));
        let names = self.params.iter().map(Param::name);
        let columns = self.columns.iter().map(|column| column.code(self.site));
        let writes = self.description.is_write();
        let summary = hathi_sql_text::summary(sql);
        let needs = needs::code(self.description, self.site);
        let origin = origin(self.site);
        quote_spanned! {*span=>
            const PARTS: &#krate::__private::Parts = &#krate::__private::Parts {
                sql: #sql,
                parameters: &[#(#parameters),*],
                names: &[#(#names),*],
                columns: &[#(#columns),*],
                writes: #writes,
                summary: #summary,
                needs: #needs,
                origin: #origin,
            };
        }
    }
}

/// The function that makes a row of the bytes that arrive.
pub(crate) fn decoder(row: &RowCode, unused: bool, site: &Site) -> TokenStream {
    let Site { krate, span, .. } = site;
    let RowCode { ty, value, .. } = row;
    let argument = row::argument(unused, site);
    quote_spanned! {*span=>
        fn decode(
            #argument: &#krate::__private::DataRow<'_>,
        ) -> #krate::__private::Result<#ty, #krate::Error> {
            #krate::__private::Result::Ok(#value)
        }
    }
}

/// Where the statement stands.
pub(crate) fn origin(site: &Site) -> TokenStream {
    let Site { krate, span, .. } = site;
    quote_spanned! {*span=>
        #krate::__private::Origin {
            file: ::core::file!(),
            line: ::core::line!(),
            column: ::core::column!(),
        }
    }
}
