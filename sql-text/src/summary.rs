//! What a statement does, in a few words: its operations and the relations they are about.

use crate::lexer::lex;
use crate::token::{Token, TokenKind};

/// No summary is longer, in bytes.
const LONGEST: usize = 255;
/// What stands behind so many tokens is not summed up: scripts can be long.
const TOKENS: usize = 4096;

/// What a statement does, in the words of a log: its operations in capitals, each with the relations it is about, in
/// the order of the text. Several statements are separated by semicolons. No literal is in it.
///
/// The text alone decides, so a function or a view counts as what it is called. Names of CTEs do not count.
///
/// # Example: two operations
///
/// ```
/// let sql = "INSERT INTO visit (page) SELECT page FROM plan JOIN crew ON crew.id = plan.crew WHERE day = '2030-01-01'";
/// assert_eq!(hathi_sql_text::summary(sql), "INSERT visit SELECT plan crew");
/// assert_eq!(hathi_sql_text::summary("create unique index on crew (name)"), "CREATE UNIQUE INDEX");
/// ```
#[must_use]
pub fn summary(sql: &str) -> String {
    let significant = lex(sql).filter(|token| !token.kind.is_trivia());
    let tokens: Vec<Token> = significant.take(TOKENS).collect();
    let mut words: Vec<String> = Vec::new();
    for statement in tokens.split(|token| token.kind == TokenKind::Semicolon) {
        let found = Reading::new(sql, statement).read();
        if let (Some(last), false) = (words.last_mut(), found.is_empty()) {
            last.push(';');
        }
        words.extend(found);
    }
    let mut summary = String::new();
    for word in words {
        if summary.len() + 1 + word.len() > LONGEST {
            break;
        }
        if !summary.is_empty() {
            summary.push(' ');
        }
        summary.push_str(&word);
    }
    summary
}

/// The operation of a summary, and its relation if there is only one.
///
/// # Example: only a summary of one relation has one
///
/// ```
/// use hathi_sql_text::summary_parts;
///
/// assert_eq!(summary_parts("SELECT crew"), ("SELECT", Some("crew")));
/// assert_eq!(summary_parts("SELECT crew voyage"), ("SELECT", None));
/// assert_eq!(summary_parts("CREATE TABLE"), ("CREATE TABLE", None));
/// ```
#[must_use]
pub fn summary_parts(summary: &str) -> (&str, Option<&str>) {
    let Some((operation, rest)) = summary.split_once(' ') else {
        return (summary, None);
    };
    if !OPERATIONS.contains(&operation) {
        // What is no query has no relations in its summary; of several statements the first is the operation.
        return (
            summary.split_once(';').map_or(summary, |(first, _)| first),
            None,
        );
    }
    let is_one = match rest.strip_prefix('"') {
        Some(quoted) => quoted
            .replace("\"\"", "")
            .find('"')
            .is_some_and(|end| end + 1 == quoted.replace("\"\"", "").len()),
        None => !rest.contains([' ', ';', '"']),
    };
    (operation, is_one.then_some(rest))
}

/// What has relations in its summary.
const OPERATIONS: [&str; 6] = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "COPY"];

/// The words behind CREATE, ALTER and DROP that say what.
const KINDS: [&str; 42] = [
    "access",
    "aggregate",
    "cast",
    "collation",
    "concurrently",
    "conversion",
    "database",
    "default",
    "domain",
    "event",
    "extension",
    "foreign",
    "function",
    "global",
    "group",
    "index",
    "language",
    "large",
    "local",
    "mapping",
    "materialized",
    "method",
    "operator",
    "or",
    "policy",
    "procedure",
    "publication",
    "replace",
    "role",
    "rule",
    "schema",
    "sequence",
    "server",
    "statistics",
    "subscription",
    "table",
    "temp",
    "temporary",
    "trigger",
    "type",
    "unique",
    "user",
];

/// Reads one statement.
struct Reading<'a> {
    sql: &'a str,
    tokens: &'a [Token],
    words: Vec<String>,
    // The names that WITH gives.
    ctes: Vec<&'a str>,
    // For each open parenthesis, and for the statement itself: whether a query stands in it.
    levels: Vec<bool>,
}

