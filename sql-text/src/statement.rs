//! Splits a script into statements.

use std::ops::Range;

use crate::lexer::lex;
use crate::token::{Token, TokenKind};

/// Where the statements of a script stand, each from its first token to its last, without the semicolon.
///
/// Semicolons inside literals, comments, parentheses and `BEGIN ATOMIC … END` bodies separate nothing;
/// a piece of nothing but comments is no statement.
///
/// # Example: a script of two
///
/// ```
/// let script = "SELECT ';'; -- one\n\nSELECT 2;";
/// let statements: Vec<_> = hathi_sql_text::statements(script).into_iter().map(|range| &script[range]).collect();
/// assert_eq!(statements, ["SELECT ';'", "SELECT 2"]);
/// ```
#[must_use]
pub fn statements(script: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut piece = Piece::default();
    for token in lex(script).filter(|token| !token.kind.is_trivia()) {
        if token.kind == TokenKind::Semicolon && piece.is_closed() {
            found.extend(std::mem::take(&mut piece).range);
        } else {
            piece.push(script, token);
        }
    }
    found.extend(piece.range);
    found
}

/// Where the body of a `CREATE FUNCTION` or `PROCEDURE` that is written in SQL itself starts: at its `RETURN` or
/// `BEGIN ATOMIC`. There `$1` is an argument of the routine. Bodies in strings are text, not SQL.
#[must_use]
pub fn routine_body(statement: &str) -> Option<usize> {
    let mut piece = Piece::default();
    let mut begin = 0;
    for token in lex(statement).filter(|token| !token.kind.is_trivia()) {
        if piece.routine == Routine::Yes && piece.parentheses == 0 {
            if token.is_word(statement, "return") {
                return Some(token.start);
            }
            if token.is_word(statement, "begin") {
                begin = token.start;
            }
        }
        piece.push(statement, token);
        if piece.routine == Routine::No {
            return None;
        }
        if piece.blocks > 0 {
            return Some(begin);
        }
    }
    None
}

/// A statement as far as it was read.
#[derive(Default)]
struct Piece {
    range: Option<Range<usize>>,
    parentheses: usize,
    // `BEGIN ATOMIC` and the `CASE`s inside it: what an `END` has still to close.
    blocks: usize,
    routine: Routine,
    begun: bool,
}

/// How far the statement is known to be `CREATE [OR REPLACE] FUNCTION | PROCEDURE`, the only ones with a body of SQL.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Routine {
    #[default]
    Start,
    Create,
    CreateOr,
    CreateOrReplace,
    Yes,
    No,
}

impl Piece {
    fn is_closed(&self) -> bool {
        self.parentheses == 0 && self.blocks == 0
    }

    fn push(&mut self, script: &str, token: Token) {
        let start = self.range.as_ref().map_or(token.start, |range| range.start);
        self.range = Some(start..token.end);
        match token.kind {
            TokenKind::OpenParenthesis => self.parentheses += 1,
            TokenKind::CloseParenthesis => self.parentheses = self.parentheses.saturating_sub(1),
            _ => {}
        }
        self.routine = self.routine.after(script, token);
        if self.routine == Routine::Yes {
            self.follow_body(script, token);
        }
    }

    fn follow_body(&mut self, script: &str, token: Token) {
        let is = |word| token.is_word(script, word);
        if self.blocks == 0 {
            self.blocks = usize::from(self.begun && is("atomic"));
        } else if is("case") {
            self.blocks += 1;
        } else if is("end") {
            self.blocks -= 1;
        }
        self.begun = is("begin");
    }
}

impl Routine {
    fn after(self, script: &str, token: Token) -> Self {
        let is = |word| token.is_word(script, word);
        match self {
            Self::Start if is("create") => Self::Create,
            Self::Create if is("or") => Self::CreateOr,
            Self::CreateOr if is("replace") => Self::CreateOrReplace,
            Self::Create | Self::CreateOrReplace if is("function") || is("procedure") => Self::Yes,
            Self::Yes => Self::Yes,
            _ => Self::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{routine_body, statements};

    #[track_caller]
    fn check(script: &str, expected: &[&str]) {
        let found: Vec<_> = statements(script)
            .into_iter()
            .map(|range| &script[range])
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn semicolons_separate() {
        check("SELECT 1; SELECT 2", &["SELECT 1", "SELECT 2"]);
        check(" SELECT 1 ; ", &["SELECT 1"]);
    }

    #[test]
    fn nothing_is_no_statement() {
        check("", &[]);
        check("; ;-- a\n/* ; */;", &[]);
    }

    #[test]
    fn comments_around_a_statement_are_left_out() {
        check("/* a */ SELECT 1 -- b\n; -- c", &["SELECT 1"]);
        check("SELECT /* ; */ 1", &["SELECT /* ; */ 1"]);
    }

    #[test]
    fn semicolons_in_literals_separate_nothing() {
        check(
            "SELECT ';', E'\\';', \";\", $x$;$x$; b",
            &["SELECT ';', E'\\';', \";\", $x$;$x$", "b"],
        );
    }

    #[test]
    fn semicolons_in_parentheses_separate_nothing() {
        let rule = "CREATE RULE r AS ON DELETE TO t DO ALSO (INSERT INTO a VALUES (1); NOTIFY b)";
        check(&format!("{rule}; SELECT 1"), &[rule, "SELECT 1"]);
        check("); SELECT 1", &[")", "SELECT 1"]);
    }

    #[test]
    fn the_body_of_a_routine_belongs_to_it() {
        let function = "CREATE OR REPLACE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE a WHEN 1 THEN 2 END; SELECT a; END";
        check(&format!("{function}; SELECT 1"), &[function, "SELECT 1"]);
        let procedure = "create procedure p() begin atomic select 1; end";
        check(
            &format!("{procedure};{procedure};"),
            &[procedure, procedure],
        );
    }

    #[test]
    fn begin_and_end_mean_nothing_elsewhere() {
        check("BEGIN; SELECT 1; END", &["BEGIN", "SELECT 1", "END"]);
        check(
            "CREATE TABLE begin_atomic(a int); SELECT 1",
            &["CREATE TABLE begin_atomic(a int)", "SELECT 1"],
        );
        check(
            "CREATE FUNCTION begin() RETURNS int RETURN 1; SELECT 2",
            &["CREATE FUNCTION begin() RETURNS int RETURN 1", "SELECT 2"],
        );
    }

    #[track_caller]
    fn check_body(statement: &str, expected: Option<&str>) {
        assert_eq!(
            routine_body(statement).map(|start| &statement[start..]),
            expected
        );
    }

    #[test]
    fn bodies_start_at_return_or_begin_atomic() {
        check_body(
            "CREATE FUNCTION f(int) RETURNS int RETURN $1 + 1",
            Some("RETURN $1 + 1"),
        );
        check_body(
            "CREATE PROCEDURE p(int) BEGIN ATOMIC SELECT $1; END",
            Some("BEGIN ATOMIC SELECT $1; END"),
        );
    }

    #[test]
    fn bodies_in_strings_are_none() {
        check_body(
            "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT $1'",
            None,
        );
        check_body("CREATE VIEW v AS SELECT 1 AS return", None);
        check_body("SELECT 1 RETURN", None);
    }
}
