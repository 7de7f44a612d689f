//! What stands inside the parentheses of a macro: the path of the runtime, the SQL, and how rows are wanted.

use hathi_query_cache::{Diagnostic, LINTS};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Attribute, LitStr, Token, Type, Visibility, parenthesized, token};

use crate::literal::Literals;
use crate::report::On as _;

/// Words that are none of Rust's.
mod word {
    syn::custom_keyword!(allow);
}

/// The input of one macro call.
///
/// ```text
/// expression:  LITERAL+ [as ROW] [, ALLOW] [,]
/// item:        ATTRIBUTE* VISIBILITY fn NAME ( argument, … ) [-> ROW] : LITERAL+ [, ALLOW] [;]
/// ALLOW:       allow ( lint, … )
/// ROW:         tuple | scalar | (T, _, …) | path::to::Struct
/// ```
pub(crate) struct Input {
    /// The runtime crate as its `macro_rules!` shell sees it: `$crate`.
    pub(crate) krate: Ident,
    /// The signature, if the statement is a named function.
    pub(crate) function: Option<Signature>,
    /// The statement, or the path of the file that holds it.
    pub(crate) literals: Literals,
    /// What a row becomes.
    pub(crate) row: Row,
    /// The lints that are not to be shown.
    pub(crate) allowed: Vec<String>,
}

/// The head of a named statement.
pub(crate) struct Signature {
    /// Documentation and other attributes, for the function.
    pub(crate) attributes: Vec<Attribute>,
    /// Who sees the function and its row.
    pub(crate) visibility: Visibility,
    /// The function's name.
    pub(crate) name: Ident,
    /// The names of the arguments: those of the SQL's parameters, in the order of the caller.
    pub(crate) arguments: Vec<Ident>,
}

/// What a row becomes.
pub(crate) enum Row {
    /// A struct that the macro writes.
    Generated,
    /// A struct of the user, filled field by field.
    Filled(Box<syn::Path>),
    /// A tuple of the columns' own types.
    Tuple(Span),
    /// A tuple whose elements name their types; `None` stands for `_`.
    Typed(Vec<Option<Type>>, Span),
    /// The only column itself.
    Scalar(Span),
}

impl Input {
    /// Reads the tokens that the shell hands on.
    pub(crate) fn read(tokens: TokenStream) -> syn::Result<Self> {
        Self::parse.parse2(without_invisible_groups(tokens))
    }
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate = Ident::parse_any(input)?;
        let function = if input.peek(Token![#]) || input.peek(Token![pub]) || input.peek(Token![fn])
        {
            Some(input.parse::<Signature>()?)
        } else {
            None
        };
        let mut row = Row::Generated;
        if function.is_some() {
            if input.peek(Token![->]) {
                input.parse::<Token![->]>()?;
                row = input.parse()?;
            }
            colon(input)?;
        }
        let literals = literals(input)?;
        if input.peek(Token![as]) {
            let keyword = input.parse::<Token![as]>()?;
            if function.is_some() {
                return Err(Diagnostic::row_behind_sql_of_a_function().on(keyword.span));
            }
            row = input.parse()?;
        }
        let allowed = allowed(input)?;
        end(input, function.is_some())?;
        Ok(Self {
            krate,
            function,
            literals,
            row,
            allowed,
        })
    }
}

impl Parse for Signature {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        input.parse::<Token![fn]>()?;
        let name = input.parse()?;
        let content;
        parenthesized!(content in input);
        let arguments = Punctuated::<Ident, Token![,]>::parse_terminated_with(&content, argument)?;
        Ok(Self {
            attributes,
            visibility,
            name,
            arguments: arguments.into_iter().collect(),
        })
    }
}

impl Signature {
    /// The conditions under which the function exists: they hold for what is beside it, too.
    pub(crate) fn conditions(&self) -> Vec<&Attribute> {
        let attributes = self.attributes.iter();
        attributes
            .filter(|attribute| attribute.path().is_ident("cfg"))
            .collect()
    }
}

impl Row {
    /// The tokens that ask for it.
    pub(crate) fn span(&self) -> Option<Span> {
        match self {
            Self::Generated => None,
            Self::Filled(path) => Some(path.span()),
            Self::Tuple(span) | Self::Typed(_, span) | Self::Scalar(span) => Some(*span),
        }
    }
}

impl Parse for Row {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(token::Paren) {
            return elements(input);
        }
        let span = input.span();
        let ty: Type = input
            .parse()
            .map_err(|_| Diagnostic::unknown_row().on(span))?;
        let path = match ty {
            Type::Path(path) if path.qself.is_none() => path.path,
            _ => return Err(Diagnostic::unknown_row().on(span)),
        };
        match path.get_ident().map(Ident::to_string).as_deref() {
            Some("tuple") => Ok(Self::Tuple(span)),
            Some("scalar") => Ok(Self::Scalar(span)),
            _ if is_a_value(&path) => Err(Diagnostic::value_as_row(&spelled(&path)).on(span)),
            _ => Ok(Self::Filled(Box::new(path))),
        }
    }
}

