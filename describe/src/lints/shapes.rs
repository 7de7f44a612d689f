//! What the outline of a statement shows: no WHERE, a CTE for nothing, marks and words in the names of columns.

use hathi_sql_text::{Token, TokenKind, lex};

use crate::analyzed::Command;
use crate::name::{Claim, claim};

use super::Work;

impl Work<'_, '_> {
    pub(super) fn shapes(&mut self) {
        self.no_where();
        self.unused_cte();
        self.redundant_mark();
        self.foreign_type_word();
    }

    fn no_where(&mut self) {
        for query in self.queries.clone() {
            let (command, does) = match query.command() {
                Some(Command::Update) => ("UPDATE", "changes"),
                Some(Command::Delete) => ("DELETE", "removes"),
                _ => continue,
            };
            let has_none = query
                .0
                .node("jointree")
                .is_some_and(|tree| tree.is_null("quals"));
            if let (true, Some(relation)) = (has_none, query.target_relation()) {
                let name = self.of.catalog.name(relation);
                self.say(
                    "no_where",
                    format!(
                        "{command} without WHERE {does} every row of {name}; add the condition, or write WHERE true if all are meant"
                    ),
                );
            }
        }
    }

    fn unused_cte(&mut self) {
        const SELECT: u8 = 1;
        for query in self.queries.clone() {
            for cte in query.0.list("cteList").nodes() {
                let is_select = cte
                    .node("ctequery")
                    .is_some_and(|inner| inner.number("commandType") == Some(SELECT));
                let is_unused = cte.number::<u32>("cterefcount") == Some(0);
                if let (true, true, Some(name)) = (is_select, is_unused, cte.text("ctename")) {
                    self.say(
                        "unused_cte",
                        format!(
                            "nothing refers to the CTE \"{name}\", so that it is never evaluated; remove it"
                        ),
                    );
                }
            }
        }
    }

    fn redundant_mark(&mut self) {
        for (name, column) in self.of.names.iter().zip(self.of.columns) {
            if let ((bare, Some(Claim::NotNull)), Ok(())) = (claim(name), column.proof) {
                self.say(
                    "redundant_mark",
                    format!(
                        "the column \"{bare}\" is proven never to be NULL without its `!`, which would hide it if that changed; remove the mark"
                    ),
                );
            }
        }
    }

    fn foreign_type_word(&mut self) {
        let sql = self.of.template.sql();
        let tokens: Vec<Token> = lex(sql).filter(|token| !token.kind.is_trivia()).collect();
        let texts: Vec<String> = tokens
            .iter()
            .map(|token| sql.get(token.start..token.end).unwrap_or_default())
            .map(str::to_ascii_lowercase)
            .collect();
        for (at, word) in texts.iter().enumerate() {
            let is_foreign = matches!(word.as_str(), "unsigned" | "signed" | "zerofill");
            let is_name = self.of.names.contains(&word.as_str());
            if is_foreign && is_name && follows_type(&tokens, &texts, at) {
                self.say(
                    "foreign_type_word",
                    format!(
                        "`{word}` belongs to no type of PostgreSQL and has become the name of the column; use a type with the range that is needed (bigint, numeric), or write AS {word} if the name is meant"
                    ),
                );
            }
        }
    }
}

/// Whether the words in front of a token are a type behind `::`.
fn follows_type(tokens: &[Token], texts: &[String], at: usize) -> bool {
    let mut depth = 0_usize;
    for (token, text) in tokens.iter().zip(texts).take(at).rev() {
        match token.kind {
            TokenKind::CloseParenthesis => depth += 1,
            TokenKind::OpenParenthesis if depth == 0 => return false,
            TokenKind::OpenParenthesis => depth -= 1,
            _ if depth > 0 => {}
            TokenKind::Cast => return true,
            TokenKind::Word if text != "as" => {}
            TokenKind::Dot => {}
            _ => return false,
        }
    }
    false
}
