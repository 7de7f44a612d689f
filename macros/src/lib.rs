//! The procedural macros of hathi.
//!
//! They are not called by their names here: `hathi` wraps each in a `macro_rules!` shell that hands its own path in
//! front, and documents it.

mod input;
mod literal;
mod text;

mod site;
mod types;

mod field;
mod needs;
mod params;
mod row;

mod bind;
mod code;
mod copy;
mod function;
mod statement;

mod report;
mod tracking;
mod warnings;

#[cfg(feature = "live")]
mod live;
mod project;
mod sources;

use hathi_query_cache::{Mistakes, Template};
use proc_macro::TokenStream;

use crate::sources::{Sources, read_file};
use crate::statement::Answer;

/// See `hathi::query!`.
#[proc_macro]
pub fn query(input: TokenStream) -> TokenStream {
    statement::query(input.into(), &describe).into()
}

/// See `hathi::command!`.
#[proc_macro]
pub fn command(input: TokenStream) -> TokenStream {
    statement::command(input.into(), &describe).into()
}

/// See `hathi::query_file!`.
#[proc_macro]
pub fn query_file(input: TokenStream) -> TokenStream {
    statement::query_file(input.into(), &read_file, &describe).into()
}

/// See `hathi::command_file!`.
#[proc_macro]
pub fn command_file(input: TokenStream) -> TokenStream {
    statement::command_file(input.into(), &read_file, &describe).into()
}

/// See `hathi::copy_in!`.
#[proc_macro]
pub fn copy_in(input: TokenStream) -> TokenStream {
    copy::copy_in(input.into(), &describe).into()
}

/// See `hathi::copy_out!`.
#[proc_macro]
pub fn copy_out(input: TokenStream) -> TokenStream {
    copy::copy_out(input.into(), &describe).into()
}

/// See `hathi::bind!`.
#[proc_macro]
pub fn bind(input: TokenStream) -> TokenStream {
    bind::bind(input.into()).into()
}

fn describe(template: &Template) -> Result<Answer, Mistakes> {
    Sources::of_this_crate()?.answer(template)
}