fn elements(input: ParseStream<'_>) -> syn::Result<Row> {
    let content;
    let parentheses = parenthesized!(content in input);
    let elements = Punctuated::<Type, Token![,]>::parse_terminated(&content)?;
    let elements = elements.into_iter().map(|ty| match ty {
        Type::Infer(_) => None,
        ty => Some(ty),
    });
    Ok(Row::Typed(elements.collect(), parentheses.span.join()))
}

// Types that are no structs of the user: `as i32` means one value.
fn is_a_value(path: &syn::Path) -> bool {
    const VALUES: &[&str] = &[
        "bool", "char", "str", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32",
        "u64", "u128", "usize", "f32", "f64", "String", "Vec", "Option",
    ];
    path.segments.len() == 1 && VALUES.iter().any(|value| path.segments[0].ident == value)
}

fn spelled(path: &syn::Path) -> String {
    quote::quote!(#path).to_string().replace(' ', "")
}

fn argument(input: ParseStream<'_>) -> syn::Result<Ident> {
    let name: Ident = input
        .parse()
        .map_err(|_| Diagnostic::argument_is_no_name().on(input.span()))?;
    if input.peek(Token![:]) {
        return Err(Diagnostic::argument_with_type(&name.to_string()).on(input.span()));
    }
    Ok(name)
}

fn colon(input: ParseStream<'_>) -> syn::Result<()> {
    if input.peek(Token![:]) {
        input.parse::<Token![:]>()?;
        return Ok(());
    }
    Err(Diagnostic::no_colon().on(input.span()))
}

fn literals(input: ParseStream<'_>) -> syn::Result<Literals> {
    if !input.peek(LitStr) {
        let mistake = if input.is_empty() {
            Diagnostic::no_sql()
        } else {
            Diagnostic::sql_is_no_literal(&format!("`{}`", found(input)))
        };
        return Err(mistake.on(input.span()));
    }
    let first = input.parse()?;
    let mut others = Vec::new();
    while input.peek(LitStr) {
        others.push(input.parse()?);
    }
    Ok(Literals::new(first, others))
}

fn allowed(input: ParseStream<'_>) -> syn::Result<Vec<String>> {
    let is_there = input.peek(Token![,]) && input.peek2(word::allow) && input.peek3(token::Paren);
    if !is_there {
        return Ok(Vec::new());
    }
    input.parse::<Token![,]>()?;
    input.parse::<word::allow>()?;
    let content;
    parenthesized!(content in input);
    let names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&content, lint)?;
    let known = |name: Ident| {
        let text = name.to_string();
        if LINTS.contains(&&*text) {
            Ok(text)
        } else {
            Err(Diagnostic::unknown_lint(&text).on(name.span()))
        }
    };
    names.into_iter().map(known).collect()
}

fn lint(input: ParseStream<'_>) -> syn::Result<Ident> {
    let name: Option<Ident> = input.parse().ok();
    name.ok_or_else(|| Diagnostic::lint_is_no_name().on(input.span()))
}

// The next token, with the `!` that makes it a macro.
fn found(input: ParseStream<'_>) -> String {
    let mut tokens = input.cursor().token_stream().into_iter();
    let first = tokens
        .next()
        .map(|token| token.to_string())
        .unwrap_or_default();
    match tokens.next() {
        Some(TokenTree::Punct(punct)) if punct.as_char() == '!' => format!("{first}!"),
        _ => first,
    }
}

fn end(input: ParseStream<'_>, named: bool) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    let span = input.span();
    if input.peek(Token![+]) {
        return Err(Diagnostic::plus_between_literals().on(span));
    }
    if input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
        if !input.is_empty() {
            return Err(Diagnostic::values_behind_sql().on(input.span()));
        }
        return Ok(());
    }
    if named && input.peek(Token![;]) {
        input.parse::<Token![;]>()?;
        if input.is_empty() {
            return Ok(());
        }
    }
    Err(Diagnostic::tokens_behind_sql(&found(input)).on(input.span()))
}

// Metavariables (`$sql:literal`, `$row:ty`) arrive wrapped in groups without delimiters.
fn without_invisible_groups(tokens: TokenStream) -> TokenStream {
    let wrapped = |tree: &TokenTree| matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::None);
    if !tokens.clone().into_iter().any(|tree| wrapped(&tree)) {
        return tokens;
    }
    let flat = |tree: TokenTree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            without_invisible_groups(Group::stream(&group))
        }
        tree => tree.into(),
    };
    tokens.into_iter().map(flat).collect()
}

#[cfg(test)]
mod tests;
