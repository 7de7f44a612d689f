//! A statement as it is written: its placeholders found, numbered, and their places kept.

mod capture;
mod copy;
mod scan;
#[cfg(test)]
mod soup;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use hathi_sql_text::statements;

use crate::diagnostic::{Diagnostic, Mistakes, rejected};
pub use copy::{Copy, CopyTable};
use scan::{Found, Placeholder, scan};

/// One statement with its placeholders.
///
/// Placeholders are `$1`, `$name`, or `{path}` of a Rust variable and its fields; a text uses one kind. Repeated names
/// share a parameter. Inside literals, dollar strings, quoted identifiers and comments nothing is a placeholder: a JSON
/// text such as `'{"a": 1}'` stays as it is, and braces need no doubling. Nothing but placeholders is ever rewritten.
///
/// # Example: names become numbers
///
/// ```
/// let template = hathi_query_cache::Template::parse("SELECT * FROM t WHERE a = {user.id} OR b = {user.id}").unwrap();
/// assert_eq!(template.sql(), "SELECT * FROM t WHERE a = $1 OR b = $1");
/// assert_eq!(template.parameters()[0].path.as_deref(), Some("user.id"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    sql: String,
    style: Style,
    parameters: Vec<Parameter>,
    replaced: Vec<Replaced>,
    copy: Option<Copy>,
}

/// How a text writes its placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// It has none.
    None,
    /// `$1`
    Positional,
    /// `$name`
    Named,
    /// `{path}`
    Captured,
}

/// A parameter: what one number in [`Template::sql`] stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// What the text calls it: `name` of `$name`, the whole path of `{user.id}`, `None` for `$1`.
    pub name: Option<String>,
    /// The Rust path between the braces, without spaces.
    pub path: Option<String>,
    /// Where its placeholders stand in [`Template::text`].
    pub places: Vec<Range<usize>>,
}

/// A placeholder that was rewritten.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Replaced {
    sql: Range<usize>,
    text: Range<usize>,
}

impl Template {
    /// Reads a statement.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the text itself: no statement or several, literals that do not end, placeholders
    /// of several kinds or with gaps, braces around something else than a path, statements that the driver sends itself.
    pub fn parse(text: &str) -> Result<Self, Mistakes> {
        if let Some(nul) = text.find('\0') {
            return Err(Diagnostic::nul_character(nul..nul + 1).into());
        }
        let found = scan(text);
        let mut mistakes = found.mistakes.clone();
        if mistakes.is_empty() {
            mistakes.extend(statement_mistake(text));
            mistakes.extend(found.mixed());
        }
        if mistakes.is_empty() {
            mistakes.extend(found.misnumbered());
        }
        if !mistakes.is_empty() {
            return Err(Mistakes(mistakes));
        }
        Ok(Self::build(text, &found))
    }

    /// The statement as the server gets it, with `$1`, `$2`, …
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The statement as it is written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parameters, `$1` first.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// How the text writes its placeholders.
    #[must_use]
    pub fn style(&self) -> Style {
        self.style
    }

    /// What a COPY copies, if this is one: it takes no parameters, and the server does not analyse it.
    #[must_use]
    pub fn copy(&self) -> Option<&Copy> {
        self.copy.as_ref()
    }

    /// Where a piece of [`Template::sql`] stands in [`Template::text`]. A piece of a placeholder is all of it.
    #[must_use]
    pub fn to_source(&self, range: Range<usize>) -> Range<usize> {
        let start = self.source_offset(range.start, |replaced| replaced.text.start);
        if range.end <= range.start {
            return start..start;
        }
        // The last byte of the piece decides, so that a placeholder behind the piece stays out.
        let last = self.source_offset(range.end - 1, |replaced| {
            replaced.text.end.saturating_sub(1)
        });
        start..(last + 1).min(self.text.len())
    }

    /// Where a byte of the SQL stands in the text, by `inside` if it belongs to a placeholder.
    fn source_offset(&self, offset: usize, inside: impl Fn(&Replaced) -> usize) -> usize {
        let before = self
            .replaced
            .partition_point(|replaced| replaced.sql.end <= offset);
        match self
            .replaced
            .get(before)
            .filter(|replaced| replaced.sql.contains(&offset))
        {
            Some(replaced) => inside(replaced),
            None => {
                let last = before
                    .checked_sub(1)
                    .and_then(|last| self.replaced.get(last));
                let (sql, text) = last.map_or((0, 0), |last| (last.sql.end, last.text.end));
                (text + (offset - sql)).min(self.text.len())
            }
        }
    }

    fn build(text: &str, found: &Found) -> Self {
        let mut template = Self {
            text: text.to_owned(),
            sql: String::with_capacity(text.len()),
            style: found.style(),
            parameters: Vec::new(),
            replaced: Vec::new(),
            copy: None,
        };
        let mut numbers = BTreeMap::new();
        let mut copied = 0;
        for placeholder in &found.placeholders {
            let next = numbers.len() + 1;
            let number = placeholder
                .number
                .unwrap_or_else(|| *numbers.entry(&placeholder.name).or_insert(next));
            template.add_place(placeholder, number);
            template
                .sql
                .push_str(&text[copied..placeholder.place.start]);
            template.replace(placeholder, number);
            copied = placeholder.place.end;
        }
        template.sql.push_str(&text[copied..]);
        template
    }

    fn add_place(&mut self, placeholder: &Placeholder, number: usize) {
        // Numbers need not appear in their order: `$2, $1`.
        while self.parameters.len() < number {
            let name = placeholder
                .number
                .is_none()
                .then(|| placeholder.name.clone());
            let path = name
                .clone()
                .filter(|_| placeholder.style == Style::Captured);
            self.parameters.push(Parameter {
                name,
                path,
                places: Vec::new(),
            });
        }
        if let Some(parameter) = self.parameters.get_mut(number - 1) {
            parameter.places.push(placeholder.place.clone());
        }
    }

    /// Writes the number of a placeholder, with spaces where it would grow together with a neighbour.
    fn replace(&mut self, placeholder: &Placeholder, number: usize) {
        let start = self.sql.len();
        if placeholder.style == Style::Captured && self.sql.ends_with(continues_word) {
            self.sql.push(' ');
        }
        self.sql.push_str(&format!("${number}"));
        let behind = self.text.get(placeholder.place.end..).unwrap_or_default();
        if placeholder.style == Style::Captured && behind.starts_with(continues_word) {
            self.sql.push(' ');
        }
        if placeholder.style != Style::Positional {
            self.replaced.push(Replaced {
                sql: start..self.sql.len(),
                text: placeholder.place.clone(),
            });
        }
    }
}

impl Style {
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Positional => "$1",
            Self::Named => "$name",
            Self::Captured => "{name}",
        }
    }
}

/// Not one statement, or one that is none of ours.
fn statement_mistake(text: &str) -> Option<Diagnostic> {
    match statements(text).as_slice() {
        [] => Some(Diagnostic::empty_statement()),
        [_] => rejected(text)
            .map(|(rejected, words, place)| Diagnostic::rejected(rejected, &words, place)),
        [_, second, ..] => Some(Diagnostic::two_statements(second.clone())),
    }
}

fn continues_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}
