//! From the columns of a description to the code that makes a row: its type, its struct, its decoder.

use hathi_query_cache::{ColumnDescription, Diagnostic, Elements, Subject};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Path, PathArguments, Type};

use crate::field;
use crate::input::{Row, Signature};
use crate::report::Refusal;
use crate::site::Site;
use crate::types::{self, SqlType};

/// The code of a row.
#[derive(Debug)]
pub(crate) struct RowCode {
    /// The struct to write, if the macro makes one.
    pub(crate) definition: TokenStream,
    /// The row's type.
    pub(crate) ty: TokenStream,
    /// The expression that makes a row of `row`.
    pub(crate) value: TokenStream,
}

/// The struct that stands for a row unless the input names another type.
#[derive(Clone, Copy)]
pub(crate) struct Generated<'a> {
    /// What it is called.
    pub(crate) name: &'a Ident,
    /// The function whose row it is; without one it is a local name.
    pub(crate) of: Option<&'a Signature>,
    /// What it derives beside Debug.
    pub(crate) derives: &'a [Path],
}

/// A column of a type that hathi can read.
#[derive(Debug)]
pub(crate) struct Column<'a> {
    index: usize,
    description: &'a ColumnDescription,
    ty: SqlType,
}

/// Finds the types of all columns.
pub(crate) fn columns(described: &[ColumnDescription]) -> Result<Vec<Column<'_>>, Refusal> {
    columns_of(described, Subject::Column)
}

/// The same for columns that rows are copied into.
pub(crate) fn copied_in(described: &[ColumnDescription]) -> Result<Vec<Column<'_>>, Refusal> {
    columns_of(described, Subject::Copied)
}

fn columns_of<'d>(
    described: &'d [ColumnDescription],
    subject: impl Fn(&'d str) -> Subject<'d>,
) -> Result<Vec<Column<'d>>, Refusal> {
    let mut mistakes = Vec::new();
    let mut columns = Vec::new();
    for (index, description) in described.iter().enumerate() {
        match SqlType::by_name(&description.ty) {
            Some(ty) => columns.push(Column {
                index,
                description,
                ty,
            }),
            None => mistakes.push(types::without_codec(
                subject(&description.name),
                &description.ty,
            )),
        }
    }
    Refusal::unless_empty(mistakes)?;
    Ok(columns)
}

