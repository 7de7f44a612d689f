//! Mistakes in the text of a statement, found before any server sees it.

use std::ops::Range;

use hathi_sql_text::Unterminated;

use super::{Diagnostic, Rejected};
use crate::template::Style;

impl Diagnostic {
    /// A text of nothing but whitespace and comments.
    #[must_use]
    pub fn empty_statement() -> Self {
        Self::new("the statement is empty").help("write one SQL statement into the text")
    }

    /// A text of several statements; `second` is where the second one stands.
    #[must_use]
    pub fn two_statements(second: Range<usize>) -> Self {
        Self::new("expected one statement, found a second one behind the semicolon")
            .at(second)
            .help("write one statement per macro")
    }

    /// A literal, identifier or comment that is opened and not closed.
    #[must_use]
    pub fn unterminated(what: Unterminated, place: Range<usize>) -> Self {
        let (what, close) = match what {
            Unterminated::Comment => ("/* comment", "*/ (comments nest: each /* needs its own)"),
            Unterminated::Identifier => ("quoted identifier", "a double quote"),
            Unterminated::String => ("quoted string", "a single quote"),
            Unterminated::BitString => ("bit string literal", "a single quote"),
            Unterminated::HexString => ("hexadecimal string literal", "a single quote"),
            Unterminated::DollarString => {
                ("dollar-quoted string", "the same delimiter that opens it")
            }
        };
        Self::new(format!("unterminated {what}"))
            .at(place)
            .help(format!("close it with {close}"))
    }

    /// A NUL character, which ends a text in the protocol.
    #[must_use]
    pub fn nul_character(place: Range<usize>) -> Self {
        Self::new("the statement holds a NUL character, which PostgreSQL cannot take")
            .at(place)
            .help("remove it; bytes are sent as a parameter of type bytea")
    }

    /// A statement that the driver sends itself, or that would change what the driver relies on.
    #[must_use]
    pub fn rejected(rejected: Rejected, words: &str, place: Range<usize>) -> Self {
        let owner = if rejected.is_transaction_control() {
            "transactions"
        } else {
            "the session's state"
        };
        Self::new(format!(
            "{words} cannot be a checked statement: the driver looks after {owner}"
        ))
        .at(place)
        .help(rejected.help())
    }

    /// Two kinds of placeholders in one text; `place` is the first one of the second kind.
    #[must_use]
    pub fn mixed_styles(first: Style, second: Style, place: Range<usize>) -> Self {
        let (first, second) = (first.example(), second.example());
        Self::new(format!(
            "expected placeholders of one kind, found {second} beside {first}"
        ))
        .at(place)
        .help(format!("write all of them as {first} or all as {second}"))
    }

    /// `$1abc`
    #[must_use]
    pub fn parameter_junk(written: &str, place: Range<usize>) -> Self {
        let digits = written
            .chars()
            .skip(1)
            .take_while(char::is_ascii_digit)
            .count();
        let (parameter, rest) = written
            .split_at_checked(digits + 1)
            .unwrap_or((written, ""));
        Self::new(format!(
            "trailing junk after the parameter {parameter}: \"{rest}\""
        ))
        .at(place)
        .help(format!(
            "put a space behind {parameter}, or give the parameter a name that starts with a letter"
        ))
    }

    /// `$2` in a text without `$1`.
    #[must_use]
    pub fn parameter_gap(missing: usize, place: Range<usize>) -> Self {
        Self::new(format!(
            "the parameter ${missing} is missing: numbers start at $1 and leave none out"
        ))
        .at(place)
        .help("number the parameters $1, $2, … without gaps, or give them names: $id")
            .help(format!("or mention ${missing} with its type, if it is to be ignored: add a cast: `${missing}::type`"))
    }

    /// `$0`
    #[must_use]
    pub fn parameter_zero(place: Range<usize>) -> Self {
        Self::new("there is no parameter $0")
            .at(place)
            .help("parameters are numbered from $1 on")
    }

    /// More parameters than the protocol can count.
    #[must_use]
    pub fn too_many_parameters(found: &str, place: Range<usize>) -> Self {
        Self::new(format!("expected at most 65535 parameters, found {found}"))
            .at(place)
            .help("send many values as one array: … = ANY($ids), or INSERT … SELECT FROM unnest($ids, $names)")
    }

    /// `{…}` around something that is no path of names.
    #[must_use]
    pub fn not_a_capture(written: &str, place: Range<usize>) -> Self {
        let written = written.trim();
        let (message, help) = if written.is_empty() {
            (
                "expected a name between the braces, found nothing".to_owned(),
                "name a variable: {id}".to_owned(),
            )
        } else if written.starts_with(|first: char| first.is_ascii_digit()) {
            let help = "placeholders take no numbers in braces: capture a variable by name, {id}, or write $1";
            (
                format!("expected a name between the braces, found \"{written}\""),
                help.to_owned(),
            )
        } else if let Some((path, format)) = written
            .split_once(':')
            .filter(|(_, format)| !format.starts_with(':'))
        {
            let help = format!("values are sent, not printed: write {{{}}}", path.trim());
            (
                format!("expected a name between the braces, found the format \":{format}\""),
                help,
            )
        } else {
            let help = "braces take a variable and its fields, {user.id}: bind anything else with `let` in front";
            (
                format!("expected a name between the braces, found \"{written}\""),
                help.to_owned(),
            )
        };
        Self::new(message).at(place).help(help)
    }

    /// `{type}`
    #[must_use]
    pub fn captured_keyword(keyword: &str, place: Range<usize>) -> Self {
        let diagnostic = Self::new(format!(
            "expected a name between the braces, found the keyword \"{keyword}\""
        ))
        .at(place);
        match keyword {
            "super" | "crate" | "Self" | "_" => {
                diagnostic.help("braces take a variable and its fields: {user.id}")
            }
            "self" => diagnostic.help("`self` stands first: {self.id}"),
            _ => diagnostic.help(format!("write it as in Rust: r#{keyword}")),
        }
    }

    /// A `{` without its `}`.
    #[must_use]
    pub fn unclosed_capture(place: Range<usize>) -> Self {
        Self::new("expected } behind the captured name")
            .at(place)
            .help("close it: {id}; text in braces belongs between quotes")
    }

    /// A `}` without its `{`.
    #[must_use]
    pub fn stray_brace(place: Range<usize>) -> Self {
        Self::new("expected { in front of }")
            .at(place)
            .help("braces capture a variable: {id}; text in braces belongs between quotes")
    }

    /// `{{` or `}}` outside literals.
    #[must_use]
    pub fn doubled_brace(place: Range<usize>) -> Self {
        Self::new("doubled braces stand for nothing here: SQL has no braces outside literals")
            .at(place)
            .help("capture a variable with one pair: {id}; between quotes braces are text and need no doubling")
    }

    /// `${id}`
    #[must_use]
    pub fn dollar_brace(written: &str, place: Range<usize>) -> Self {
        Self::new("expected $name or {name}, found both at once")
            .at(place)
            .help(format!("leave the $ out: {written}"))
    }

    /// A placeholder in a statement that PostgreSQL does not analyse.
    #[must_use]
    pub fn utility_placeholder(place: Range<usize>) -> Self {
        Self::new("this statement takes no parameters, found a placeholder")
            .at(place)
            .help("utility statements take no parameters: write the value into the text")
    }
}
