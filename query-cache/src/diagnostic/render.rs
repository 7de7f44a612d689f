//! A diagnostic as people and programs read it.

use serde_json::{Value, json};

use hathi_sql_text::caret_block;

use super::Diagnostic;

/// A place in a source file, for people: lines and columns are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePlace {
    /// The file, as the compiler names it.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// How far the compiler shifts the lines of a message below its first: the width of `error: `.
const ERROR: &str = "error: ";

impl Diagnostic {
    /// The text for the compiler: the words, the place in `text` with carets below it, where that is in the source, and
    /// the ways out. The compiler writes `error: ` in front and shifts all other lines by as much.
    #[must_use]
    pub fn render(&self, text: &str, at: Option<&SourcePlace>) -> String {
        let mut lines = vec![self.message.clone()];
        if let Some(place) = &self.place {
            lines.extend(
                caret_block(text, place.clone())
                    .lines()
                    .map(|line| format!("  {line}")),
            );
        }
        if let Some(SourcePlace { file, line, column }) = at {
            lines.push(format!(" --> {file}:{line}:{column}"));
        }
        let detail = self.detail.iter().map(|words| ("detail", words));
        let hint = self.hint.iter().map(|words| ("hint", words));
        let help = self.help.iter().map(|words| ("help", words));
        for (label, words) in detail.chain(hint).chain(help) {
            let mut words = words.lines();
            lines.push(format!("{label}: {}", words.next().unwrap_or_default()));
            let shift = " ".repeat(label.len() + 2);
            lines.extend(words.map(|line| format!("{shift}{line}")));
        }
        lines.join("\n")
    }

    /// The same as the compiler would print it, for tools that print it themselves.
    ///
    /// # Example: two statements
    ///
    /// ```
    /// let text = "SELECT 1; SELECT 2";
    /// let mistakes = hathi_query_cache::Template::parse(text).unwrap_err();
    /// let expected = "error: expected one statement, found a second one behind the semicolon
    ///          SELECT 1; SELECT 2
    ///                    ^^^^^^^^
    ///        help: write one statement per macro";
    /// assert_eq!(mistakes.0[0].report(text, None), expected);
    /// ```
    #[must_use]
    pub fn report(&self, text: &str, at: Option<&SourcePlace>) -> String {
        let shift = format!("\n{}", " ".repeat(ERROR.len()));
        format!("{ERROR}{}", self.render(text, at).replace('\n', &shift))
    }

    /// The mistake as `cargo hathi describe --json` prints it. The position counts characters of `text` from 1.
    #[must_use]
    pub fn to_json(&self, text: &str) -> Value {
        let before = self
            .place
            .as_ref()
            .and_then(|place| text.get(..place.start));
        let help = (!self.help.is_empty()).then(|| self.help.join("\n"));
        json!({ "error": {
            "message": self.message,
            "sqlstate": self.sqlstate,
            "position": before.map(|before| before.chars().count() + 1),
            "detail": self.detail,
            "hint": self.hint,
            "help": help,
        } })
    }
}
