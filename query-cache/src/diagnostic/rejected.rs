//! Statements that are none for the checked macros: those that the driver sends itself.

#[cfg(test)]
mod tests;

use std::ops::Range;

use hathi_sql_text::{Token, TokenKind, lex};

/// Why a statement is refused, by the way out that is offered instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rejected {
    /// BEGIN, START TRANSACTION, SET TRANSACTION.
    Begin,
    /// BEGIN DEFERRED, IMMEDIATE and EXCLUSIVE, which are SQLite's.
    BeginLocking,
    /// COMMIT, END.
    Commit,
    /// COMMIT AND CHAIN.
    CommitChain,
    /// ROLLBACK, ABORT.
    Rollback,
    /// ROLLBACK AND CHAIN.
    RollbackChain,
    /// SAVEPOINT, RELEASE, ROLLBACK TO.
    Savepoint,
    /// SET and RESET of a setting.
    Setting,
    /// SET ROLE, SET SESSION AUTHORIZATION, and RESET of them.
    Role,
    /// PREPARE, EXECUTE.
    Prepare,
    /// CREATE TABLE … AS EXECUTE.
    CreateTableAsExecute,
    /// DEALLOCATE.
    Deallocate,
    /// DECLARE, FETCH, MOVE.
    Cursor,
    /// CLOSE.
    CloseCursor,
    /// COPY.
    Copy,
    /// LISTEN, UNLISTEN.
    Listen,
    /// DISCARD.
    Discard,
}

impl Rejected {
    pub(super) fn is_transaction_control(self) -> bool {
        matches!(
            self,
            Self::Begin
                | Self::BeginLocking
                | Self::Commit
                | Self::CommitChain
                | Self::Rollback
                | Self::RollbackChain
                | Self::Savepoint
        )
    }

    pub(super) fn help(self) -> &'static str {
        match self {
            Self::Begin => {
                "open transactions with `session.transaction(...)` or `session.begin()`, which take isolation, read only and deferrable"
            }
            Self::BeginLocking => "`session.begin()`, then LOCK TABLE or an isolation level",
            Self::Commit => "commit through the transaction value: `tx.commit()`",
            Self::CommitChain => {
                "commit through the transaction value: its `and_chain` opens the next one with the same options"
            }
            Self::Rollback => "roll back through the transaction value: `tx.rollback()`",
            Self::RollbackChain => {
                "roll back through the transaction value: its `and_chain` opens the next one with the same options"
            }
            Self::Savepoint => "use `tx.savepoint(...)`",
            Self::Setting => {
                "inside a transaction use `tx.set_local(name, value)`; for a whole session give it in the connect options"
            }
            Self::Role => {
                "inside a transaction use `tx.set_local(\"role\", name)`; for a whole session connect as that role"
            }
            Self::Prepare => {
                "the driver prepares statements itself: give the inner statement to `query!` or `command!`"
            }
            Self::CreateTableAsExecute => "write the prepared SELECT itself after AS",
            Self::Deallocate => "the driver prepares, reuses and closes statements by itself",
            Self::Cursor => "read rows in parts with `stream`",
            Self::CloseCursor => "a `stream` closes its portal when it is dropped",
            Self::Copy => {
                "use `copy_in!` or `copy_out!`, or unchecked `session.copy_in(...)` and `session.copy_out(...)`"
            }
            Self::Listen => "receive with `Listener`; send values with SELECT pg_notify($1, $2)",
            Self::Discard => "the pool resets its connections by its own policy",
        }
    }
}

/// Whether the statement is one of those, the words that show it, and their place.
pub(crate) fn rejected(sql: &str) -> Option<(Rejected, String, Range<usize>)> {
    let mut tokens = lex(sql).filter(|token| !token.kind.is_trivia()).peekable();
    let first = *tokens.peek()?;
    // Only in these two stands the decisive word anywhere.
    let is_long = first.is_word(sql, "create") || first.is_word(sql, "explain");
    let tokens: Vec<Token> = tokens.take(if is_long { usize::MAX } else { 8 }).collect();
    let (rejected, first, count) = classify(&Words {
        sql,
        tokens: &tokens,
    })?;
    let shown = tokens.get(first..first + count)?;
    let words: Vec<_> = shown
        .iter()
        .map(|token| token.text(sql).to_ascii_uppercase())
        .collect();
    Some((
        rejected,
        words.join(" "),
        shown.first()?.start..shown.last()?.end,
    ))
}

