//! What `copy_in!` and `copy_out!` are given: a table with its columns, or a query.

use std::ops::Range;

use hathi_sql_text::{Token, TokenKind, lex, statements};

use super::scan::{Found, scan};
use super::{Replaced, Style, Template};
use crate::diagnostic::{Diagnostic, Mistakes};

/// What a COPY copies. All places are bytes of [`Template::text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copy {
    /// `COPY table (columns) FROM STDIN`
    In(CopyTable),
    /// `COPY table (columns) TO STDOUT`
    Out(CopyTable),
    /// `COPY (query) TO STDOUT`: where the query stands.
    Query(Range<usize>),
}

/// The table of a COPY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyTable {
    /// Its name, with a schema or without.
    pub relation: Range<usize>,
    /// The names of its columns. Without a list COPY takes all that are not generated.
    pub columns: Option<Vec<Range<usize>>>,
}

impl Template {
    /// Reads the table that rows are copied into: `users` or `users (id, name)`.
    ///
    /// # Errors
    ///
    /// Everything but a name and a list of names, and everything that cannot be one statement.
    ///
    /// # Example: two columns of a table
    ///
    /// ```
    /// let template = hathi_query_cache::Template::copy_in("users (id, name)").unwrap();
    /// assert_eq!(template.sql(), "COPY users (id, name) FROM STDIN");
    /// ```
    pub fn copy_in(text: &str) -> Result<Self, Mistakes> {
        Self::into(text, checked(text)?)
    }

    fn into(text: &str, range: Range<usize>) -> Result<Self, Mistakes> {
        let words = Words::of(text, range.clone());
        if let Some(query) = words.query() {
            return Err(Diagnostic::copies_into_a_query(words.text(0), query).into());
        }
        let copy = Copy::In(words.table(Self::copy_in_example())?);
        Ok(Self::around(text, ["COPY ", " FROM STDIN"], range, copy))
    }

    /// Reads what rows are copied out of: a query, or a table as [`copy_in`](Self::copy_in) takes it.
    ///
    /// # Errors
    ///
    /// As [`copy_in`](Self::copy_in). Whether the query is one is for the server to say.
    ///
    /// # Example: a query
    ///
    /// ```
    /// let template = hathi_query_cache::Template::copy_out("SELECT id FROM users -- all;").unwrap();
    /// assert_eq!(template.sql(), "COPY (SELECT id FROM users) TO STDOUT");
    /// ```
    pub fn copy_out(text: &str) -> Result<Self, Mistakes> {
        Self::out_of(text, checked(text)?)
    }

    /// Reads a statement that may be a COPY with all its words, as the server gets it.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), [`copy_in`](Self::copy_in) or [`copy_out`](Self::copy_out).
    ///
    /// # Example: what a person types
    ///
    /// ```
    /// let template = hathi_query_cache::Template::written("COPY users (id) TO STDOUT").unwrap();
    /// assert!(template.copy().is_some());
    /// ```
    pub fn written(text: &str) -> Result<Self, Mistakes> {
        let tokens: Vec<Token> = lex(text)
            .filter(|token| !token.kind.is_trivia() && token.kind != TokenKind::Semicolon)
            .collect();
        let is = |token: &Token, word| token.is_word(text, word);
        match tokens.as_slice() {
            [copy, inside @ .., way, end] if is(copy, "copy") && !inside.is_empty() => {
                let piece = || inside[0].start..inside[inside.len() - 1].end;
                if is(way, "from") && is(end, "stdin") {
                    checked(text)?;
                    return Self::into(text, piece());
                }
                if is(way, "to") && is(end, "stdout") {
                    checked(text)?;
                    return Self::out_of(text, piece());
                }
                Self::parse(text)
            }
            _ => Self::parse(text),
        }
    }

    fn out_of(text: &str, range: Range<usize>) -> Result<Self, Mistakes> {
        let words = Words::of(text, range.clone());
        if words.query().is_some() {
            let copy = Copy::Query(range.clone());
            return Ok(Self::around(text, ["COPY (", ") TO STDOUT"], range, copy));
        }
        let copy = Copy::Out(words.table(Self::copy_out_example())?);
        Ok(Self::around(text, ["COPY ", " TO STDOUT"], range, copy))
    }

    /// What stands behind COPY: the table with its columns, or the query without parentheses. Empty if this is no COPY.
    #[must_use]
    pub fn copied(&self) -> &str {
        let (Some(_), [before, behind]) = (&self.copy, self.replaced.as_slice()) else {
            return "";
        };
        &self.sql[before.sql.end..behind.sql.start]
    }

    const fn copy_in_example() -> &'static str {
        "write a table and its columns: copy_in!(\"users (id, name)\")"
    }

    const fn copy_out_example() -> &'static str {
        "write a query, or a table and its columns: copy_out!(\"users (id, name)\")"
    }

    /// The piece of the text between words that the text does not hold.
    fn around(text: &str, words: [&str; 2], piece: Range<usize>, copy: Copy) -> Self {
        let [before, behind] = words;
        let sql = format!("{before}{}{behind}", &text[piece.clone()]);
        let end = sql.len() - behind.len();
        let replaced = vec![
            Replaced {
                sql: 0..before.len(),
                text: piece.start..piece.start,
            },
            Replaced {
                sql: end..sql.len(),
                text: piece.end..piece.end,
            },
        ];
        Self {
            text: text.to_owned(),
            sql,
            style: Style::None,
            parameters: Vec::new(),
            replaced,
            copy: Some(copy),
        }
    }
}

