//! From the parameters of a description to the code that names their types and binds their values.

use std::collections::BTreeSet;

use hathi_query_cache::{
    ArgumentsForm, Description, Diagnostic, Parameter, Style, Subject, Template,
};
use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::ext::IdentExt as _;

use crate::input::Signature;
use crate::report::Refusal;
use crate::site::Site;
use crate::text::Text;
use crate::types::{self, SqlType};

/// A parameter of a type that hathi can send.
#[derive(Debug)]
pub(crate) struct Param<'a> {
    parameter: &'a Parameter,
    ty: SqlType,
    nullable: bool,
}

/// The longest tuple of values that the runtime binds.
pub(crate) const MOST: usize = 64;

/// Finds the types of all parameters.
pub(crate) fn params<'a>(
    template: &'a Template,
    description: &Description,
) -> Result<Vec<Param<'a>>, Refusal> {
    let count = template.parameters().len();
    if count > MOST {
        return Err(Diagnostic::too_many_to_bind(count, MOST).into());
    }
    let mut params = Vec::new();
    let mut mistakes = Vec::new();
    for (index, (parameter, described)) in template
        .parameters()
        .iter()
        .zip(&description.parameters)
        .enumerate()
    {
        match SqlType::by_name(&described.ty) {
            Some(ty) => params.push(Param {
                parameter,
                ty,
                nullable: described.nullable,
            }),
            None => mistakes.push(without_codec(
                parameter,
                index,
                template.style(),
                &described.ty,
            )),
        }
    }
    Refusal::unless_empty(mistakes)?;
    Ok(params)
}

fn without_codec(parameter: &Parameter, index: usize, style: Style, ty: &str) -> Diagnostic {
    let written = match (&parameter.name, style) {
        (Some(name), Style::Captured) => format!("{{{name}}}"),
        (Some(name), _) => format!("${name}"),
        (None, _) => format!("${}", index + 1),
    };
    let mistake = types::without_codec(Subject::Parameter(&written), ty);
    match parameter.places.first() {
        Some(place) => mistake.at(place.clone()),
        None => mistake,
    }
}

impl Param<'_> {
    /// The SQL type, `Nullable` if NULL may be sent.
    pub(crate) fn ty(&self, site: &Site) -> TokenStream {
        let Site { krate, span, .. } = site;
        let marker = self.ty.marker(site);
        if self.nullable {
            quote_spanned!(*span=> #krate::sql::Nullable<#marker>)
        } else {
            marker
        }
    }

    /// `$crate::__private::TypeRef::Oid(23)`
    pub(crate) fn reference(&self, site: &Site) -> TokenStream {
        self.ty.reference(site)
    }

    /// The name, empty for `$1`.
    pub(crate) fn name(&self) -> &str {
        let name = self.parameter.name.as_deref().unwrap_or_default();
        name.strip_prefix("r#").unwrap_or(name)
    }
}

/// The references to what a text captures: `&id`, `&user.id`, `&self.id`. Each is found where its literal stands.
pub(crate) fn captures(template: &Template, text: &Text) -> Vec<TokenStream> {
    let captured = template.parameters().iter().filter_map(|parameter| {
        let place = parameter.places.first()?;
        Some((parameter.path.as_deref()?, text.locate(place.start).span))
    });
    captured
        .map(|(path, literal)| {
            let parts = path.split('.').map(|part| path_part(part, literal));
            // One span for all of it: errors about its type point at the literal.
            quote_spanned!(literal=> &#(#parts).*)
        })
        .collect()
}

fn path_part(part: &str, literal: Span) -> TokenTree {
    if let Some(name) = part.strip_prefix("r#") {
        return Ident::new_raw(name, literal).into();
    }
    match part.parse() {
        Ok(index) => {
            let mut index = Literal::usize_unsuffixed(index);
            index.set_span(literal);
            index.into()
        }
        Err(_) => Ident::new(part, literal).into(),
    }
}

/// Checks that a named statement and its arguments speak of the same names, and puts the arguments in the order of the
/// parameters.
pub(crate) fn arguments<'a>(
    signature: &'a Signature,
    template: &Template,
) -> Result<Vec<&'a Ident>, Refusal> {
    let names: Vec<String> = signature
        .arguments
        .iter()
        .map(|argument| argument.unraw().to_string())
        .collect();
    let mut refusal = twice(&signature.arguments, &names).and(unused(signature, &names, template));
    let mut ordered = Vec::new();
    for (index, parameter) in template.parameters().iter().enumerate() {
        let place = parameter.places.first().cloned().unwrap_or_default();
        let mistake = match (&parameter.name, template.style()) {
            (Some(name), Style::Named) => {
                match names.iter().position(|argument| argument == name) {
                    Some(argument) => {
                        ordered.push(&signature.arguments[argument]);
                        continue;
                    }
                    None => {
                        Diagnostic::not_an_argument(name, names.iter().map(String::as_str), place)
                    }
                }
            }
            (Some(name), _) => {
                Diagnostic::captured_where_declared(name, ArgumentsForm::Function, place)
            }
            (None, _) => Diagnostic::positional_in_function(&format!("${}", index + 1), place),
        };
        refusal = refusal.and(mistake.into());
    }
    if refusal.is_empty() {
        Ok(ordered)
    } else {
        Err(refusal)
    }
}

fn twice(arguments: &[Ident], names: &[String]) -> Refusal {
    let mut refusal = Refusal::default();
    let mut seen = BTreeSet::new();
    for (argument, name) in arguments.iter().zip(names) {
        if !seen.insert(name) {
            refusal = refusal.and(Refusal::on(
                argument.span(),
                Diagnostic::argument_twice(name),
            ));
        }
    }
    refusal
}

// Silent where placeholders have no names: that is the mistake then.
fn unused(signature: &Signature, names: &[String], template: &Template) -> Refusal {
    if matches!(template.style(), Style::Positional | Style::Captured) {
        return Refusal::default();
    }
    let used: Vec<&str> = template
        .parameters()
        .iter()
        .filter_map(|parameter| parameter.name.as_deref())
        .collect();
    // A placeholder that is no argument is most likely this argument, misspelt: one mistake, reported there.
    if used
        .iter()
        .any(|name| !names.iter().any(|argument| argument == name))
    {
        return Refusal::default();
    }
    let mut refusal = Refusal::default();
    for (argument, name) in signature.arguments.iter().zip(names) {
        if !used.contains(&name.as_str()) {
            let mistake = Diagnostic::argument_not_used(name, used.iter().copied());
            refusal = refusal.and(Refusal::on(argument.span(), mistake));
        }
    }
    refusal
}
