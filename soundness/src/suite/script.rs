//! Reads a script as psql does: statements, with variables put in, and the commands that begin with a backslash.

use std::collections::BTreeMap;

use hathi_sql_text::{Token, TokenKind, lex, statements};

/// What stands next in a script.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A text for the server, and the lines behind it that it copies.
    Sql { text: String, data: Option<String> },
    /// A command of psql's with the rest of its line, and the statement that was begun before it.
    Command {
        name: String,
        rest: String,
        pending: String,
    },
}

/// The variables of psql.
pub(super) type Variables = BTreeMap<String, String>;

/// Commands that send the statement before them.
pub(super) const SENDERS: &[&str] = &["g", "gx", "gset", "gexec", "gdesc", "crosstabview", "watch"];

/// A script, as far as it was read.
#[derive(Debug)]
pub(super) struct Script<'t> {
    text: &'t str,
    at: usize,
    buffer: String,
}

impl<'t> Script<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            buffer: String::new(),
        }
    }

    /// What stands next; variables have the values that they have by then.
    pub(super) fn next(&mut self, variables: &Variables) -> Option<Item> {
        let rest = &self.text[self.at..];
        let base = self.at;
        let mut tokens = lex(rest).peekable();
        while let Some(token) = tokens.next() {
            self.at = base + token.end;
            let text = token.text(rest);
            if text.starts_with('\\') {
                self.at = base + token.start;
                if let Some(item) = self.command() {
                    return Some(item);
                }
                return self.next(variables);
            }
            match token.kind {
                TokenKind::Semicolon if self.is_complete() => return Some(self.statement()),
                TokenKind::Colon => {
                    let next = tokens.peek().copied();
                    let value = next.and_then(|next| variable(rest, next, variables));
                    if let (Some(value), Some(next)) = (value, next) {
                        self.buffer.push_str(&value);
                        tokens.next();
                        self.at = base + next.end;
                    } else {
                        self.buffer.push(':');
                    }
                }
                _ => self.buffer.push_str(text),
            }
        }
        self.at = self.text.len();
        let text = std::mem::take(&mut self.buffer);
        (!text.trim().is_empty()).then_some(Item::Sql { text, data: None })
    }

    /// Whether a semicolon here ends the statement, and is not inside of it.
    fn is_complete(&self) -> bool {
        let candidate = format!("{};", self.buffer);
        let last = statements(&candidate).pop();
        last.is_none_or(|range| range.end <= self.buffer.len())
    }

    fn statement(&mut self) -> Item {
        let text = std::mem::take(&mut self.buffer);
        let data = copies_in(&text).is_some().then(|| self.lines());
        Item::Sql { text, data }
    }

    /// The lines up to the one that ends them.
    fn lines(&mut self) -> String {
        let rest = &self.text[self.at..];
        let start = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let mut length = 0;
        for line in rest[start..].split_inclusive('\n') {
            if line.trim_end() == "\\." {
                self.at += start + length + line.len();
                return rest[start..start + length].to_owned();
            }
            length += line.len();
        }
        self.at = self.text.len();
        rest[start..].to_owned()
    }

    /// A command; `\;` only puts a semicolon into the statement.
    fn command(&mut self) -> Option<Item> {
        let line = self.text[self.at + 1..]
            .split('\n')
            .next()
            .unwrap_or_default();
        if line.starts_with(';') {
            self.buffer.push(';');
            self.at += 2;
            return None;
        }
        let letters = line
            .find(|character: char| !character.is_ascii_alphabetic() && character != '_')
            .unwrap_or(line.len());
        let name = line[..letters].to_owned();
        // Several commands may stand in one line.
        let (rest, length) = match line[letters..].find('\\') {
            Some(next) if !matches!(name.as_str(), "set" | "echo" | "copy") => {
                (&line[letters..letters + next], letters + next)
            }
            _ => (&line[letters..], line.len()),
        };
        let rest = rest.trim().to_owned();
        self.at += 1 + length;
        let pending = if SENDERS.contains(&name.as_str()) || name == "r" {
            std::mem::take(&mut self.buffer)
        } else {
            String::new()
        };
        Some(Item::Command {
            name,
            rest,
            pending,
        })
    }
}