/// Where the one statement of the text stands, without its semicolon.
fn checked(text: &str) -> Result<Range<usize>, Mistakes> {
    if let Some(nul) = text.find('\0') {
        return Err(Diagnostic::nul_character(nul..nul + 1).into());
    }
    let Found {
        mut mistakes,
        placeholders,
    } = scan(text);
    let places = placeholders.into_iter().map(|found| found.place);
    mistakes.extend(
        places.map(|place| Diagnostic::copy_placeholder(&text[place.clone()], place.clone())),
    );
    if !mistakes.is_empty() {
        return Err(Mistakes(mistakes));
    }
    match statements(text).as_slice() {
        [] => Err(Diagnostic::empty_statement().into()),
        [only] => Ok(only.clone()),
        [_, second, ..] => Err(Diagnostic::two_statements(second.clone()).into()),
    }
}

/// The tokens of what is copied.
struct Words<'a> {
    sql: &'a str,
    tokens: Vec<Token>,
    end: usize,
}

impl<'a> Words<'a> {
    fn of(sql: &'a str, range: Range<usize>) -> Self {
        let tokens = lex(sql).filter(|token| !token.kind.is_trivia());
        Self {
            sql,
            tokens: tokens
                .filter(|token| range.start <= token.start && token.end <= range.end)
                .collect(),
            end: range.end,
        }
    }

    /// The place of the word that begins a query.
    fn query(&self) -> Option<Range<usize>> {
        const WORDS: [&str; 8] = [
            "select", "values", "table", "with", "insert", "update", "delete", "merge",
        ];
        let first = self.tokens.first()?;
        let begins = first.kind == TokenKind::OpenParenthesis
            || WORDS.iter().any(|word| first.is_word(self.sql, word));
        begins.then(|| first.range())
    }

    fn table(&self, example: &str) -> Result<CopyTable, Mistakes> {
        let mut next = 0;
        let relation = self.relation(&mut next, example)?;
        let columns = match self.kind(next) {
            Some(TokenKind::OpenParenthesis) => Some(self.columns(&mut next, example)?),
            _ => None,
        };
        match self.tokens.get(next) {
            None => Ok(CopyTable { relation, columns }),
            Some(token) => Err(self.behind(next, token.start..self.end).into()),
        }
    }

    fn relation(&self, next: &mut usize, example: &str) -> Result<Range<usize>, Mistakes> {
        let first = self.name(*next, "the name of a table", example)?;
        let mut last = first.clone();
        *next += 1;
        while self.kind(*next) == Some(TokenKind::Dot) {
            last = self.name(*next + 1, "a name behind the dot", example)?;
            *next += 2;
        }
        Ok(first.start..last.end)
    }

    fn columns(&self, next: &mut usize, example: &str) -> Result<Vec<Range<usize>>, Mistakes> {
        let mut columns = Vec::new();
        loop {
            columns.push(self.name(*next + 1, "the name of a column", example)?);
            *next += 2;
            match self.kind(*next) {
                Some(TokenKind::Comma) => {}
                Some(TokenKind::CloseParenthesis) => {
                    *next += 1;
                    return Ok(columns);
                }
                _ => return Err(self.expected(*next, "a comma or `)`", example)),
            }
        }
    }

    fn name(&self, index: usize, what: &str, example: &str) -> Result<Range<usize>, Mistakes> {
        match self.tokens.get(index) {
            Some(token)
                if matches!(
                    token.kind,
                    TokenKind::Word | TokenKind::QuotedIdentifier | TokenKind::UnicodeIdentifier
                ) =>
            {
                Ok(token.range())
            }
            _ => Err(self.expected(index, what, example)),
        }
    }

    fn expected(&self, index: usize, what: &str, example: &str) -> Mistakes {
        let found = self.tokens.get(index);
        let place = found.map_or(self.end..self.end, |token| token.range());
        let found = found.map(|token| token.text(self.sql));
        Diagnostic::expected_in_copy(what, found, place)
            .help(example)
            .into()
    }

    /// What stands behind the table and its columns, where nothing may.
    fn behind(&self, index: usize, place: Range<usize>) -> Diagnostic {
        let word = |index: usize| self.text(index).to_ascii_lowercase();
        // Two names in a row: the first one is no table's.
        let previous = match (index, word(0).as_str()) {
            (1, "copy") => Some("copy"),
            (1, "only") => Some("only"),
            _ => None,
        };
        Diagnostic::behind_copied(previous, self.text(index), place)
    }

    fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    fn text(&self, index: usize) -> &'a str {
        self.tokens
            .get(index)
            .map_or("", |token| token.text(self.sql))
    }
}

#[cfg(test)]
mod tests;