impl<'a> Reading<'a> {
    fn new(sql: &'a str, tokens: &'a [Token]) -> Self {
        Self {
            sql,
            tokens,
            words: Vec::new(),
            ctes: Vec::new(),
            levels: Vec::new(),
        }
    }

    fn read(mut self) -> Vec<String> {
        let is_open = |token: &&Token| token.kind == TokenKind::OpenParenthesis;
        let Some(first) = self.tokens.iter().position(|token| !is_open(&token)) else {
            return self.words;
        };
        let begins = |word| self.is(first, word);
        let is_query = [
            "select", "insert", "update", "delete", "merge", "with", "values", "table",
        ]
        .into_iter()
        .any(begins);
        if !is_query {
            return self.command(first);
        }
        if begins("values") || begins("table") {
            self.words.push("SELECT".to_owned());
        }
        self.find_ctes();
        self.levels.push(true);
        for index in 0..self.tokens.len() {
            self.look_at(index);
        }
        self.words
    }

    /// A statement that is no query: its first words, as far as they are the grammar's.
    fn command(mut self, first: usize) -> Vec<String> {
        let changes_schema = ["create", "alter", "drop"]
            .iter()
            .any(|word| self.is(first, word));
        self.words.extend(self.keyword(first));
        if self.is(first, "copy") {
            return self.copy(first + 1);
        }
        let mut next = first + 1;
        while changes_schema
            && KINDS
                .iter()
                .chain(&["view"])
                .any(|kind| self.is(next, kind))
        {
            if !["or", "replace", "concurrently"]
                .iter()
                .any(|word| self.is(next, word))
            {
                self.words.extend(self.keyword(next));
            }
            next += 1;
        }
        self.words
    }

    /// COPY of a relation, or of what a query in parentheses returns.
    fn copy(mut self, next: usize) -> Vec<String> {
        if self.opens(next) {
            let inner = Self::new(self.sql, &self.tokens[next + 1..]).read();
            self.words.extend(inner);
        } else {
            self.name(next, true);
        }
        self.words
    }

    fn look_at(&mut self, index: usize) {
        match self.tokens[index].kind {
            TokenKind::OpenParenthesis => {
                let is_query = ["select", "with", "values", "insert", "update", "delete", "merge", "table"]
                    .iter()
                    .any(|word| self.is(index + 1, word))
                    // A parenthesis around a join, or around a query in parentheses.
                    || (self.in_query() && self.before(index, &["from", "join"]));
                self.levels.push(is_query);
            }
            TokenKind::CloseParenthesis if self.levels.len() > 1 => {
                self.levels.pop();
            }
            TokenKind::Word if self.in_query() && !self.is_part_of_name(index) => self.word(index),
            _ => {}
        }
    }

    fn word(&mut self, index: usize) {
        if self.is(index, "select") {
            self.words.push("SELECT".to_owned());
        } else if self.is(index, "insert") && self.is(index + 1, "into") {
            self.words.push("INSERT".to_owned());
            self.name(index + 2, true);
        } else if self.is(index, "merge") && self.is(index + 1, "into") {
            self.words.push("MERGE".to_owned());
            self.name(index + 2, false);
        } else if self.is(index, "delete") && self.is(index + 1, "from") {
            self.words.push("DELETE".to_owned());
            self.name(index + 2, false);
        } else if self.is(index, "update")
            && !self.before(index, &["for", "key", "do", "then", "on"])
        {
            self.words.push("UPDATE".to_owned());
            self.name(index + 1, false);
        } else {
            let is_from = self.is(index, "from") && !self.before(index, &["delete", "distinct"]);
            if is_from
                || ["join", "using", "table"]
                    .iter()
                    .any(|word| self.is(index, word))
            {
                self.list(index + 1);
            }
        }
    }

