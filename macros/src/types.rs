//! SQL types in generated code: their markers in `hathi::sql`, their references, and their own Rust types.

use hathi_query_cache::{Diagnostic, Subject, types};
use proc_macro2::{Literal, TokenStream};
use quote::quote_spanned;

use crate::site::Site;

/// An SQL type that values can be sent as and read from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SqlType {
    oid: u32,
    marker: &'static str,
    array: bool,
}

impl SqlType {
    /// Finds the type that a description calls `name` (`int4`, `timestamptz[]`).
    /// `None` for the types of users and those that have no codec.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        let info = types::by_name(name)?;
        let element = name.strip_suffix("[]").and_then(types::by_name);
        Some(Self {
            oid: info.oid,
            marker: element.unwrap_or(info).marker?,
            array: element.is_some(),
        })
    }

    /// `$crate::sql::Int4`, `$crate::sql::Array<$crate::sql::Int4>`
    pub(crate) fn marker(self, site: &Site) -> TokenStream {
        let Site { krate, span, .. } = site;
        let marker = site.ident(self.marker);
        if self.array {
            quote_spanned!(*span=> #krate::sql::Array<#krate::sql::#marker>)
        } else {
            quote_spanned!(*span=> #krate::sql::#marker)
        }
    }

    /// `$crate::__private::TypeRef::Oid(23)`
    pub(crate) fn reference(self, site: &Site) -> TokenStream {
        let Site { krate, span, .. } = site;
        let oid = Literal::u32_unsuffixed(self.oid);
        quote_spanned!(*span=> #krate::__private::TypeRef::Oid(#oid))
    }

    /// The Rust type of a value: written out where there is only one, else left to the marker,
    /// whose choice depends on the features of the runtime.
    pub(crate) fn rust(self, site: &Site) -> TokenStream {
        let Site { krate, span, .. } = site;
        let primitive = |name| {
            let name = site.ident(name);
            quote_spanned!(*span=> ::core::primitive::#name)
        };
        match self.marker {
            _ if self.array => self.chosen_by_marker(site),
            "Bool" => primitive("bool"),
            "Int2" => primitive("i16"),
            "Int4" => primitive("i32"),
            "Int8" => primitive("i64"),
            "Float4" => primitive("f32"),
            "Float8" => primitive("f64"),
            "Text" | "Varchar" | "Bpchar" | "Name" => {
                quote_spanned!(*span=> #krate::__private::String)
            }
            "Bytea" => {
                let byte = primitive("u8");
                quote_spanned!(*span=> #krate::__private::Vec<#byte>)
            }
            _ => self.chosen_by_marker(site),
        }
    }

    /// The same of an array none of whose elements is NULL.
    pub(crate) fn rust_of_full_array(self, site: &Site) -> TokenStream {
        let Site { krate, span, .. } = site;
        let element = Self {
            array: false,
            ..self
        };
        let element = element.rust(site);
        quote_spanned!(*span=> #krate::__private::Vec<#element>)
    }

    /// Whether it is an array.
    pub(crate) fn is_array(self) -> bool {
        self.array
    }

    fn chosen_by_marker(self, site: &Site) -> TokenStream {
        let Site { krate, span, .. } = site;
        let marker = self.marker(site);
        quote_spanned!(*span=> <#marker as #krate::sql::Type>::Rust)
    }
}

/// What is said of a type that [`SqlType::by_name`] does not find.
pub(crate) fn without_codec(subject: Subject<'_>, ty: &str) -> Diagnostic {
    let element = ty.strip_suffix("[]").unwrap_or(ty);
    match types::by_name(element) {
        None => Diagnostic::unmapped_type(subject, ty),
        Some(info) if info.kind == types::Kind::Pseudo => Diagnostic::pseudo_type(subject, ty),
        Some(_) => Diagnostic::unsupported_type(subject, ty),
    }
}