impl Column<'_> {
    /// `$crate::__private::Column { name: "id", ty: … }`
    pub(crate) fn code(&self, site: &Site) -> TokenStream {
        let Site { krate, span, .. } = site;
        let name = &self.description.name;
        let ty = self.ty.reference(site);
        quote_spanned!(*span=> #krate::__private::Column { name: #name, ty: #ty })
    }

    /// The SQL type, `Nullable` if NULL may be sent.
    pub(crate) fn sent(&self, site: &Site) -> TokenStream {
        let Site { krate, span, .. } = site;
        let marker = self.ty.marker(site);
        if self.description.nullable {
            quote_spanned!(*span=> #krate::sql::Nullable<#marker>)
        } else {
            marker
        }
    }

    // The column's own Rust type, in an Option if NULL can arrive.
    fn rust(&self, site: &Site) -> TokenStream {
        let Site { krate, span, .. } = site;
        let ty = match self.description.elements {
            Some(Elements::NotNull) if self.ty.is_array() => self.ty.rust_of_full_array(site),
            _ => self.ty.rust(site),
        };
        if self.description.nullable {
            quote_spanned!(*span=> #krate::__private::Option<#ty>)
        } else {
            ty
        }
    }

    // Reads the column into a value of the type `into`. `nullable` accepts nothing but an Option.
    fn read(&self, site: &Site, into: &TokenStream) -> TokenStream {
        let span = site.span;
        let method = site.ident(if self.description.nullable {
            "nullable"
        } else {
            "get"
        });
        let marker = self.ty.marker(site);
        let index = Literal::usize_unsuffixed(self.index);
        let row = argument(false, site);
        quote_spanned!(span=> #row.#method::<#marker, #into>(#index)?)
    }
}

/// The name of the decoder's argument.
pub(crate) fn argument(unused: bool, site: &Site) -> Ident {
    site.ident(if unused { "_row" } else { "row" })
}

impl RowCode {
    /// Writes what `row` asks for.
    pub(crate) fn new(
        row: &Row,
        generated: Generated<'_>,
        columns: &[Column<'_>],
        site: &Site,
    ) -> Result<Self, Refusal> {
        match row {
            Row::Generated => Self::generated(generated, columns, site),
            Row::Filled(path) => Self::filled(path, columns, site),
            Row::Tuple(_) => Ok(Self::tuple(columns, site)),
            Row::Typed(types, span) if types.len() != columns.len() => Err(Refusal::on(
                *span,
                Diagnostic::tuple_arity(types.len(), columns.len()),
            )),
            Row::Typed(types, _) => Ok(Self::typed(types, columns, site)),
            Row::Scalar(span) => match columns {
                [column] => Ok(Self::scalar(column, site)),
                _ => Err(Refusal::on(*span, Diagnostic::not_scalar(columns.len()))),
            },
        }
    }

    fn generated(
        generated: Generated<'_>,
        columns: &[Column<'_>],
        site: &Site,
    ) -> Result<Self, Refusal> {
        let Generated { name, of, derives } = generated;
        let fields = fields(columns, site)?;
        let types = columns.iter().map(|column| column.rust(site));
        let values = columns
            .iter()
            .map(|column| column.read(site, &inferred(site)));
        let docs = columns.iter().map(|column| match of {
            Some(_) => field::documentation(column.description, site),
            None => TokenStream::new(),
        });
        let (above, visibility) = head(of, site);
        Ok(Self {
            definition: quote_spanned! {site.span=>
                #above
                #[derive(::core::fmt::Debug #(, #derives)*)]
                #visibility struct #name {
                    #(#docs pub #fields: #types,)*
                }
            },
            ty: quote_spanned!(site.span=> #name),
            value: quote_spanned!(site.span=> #name { #(#fields: #values,)* }),
        })
    }

    fn filled(path: &Path, columns: &[Column<'_>], site: &Site) -> Result<Self, Refusal> {
        let fields = fields(columns, site)?;
        let at_path = site.pointing_at(path.span());
        let values = columns
            .iter()
            .map(|column| column.read(&at_path, &inferred(&at_path)));
        let constructor = as_expression(path);
        Ok(Self {
            definition: TokenStream::new(),
            ty: quote_spanned!(site.span=> #path),
            value: quote_spanned!(site.span=> #constructor { #(#fields: #values,)* }),
        })
    }

    fn tuple(columns: &[Column<'_>], site: &Site) -> Self {
        let none = vec![None; columns.len()];
        Self::typed(&none, columns, site)
    }

    fn typed(types: &[Option<Type>], columns: &[Column<'_>], site: &Site) -> Self {
        let (types, values): (Vec<_>, Vec<_>) = types
            .iter()
            .zip(columns)
            .map(|(ty, column)| Self::element(ty.as_ref(), column, site))
            .unzip();
        Self {
            definition: TokenStream::new(),
            ty: quote_spanned!(site.span=> (#(#types,)*)),
            value: quote_spanned!(site.span=> (#(#values,)*)),
        }
    }

    fn scalar(column: &Column<'_>, site: &Site) -> Self {
        let (ty, value) = Self::element(None, column, site);
        Self {
            definition: TokenStream::new(),
            ty,
            value,
        }
    }

    // The type and the value of a column that stands for itself.
    fn element(ty: Option<&Type>, column: &Column<'_>, site: &Site) -> (TokenStream, TokenStream) {
        let Some(ty) = ty else {
            return (column.rust(site), column.read(site, &inferred(site)));
        };
        let at_type = site.pointing_at(ty.span());
        (
            quote_spanned!(site.span=> #ty),
            column.read(&at_type, &inferred(&at_type)),
        )
    }
}

// What stands above and before `struct`: the conditions of its function, a word of documentation; its visibility.
fn head(of: Option<&Signature>, site: &Site) -> (TokenStream, TokenStream) {
    let Some(signature) = of else {
        return (TokenStream::new(), quote_spanned!(site.span=> pub));
    };
    let Signature {
        visibility, name, ..
    } = signature;
    let conditions = signature.conditions();
    let documentation = format!(" A row of `{}`.", name.unraw());
    (
        quote_spanned!(site.span=> #(#conditions)* #[doc = #documentation]),
        quote_spanned!(site.span=> #visibility),
    )
}

fn inferred(site: &Site) -> TokenStream {
    quote_spanned!(site.span=> _)
}

/// The names of all fields, or every column that cannot be one.
pub(crate) fn fields(columns: &[Column<'_>], site: &Site) -> Result<Vec<Ident>, Refusal> {
    let mut mistakes: Vec<Diagnostic> = Vec::new();
    let mut fields = Vec::new();
    for column in columns {
        let name = &column.description.name;
        match field::ident(name, site) {
            Some(field) => fields.push(field),
            None => mistakes.push(Diagnostic::unnamed_column(name, column.index + 1)),
        }
    }
    mistakes.extend(field::duplicates(
        columns
            .iter()
            .map(|column| column.description.name.as_str()),
    ));
    Refusal::unless_empty(mistakes)?;
    Ok(fields)
}

// `Page<User>` stands in a type as it is and in an expression as `Page::<User>`.
fn as_expression(path: &Path) -> Path {
    let mut path = path.clone();
    for segment in &mut path.segments {
        if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
            arguments.colon2_token = Some(syn::Token![::](arguments.lt_token.span));
        }
    }
    path
}
