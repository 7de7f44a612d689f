//! Mistakes between a statement's placeholders and the Rust around it.

use std::ops::Range;

use super::similar::similar;
use super::{Diagnostic, count};

/// What the values of placeholders are given by, where it is not the variables around the macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentsForm {
    /// The arguments of `query! { pub fn by_email(email): "…" }`.
    Function,
    /// `.bind(…)` of a statement that is a value, in a `const` above all.
    Value,
}

impl Diagnostic {
    /// An argument of a named statement that no placeholder uses.
    #[must_use]
    pub fn argument_not_used<'a>(
        argument: &str,
        placeholders: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let diagnostic = Self::new(format!(
            "the argument `{argument}` is not used in the statement"
        ));
        match similar(argument, placeholders) {
            Some(name) => diagnostic.help(format!("did you mean `{name}`, as in ${name}?")),
            None => diagnostic.help(format!(
                "write ${argument} where its value belongs, or remove the argument"
            )),
        }
    }

    /// A placeholder that is none of the arguments of a named statement.
    #[must_use]
    pub fn not_an_argument<'a>(
        placeholder: &str,
        arguments: impl IntoIterator<Item = &'a str>,
        place: Range<usize>,
    ) -> Self {
        let diagnostic = Self::new(format!("${placeholder} is none of the arguments")).at(place);
        match similar(placeholder, arguments) {
            Some(name) => diagnostic.help(format!("did you mean ${name}?")),
            None => diagnostic.help(format!("add `{placeholder}` to the arguments")),
        }
    }

    /// An argument that is named twice.
    #[must_use]
    pub fn argument_twice(argument: &str) -> Self {
        Self::new(format!("the argument `{argument}` is named twice"))
            .help("give each argument its own name")
    }

    /// `{id}` where the values come from elsewhere.
    #[must_use]
    pub fn captured_where_declared(
        written: &str,
        form: ArgumentsForm,
        place: Range<usize>,
    ) -> Self {
        let name = written.rsplit('.').next().unwrap_or(written);
        let message = match form {
            ArgumentsForm::Function => {
                format!("expected placeholders such as ${name}, found the capture {{{written}}}")
            }
            ArgumentsForm::Value => {
                format!("there is no variable to capture here: found {{{written}}}")
            }
        };
        let help = match form {
            ArgumentsForm::Function => format!("write ${name} and make `{name}` an argument"),
            ArgumentsForm::Value => {
                format!("write ${name} and give the value with `.bind(…)` or `bind!`")
            }
        };
        Self::new(message).at(place).help(help)
    }

    /// `$1` in a named statement.
    #[must_use]
    pub fn positional_in_function(written: &str, place: Range<usize>) -> Self {
        Self::new(format!("expected the name of an argument, found {written}"))
            .at(place)
            .help("write $name with the name of the argument: order cannot swap names")
    }

    /// A number of values that is not the number of parameters.
    #[must_use]
    pub fn wrong_argument_count(expected: usize, found: usize) -> Self {
        Self::new(format!(
            "the statement has {}, found {found} in the call",
            count(expected, "parameter")
        ))
        .help("give one value per parameter, in the order of the placeholders")
    }
}