    /// The names of a list behind FROM, JOIN or USING, with aliases between them.
    fn list(&mut self, mut index: usize) {
        loop {
            self.name(index, false);
            let mut depth = 0_usize;
            loop {
                let Some(token) = self.tokens.get(index) else {
                    return;
                };
                match token.kind {
                    TokenKind::OpenParenthesis if self.is_query_at(index) => return,
                    TokenKind::OpenParenthesis => depth += 1,
                    TokenKind::CloseParenthesis if depth == 0 => return,
                    TokenKind::CloseParenthesis => depth -= 1,
                    TokenKind::Comma if depth == 0 => break,
                    TokenKind::Word if depth == 0 && self.ends_list(index) => return,
                    _ => {}
                }
                index += 1;
            }
            index += 1;
        }
    }

    fn is_query_at(&self, index: usize) -> bool {
        ["select", "with", "values"]
            .iter()
            .any(|word| self.is(index + 1, word))
    }

    fn ends_list(&self, index: usize) -> bool {
        [
            "where",
            "join",
            "on",
            "group",
            "order",
            "having",
            "limit",
            "offset",
            "fetch",
            "for",
            "union",
            "intersect",
            "except",
            "returning",
            "set",
            "window",
            "when",
            "using",
            "select",
            "values",
            "left",
            "right",
            "full",
            "inner",
            "cross",
            "natural",
        ]
        .iter()
        .any(|word| self.is(index, word))
    }

    /// The relation whose name stands here, unless it is a function or a CTE.
    fn name(&mut self, mut index: usize, has_columns: bool) {
        while self.is(index, "only") || self.is(index, "lateral") {
            index += 1;
        }
        let mut name = String::new();
        let start = index;
        while let Some(token) = self.tokens.get(index) {
            if !matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier) {
                return;
            }
            name.push_str(token.text(self.sql));
            index += 1;
            if self
                .tokens
                .get(index)
                .is_none_or(|token| token.kind != TokenKind::Dot)
            {
                break;
            }
            name.push('.');
            index += 1;
        }
        let is_function = !has_columns
            && self
                .tokens
                .get(index)
                .is_some_and(|token| token.kind == TokenKind::OpenParenthesis);
        let is_cte =
            index == start + 1 && self.ctes.iter().any(|cte| cte.eq_ignore_ascii_case(&name));
        if name.is_empty() || is_function || is_cte || self.is(start, "select") {
            return;
        }
        if self.words.last() != Some(&name) {
            self.words.push(name);
        }
    }

    fn find_ctes(&mut self) {
        let mut is_with = false;
        for index in 0..self.tokens.len() {
            is_with |= self.is(index, "with");
            let introduces = self.is(index, "as")
                && (self.opens(index + 1)
                    || self.is(index + 1, "materialized")
                    || self.is(index + 1, "not"));
            if !is_with || !introduces || index == 0 {
                continue;
            }
            // `name AS (`, or `name (columns) AS (`.
            let mut name = index - 1;
            if self.tokens[name].kind == TokenKind::CloseParenthesis {
                let open = self.tokens[..name]
                    .iter()
                    .rposition(|token| token.kind == TokenKind::OpenParenthesis);
                name = open.unwrap_or(0).saturating_sub(1);
            }
            self.ctes.push(self.tokens[name].text(self.sql));
        }
    }

    fn in_query(&self) -> bool {
        self.levels.last().copied().unwrap_or_default()
    }

    fn opens(&self, index: usize) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.kind == TokenKind::OpenParenthesis)
    }

    fn is(&self, index: usize, word: &str) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.is_word(self.sql, word))
    }

    fn before(&self, index: usize, words: &[&str]) -> bool {
        index > 0 && words.iter().any(|word| self.is(index - 1, word))
    }

    fn is_part_of_name(&self, index: usize) -> bool {
        index > 0 && self.tokens[index - 1].kind == TokenKind::Dot
    }

    fn keyword(&self, index: usize) -> Option<String> {
        let token = self.tokens.get(index)?;
        let is_word = token.kind == TokenKind::Word && token.end - token.start <= 20;
        is_word.then(|| token.text(self.sql).to_ascii_uppercase())
    }
}

#[cfg(test)]
mod tests;