/// The text that stands for `:name`, `:'name'` or `:"name"`.
fn variable(text: &str, token: Token, variables: &Variables) -> Option<String> {
    let written = token.text(text);
    let inner = || written.get(1..written.len() - 1).unwrap_or_default();
    match token.kind {
        TokenKind::Word => variables.get(written).cloned(),
        TokenKind::String => variables
            .get(inner())
            .map(|value| format!("'{}'", value.replace('\'', "''"))),
        TokenKind::QuotedIdentifier => variables
            .get(inner())
            .map(|value| format!("\"{}\"", value.replace('"', "\"\""))),
        _ => None,
    }
}

/// Puts variables into the arguments of a command.
pub(super) fn interpolated(rest: &str, variables: &Variables) -> String {
    let mut script = Script::new(rest);
    match script.next(variables) {
        Some(Item::Sql { text, .. }) => text,
        _ => rest.to_owned(),
    }
}

/// Where a COPY names the client as its source, if it does.
pub(super) fn copies_in(sql: &str) -> Option<std::ops::Range<usize>> {
    client_of(sql, "from", &["stdin"])
}

/// Where a COPY names the client as its target, if it does.
pub(super) fn copies_out(sql: &str) -> Option<std::ops::Range<usize>> {
    client_of(sql, "to", &["stdout"])
}

fn client_of(sql: &str, direction: &str, clients: &[&str]) -> Option<std::ops::Range<usize>> {
    let tokens: Vec<Token> = lex(sql).filter(|token| !token.kind.is_trivia()).collect();
    if !tokens.first()?.is_word(sql, "copy") {
        return None;
    }
    let mut pairs = tokens.windows(2);
    let found = pairs.find(|pair| {
        pair[0].is_word(sql, direction) && clients.iter().any(|client| pair[1].is_word(sql, client))
    })?;
    Some(found[1].range())
}

#[cfg(test)]
mod tests {
    use super::{Item, Script, Variables};

    fn items(text: &str) -> Vec<Item> {
        let variables = Variables::from([("x".to_owned(), "it's".to_owned())]);
        let mut script = Script::new(text);
        std::iter::from_fn(|| script.next(&variables)).collect()
    }

    fn sql(text: &str) -> Item {
        Item::Sql {
            text: text.to_owned(),
            data: None,
        }
    }

    #[test]
    fn variables_are_put_in_where_psql_does() {
        assert_eq!(
            items("select :'x', ':x', a::x, :y, :\"x\";"),
            [sql("select 'it''s', ':x', a::x, :y, \"it's\"")]
        );
    }

    #[test]
    fn bodies_and_rules_are_one_statement() {
        let body = "create function f() returns int begin atomic select 1; select 2; end";
        assert_eq!(
            items(&format!("{body}; select 3;")),
            [sql(body), sql(" select 3")]
        );
        let rule = "create rule r as on insert to t do (delete from u; delete from v)";
        assert_eq!(items(&format!("{rule};")), [sql(rule)]);
    }

    #[test]
    fn the_lines_that_are_copied_stand_behind_their_statement() {
        let copied = Item::Sql {
            text: "copy t from stdin".to_owned(),
            data: Some("1\t\\N\n".to_owned()),
        };
        assert_eq!(
            items("copy t from stdin;\n1\t\\N\n\\.\nselect 1;"),
            [copied, sql("select 1")]
        );
    }

    #[test]
    fn commands_take_the_statement_before_them() {
        let gset = Item::Command {
            name: "gset".to_owned(),
            rest: "p_".to_owned(),
            pending: "select 1 as a ".to_owned(),
        };
        assert_eq!(
            items("select 1 as a \\gset p_\nselect 2;"),
            [gset, sql("\nselect 2")]
        );
        assert_eq!(items("select 1\\; select 2;"), [sql("select 1; select 2")]);
    }
}