/// The class, and which tokens (the first and how many) show it.
fn classify(words: &Words<'_>) -> Option<(Rejected, usize, usize)> {
    let leading = |rejected, count| Some((rejected, 0, count));
    match words.at(0).as_str() {
        "begin"
            if ["deferred", "immediate", "exclusive"]
                .iter()
                .any(|word| words.is(1, word)) =>
        {
            leading(Rejected::BeginLocking, 2)
        }
        "begin" => leading(Rejected::Begin, 1),
        "start" if words.is(1, "transaction") => leading(Rejected::Begin, 2),
        "commit" | "end" if words.chains() => leading(Rejected::CommitChain, words.count()),
        "commit" | "end" => leading(Rejected::Commit, words.count().min(2)),
        "rollback" | "abort" if words.chains() => leading(Rejected::RollbackChain, words.count()),
        "rollback" if words.is(1, "to") => leading(Rejected::Savepoint, 2),
        "rollback" if words.is(2, "to") => leading(Rejected::Savepoint, 3),
        "rollback" | "abort" => leading(Rejected::Rollback, words.count().min(2)),
        "savepoint" | "release" => leading(Rejected::Savepoint, 1),
        "set" if words.is(1, "constraints") => None,
        "set" | "reset" => Some(setting(words)),
        "prepare" if words.is(1, "transaction") => leading(Rejected::Begin, 2),
        "prepare" | "execute" => leading(Rejected::Prepare, 1),
        "deallocate" => leading(Rejected::Deallocate, 1),
        "declare" | "fetch" | "move" => leading(Rejected::Cursor, 1),
        "close" => leading(Rejected::CloseCursor, 1),
        "copy" => leading(Rejected::Copy, 1),
        "listen" | "unlisten" => leading(Rejected::Listen, 1),
        "discard" => leading(Rejected::Discard, 1),
        "create" => as_execute(words),
        "explain" => explained(words),
        _ => None,
    }
}

fn setting(words: &Words<'_>) -> (Rejected, usize, usize) {
    // LOCAL and SESSION may stand in front; SESSION also begins two names of its own.
    let named = |word: &str| {
        matches!(
            word,
            "role" | "transaction" | "authorization" | "characteristics"
        )
    };
    let last = if named(&words.at(1)) {
        1
    } else if named(&words.at(2)) {
        2
    } else if named(&words.at(3)) && words.is(2, "session") {
        3
    } else {
        return (Rejected::Setting, 0, 1 + usize::from(words.is(1, "local")));
    };
    let rejected = match words.at(last).as_str() {
        "role" | "authorization" => Rejected::Role,
        _ => Rejected::Begin,
    };
    (rejected, 0, last + 1)
}

/// `CREATE [TEMPORARY] TABLE … AS EXECUTE`
fn as_execute(words: &Words<'_>) -> Option<(Rejected, usize, usize)> {
    let is_table = (1..4).find(|number| words.is(*number, "table"))?;
    let mut depth = 0_usize;
    for (number, token) in words.tokens.iter().enumerate().skip(is_table) {
        match token.kind {
            TokenKind::OpenParenthesis => depth += 1,
            TokenKind::CloseParenthesis => depth = depth.saturating_sub(1),
            _ if depth == 0 && words.is(number, "as") => {
                return words.is(number + 1, "execute").then_some((
                    Rejected::CreateTableAsExecute,
                    number,
                    2,
                ));
            }
            _ => {}
        }
    }
    None
}

/// `EXPLAIN … EXECUTE name`, and `EXPLAIN … CREATE TABLE … AS EXECUTE name`
fn explained(words: &Words<'_>) -> Option<(Rejected, usize, usize)> {
    let mut first = 1;
    if words
        .tokens
        .get(1)
        .is_some_and(|token| token.kind == TokenKind::OpenParenthesis)
    {
        first = 1 + words
            .tokens
            .iter()
            .position(|token| token.kind == TokenKind::CloseParenthesis)?;
    }
    while words.is(first, "analyze") || words.is(first, "analyse") || words.is(first, "verbose") {
        first += 1;
    }
    if words.is(first, "execute") {
        return Some((Rejected::Prepare, first, 1));
    }
    if words.is(first, "create") {
        let inner = Words {
            tokens: words.tokens.get(first..)?,
            ..*words
        };
        return as_execute(&inner)
            .map(|(rejected, number, count)| (rejected, first + number, count));
    }
    None
}

/// The tokens of a statement, asked for as words.
#[derive(Clone, Copy)]
struct Words<'a> {
    sql: &'a str,
    tokens: &'a [Token],
}

impl Words<'_> {
    fn at(&self, number: usize) -> String {
        let word = self
            .tokens
            .get(number)
            .filter(|token| token.kind == TokenKind::Word);
        word.map_or_else(String::new, |token| {
            token.text(self.sql).to_ascii_lowercase()
        })
    }

    fn is(&self, number: usize, word: &str) -> bool {
        self.tokens
            .get(number)
            .is_some_and(|token| token.is_word(self.sql, word))
    }

    /// How many tokens in front of a closing semicolon.
    fn count(&self) -> usize {
        self.tokens
            .iter()
            .take_while(|token| token.kind == TokenKind::Word)
            .count()
    }

    /// Whether the statement ends in `AND CHAIN`.
    fn chains(&self) -> bool {
        let count = self.count();
        count >= 3 && self.is(count - 1, "chain") && self.is(count - 2, "and")
    }
}
