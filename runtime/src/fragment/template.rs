//! The literal text of one `sql!`, read once and kept.

use std::sync::OnceLock;

use hathi_sql_text::{Token, TokenKind, lex};

use super::{Mistake, continues_literal};
use crate::source::Origin;

/// The literal text of one [`sql!`](crate::sql!): a static of its own.
#[derive(Debug)]
pub struct Template {
    text: &'static str,
    pub(super) values: &'static [&'static str],
    pub(super) nested: &'static [&'static str],
    pub(super) origin: Origin,
    read: OnceLock<Result<Read, Mistake>>,
}

/// A text cut at its placeholders.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) items: Vec<Item>,
    pub(super) open_comment: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    Text(&'static str),
    // By its place in the list of names.
    Value(usize),
    Nested(usize),
}

impl Template {
    /// The text of a macro, the names of its values and those of its fragments.
    #[must_use]
    pub const fn new(
        text: &'static str,
        values: &'static [&'static str],
        nested: &'static [&'static str],
        origin: Origin,
    ) -> Self {
        Self {
            text,
            values,
            nested,
            origin,
            read: OnceLock::new(),
        }
    }

    pub(super) fn read(&self) -> &Result<Read, Mistake> {
        self.read.get_or_init(|| {
            let read = self.cut()?;
            self.all_used(&read)?;
            Ok(read)
        })
    }

    fn cut(&self) -> Result<Read, Mistake> {
        let mut read = Read::default();
        let mut from = 0;
        let mut tokens = lex(self.text);
        while let Some(token) = tokens.next() {
            read.open_comment = token.kind == TokenKind::LineComment;
            let (item, end) = match token.kind {
                TokenKind::NamedParameter => (self.value(token)?, token.end),
                TokenKind::OpenBrace => {
                    let name = tokens.next();
                    let end = tokens.next().map_or(self.text.len(), |token| token.end);
                    (self.nested(name, token.start, end)?, end)
                }
                _ => {
                    if let Some(mistake) = Mistake::in_plain_text(token, self.text) {
                        return Err(mistake);
                    }
                    continue;
                }
            };
            self.push_text(&mut read, from, token.start);
            read.items.push(item);
            from = end;
        }
        self.push_text(&mut read, from, self.text.len());
        Ok(read)
    }

    fn push_text(&self, read: &mut Read, from: usize, to: usize) {
        let text = self.text.get(from..to).unwrap_or_default();
        if text.is_empty() {
            return;
        }
        // A literal on a later line would go on with one that ends what is put before it.
        if matches!(read.items.last(), Some(Item::Nested(_))) && continues_literal(text) {
            read.items.push(Item::Text("/**/"));
        }
        read.items.push(Item::Text(text));
    }

    fn value(&self, token: Token) -> Result<Item, Mistake> {
        let written = token.text(self.text);
        let name = written.trim_start_matches('$');
        match (place(self.values, name), place(self.nested, name)) {
            (Some(index), _) => Ok(Item::Value(index)),
            (None, Some(index)) => Err(Mistake::Nested(self.nested[index])),
            (None, None) => Err(Mistake::NotGiven(written.into())),
        }
    }

    /// `{name}`, without a space in it.
    fn nested(&self, name: Option<Token>, start: usize, end: usize) -> Result<Item, Mistake> {
        let written = self.text.get(start..end).unwrap_or_default();
        let name = name.filter(|name| {
            name.kind == TokenKind::Word && end == name.end + 1 && written.ends_with('}')
        });
        let Some(name) = name.map(|name| name.text(self.text)) else {
            return Err(Mistake::Unexpected(written.into()));
        };
        match (place(self.nested, name), place(self.values, name)) {
            (Some(index), _) => Ok(Item::Nested(index)),
            (None, Some(index)) => Err(Mistake::Value(self.values[index])),
            (None, None) => Err(Mistake::NotGiven(written.into())),
        }
    }

    fn all_used(&self, read: &Read) -> Result<(), Mistake> {
        let unused = |names: &[&'static str], item: fn(usize) -> Item| {
            let used = |index: &usize| read.items.contains(&item(*index));
            (0..names.len())
                .find(|index| !used(index))
                .map(|index| names[index])
        };
        match unused(self.values, Item::Value).or_else(|| unused(self.nested, Item::Nested)) {
            Some(name) => Err(Mistake::NotUsed(name)),
            None => Ok(()),
        }
    }
}

fn place(names: &[&str], name: &str) -> Option<usize> {
    names.iter().position(|known| *known == name)
}
