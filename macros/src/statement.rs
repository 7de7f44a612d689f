//! From the input of a macro to its expansion: the life of a query while Rust compiles.

use hathi_query_cache::{ColumnDescription, Description, Diagnostic, Mistakes, Style, Template};
use proc_macro2::TokenStream;
use syn::Path;

use crate::code::Code;
use crate::function;
use crate::input::{Input, Row};
use crate::params;
use crate::report::{self, Refusal};
use crate::row::{self, Generated, RowCode};
use crate::site::Site;
use crate::text::Text;
use crate::tracking::Tracked;
use crate::warnings::Warnings;

/// What is known of a statement, and where from.
#[derive(Clone)]
pub(crate) struct Answer {
    /// What the statement is.
    pub(crate) description: Description,
    /// What the answer was read from.
    pub(crate) tracked: Tracked,
    /// What generated structs derive beside Debug.
    pub(crate) derives: Vec<Path>,
    /// The lints that the settings switch off.
    pub(crate) allowed: Vec<String>,
}

/// Answers for a statement: from the cache, from a server, or from a test.
pub(crate) type Describe<'a> = &'a dyn Fn(&Template) -> Result<Answer, Mistakes>;

/// Reads the file at a path that starts at the crate's manifest.
pub(crate) type ReadFile<'a> = &'a dyn Fn(&str) -> Result<String, Mistakes>;

/// The expansion of `query!`.
pub(crate) fn query(input: TokenStream, describe: Describe<'_>) -> TokenStream {
    expand(input, Kind::Query, None, describe)
}

/// The expansion of `command!`.
pub(crate) fn command(input: TokenStream, describe: Describe<'_>) -> TokenStream {
    expand(input, Kind::Command, None, describe)
}

/// The expansion of `query_file!`.
pub(crate) fn query_file(
    input: TokenStream,
    read: ReadFile<'_>,
    describe: Describe<'_>,
) -> TokenStream {
    expand(input, Kind::Query, Some(read), describe)
}

/// The expansion of `command_file!`.
pub(crate) fn command_file(
    input: TokenStream,
    read: ReadFile<'_>,
    describe: Describe<'_>,
) -> TokenStream {
    expand(input, Kind::Command, Some(read), describe)
}

/// Whether rows are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Query,
    Command,
}

fn expand(
    input: TokenStream,
    kind: Kind,
    read: Option<ReadFile<'_>>,
    describe: Describe<'_>,
) -> TokenStream {
    let input = match Input::read(input) {
        Ok(input) => input,
        Err(error) => return report::unreadable(&error),
    };
    let literals = Text::Literals(input.literals.clone());
    let is_item = input.function.is_some();
    let text = match read {
        Some(read) => literals.file(read),
        None => Ok(literals.clone()),
    };
    match text {
        Ok(text) => statement(&input, kind, &text, describe)
            .unwrap_or_else(|refusal| refusal.expand(&text, is_item)),
        Err(refusal) => refusal.expand(&literals, is_item),
    }
}

fn statement(
    input: &Input,
    kind: Kind,
    text: &Text,
    describe: Describe<'_>,
) -> Result<TokenStream, Refusal> {
    kind.admits(&input.row)?;
    let template = Template::parse(text.as_str())?;
    let arguments = match &input.function {
        Some(signature) => params::arguments(signature, &template)?,
        None => Vec::new(),
    };
    let answer = describe(&template)?;
    let site = Site::new(input.krate.clone(), text.span());
    let described = kind.columns(&answer.description)?;
    let params = params::params(&template, &answer.description);
    let columns = row::columns(described);
    let (params, columns) = Refusal::both(params, columns)?;
    let row_name = function::row_name(input.function.as_ref(), &site);
    let generated = Generated {
        name: &row_name,
        of: input.function.as_ref(),
        derives: &answer.derives,
    };
    let row = match kind {
        Kind::Query => Some(RowCode::new(&input.row, generated, &columns, &site)?),
        Kind::Command => None,
    };
    let code = Code {
        site: &site,
        sql: template.sql(),
        description: &answer.description,
        params,
        columns,
        row,
        tracked: answer.tracked.clone().and(text.tracked()),
        warnings: Warnings::new(&answer, &input.allowed),
    };
    Ok(match &input.function {
        Some(signature) => function::item(signature, &arguments, &code),
        None if template.style() == Style::Captured => {
            code.bound(&params::captures(&template, text))
        }
        None => code.value(),
    })
}

impl Kind {
    fn admits(self, row: &Row) -> Result<(), Refusal> {
        match (self, row.span()) {
            (Self::Command, Some(span)) => Err(Refusal::on(span, Diagnostic::row_of_a_command())),
            _ => Ok(()),
        }
    }

    fn columns(self, description: &Description) -> Result<&[ColumnDescription], Diagnostic> {
        match (self, &description.columns) {
            (Self::Query, Some(columns)) => Ok(columns),
            (Self::Query, None) => Err(Diagnostic::returns_no_rows()),
            (Self::Command, Some(_)) => Err(Diagnostic::returns_rows()),
            (Self::Command, None) => Ok(&[]),
        }
    }
}

#[cfg(test)]
mod tests;
