//! Reads the grammar of node dumps in one pass, with a stack of its own.
//!
//! ```text
//! value = "<>" | atom | atom "[" byte* "]" | "(" value* ")" | "{" LABEL (":name" value)* "}"
//! ```

use super::kinds::{INCOMPLETE, is_complete};
use super::{DEPTH, Record, Tree, Unreadable, Value};

/// Reads a dump whose line breaks are undone.
pub(super) fn read(text: &str) -> Result<Tree<'_>, Unreadable> {
    let mut reader = Reader::new(text);
    while let Some(token) = reader.token() {
        reader.take(token)?;
    }
    reader.finish()
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    tree: Tree<'t>,
    open: Vec<Open<'t>>,
    // Fields and items of what is open, the outermost first; moved into the tree when their node or list closes.
    fields: Vec<(&'t str, Value<'t>)>,
    items: Vec<Value<'t>>,
    queries: Vec<usize>,
    done: bool,
}

enum Open<'t> {
    Node {
        index: usize,
        fields: usize,
        name: Option<&'t str>,
    },
    List {
        items: usize,
    },
}

#[derive(Clone, Copy)]
enum Token<'t> {
    OpenNode,
    CloseNode,
    OpenList,
    CloseList,
    Word(&'t str),
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        let tree = Tree {
            nodes: Vec::new(),
            fields: Vec::new(),
            items: Vec::new(),
            root: Value::Null,
        };
        Self {
            text,
            at: 0,
            tree,
            open: Vec::new(),
            fields: Vec::new(),
            items: Vec::new(),
            queries: Vec::new(),
            done: false,
        }
    }

    fn finish(self) -> Result<Tree<'t>, Unreadable> {
        if self.done {
            Ok(self.tree)
        } else {
            Err(Unreadable::Unfinished)
        }
    }

    fn token(&mut self) -> Option<Token<'t>> {
        let bytes = self.text.as_bytes();
        while bytes
            .get(self.at)
            .is_some_and(|byte| matches!(byte, b' ' | b'\n' | b'\t'))
        {
            self.at += 1;
        }
        let first = *bytes.get(self.at)?;
        let token = match first {
            b'{' => Token::OpenNode,
            b'}' => Token::CloseNode,
            b'(' => Token::OpenList,
            b')' => Token::CloseList,
            _ => return Some(Token::Word(self.word())),
        };
        self.at += 1;
        Some(token)
    }

    /// The text up to a space or a bracket without a backslash before it. All of these are ASCII.
    fn word(&mut self) -> &'t str {
        let bytes = self.text.as_bytes();
        let start = self.at;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b' ' | b'\n' | b'\t' | b'(' | b')' | b'{' | b'}' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        // A backslash may stand in front of a longer character: end at its end.
        while self.at < bytes.len() && !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        self.at = self.at.min(bytes.len());
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn take(&mut self, token: Token<'t>) -> Result<(), Unreadable> {
        if self.done {
            return Err(Unreadable::Unexpected);
        }
        match token {
            Token::OpenNode => self.open_node(),
            Token::OpenList => self.push(Open::List {
                items: self.items.len(),
            }),
            Token::CloseNode => self.close_node(),
            Token::CloseList => self.close_list(),
            Token::Word(word) => self.take_word(word),
        }
    }

    fn push(&mut self, open: Open<'t>) -> Result<(), Unreadable> {
        if let Some(Open::Node { name: None, .. }) = self.open.last() {
            return Err(Unreadable::Unexpected);
        }
        if self.open.len() >= DEPTH {
            return Err(Unreadable::TooDeep);
        }
        self.open.push(open);
        Ok(())
    }

    fn open_node(&mut self) -> Result<(), Unreadable> {
        let index = self.tree.nodes.len();
        self.push(Open::Node {
            index,
            fields: self.fields.len(),
            name: None,
        })?;
        let label = canonical(self.word());
        if label.is_empty() {
            return Err(Unreadable::Unexpected);
        }
        self.tree.nodes.push(Record {
            label,
            fields: 0..0,
            enclosing: self.queries.last().copied(),
            end: index + 1,
        });
        if label == "QUERY" {
            self.queries.push(index);
        }
        Ok(())
    }

    fn close_node(&mut self) -> Result<(), Unreadable> {
        let Some(Open::Node {
            index,
            fields,
            name: None,
        }) = self.open.pop()
        else {
            return Err(Unreadable::Unexpected);
        };
        let start = self.tree.fields.len();
        self.tree.fields.extend(self.fields.drain(fields..));
        let end = self.tree.nodes.len();
        let own = self.tree.fields.get(start..).unwrap_or_default();
        if let Some(record) = self.tree.nodes.get_mut(index) {
            if !is_complete(record.label, own) {
                record.label = INCOMPLETE;
            }
            record.fields = start..self.tree.fields.len();
            record.end = end;
        }
        if self.queries.last() == Some(&index) {
            self.queries.pop();
        }
        self.value(Value::Node(index))
    }

    fn close_list(&mut self) -> Result<(), Unreadable> {
        let Some(Open::List { items }) = self.open.pop() else {
            return Err(Unreadable::Unexpected);
        };
        let start = self.tree.items.len();
        self.tree.items.extend(self.items.drain(items..));
        self.value(Value::List(start, self.tree.items.len()))
    }

    fn take_word(&mut self, word: &'t str) -> Result<(), Unreadable> {
        if let Some(Open::Node { index, name, .. }) = self.open.last_mut()
            && name.is_none()
        {
            if let Some(field) = word.strip_prefix(':') {
                *name = Some(field);
                return Ok(());
            }
            // Expressions of the raw grammar hold a bare word; they occur in utility statements only.
            let raw = self
                .tree
                .nodes
                .get(*index)
                .is_some_and(|record| record.label.starts_with("A_"));
            if !raw {
                return Err(Unreadable::Unexpected);
            }
            self.fields.push(("", Value::Atom(word)));
            return Ok(());
        }
        if word == "<>" {
            return self.value(Value::Null);
        }
        let bytes = self.bytes_behind()?;
        self.value(bytes.map_or(Value::Atom(word), Value::Bytes))
    }

    /// The bytes of a constant, if that is what the word before was the length of.
    fn bytes_behind(&mut self) -> Result<Option<&'t str>, Unreadable> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let Some(bytes) = rest.strip_prefix(" [ ") else {
            return Ok(None);
        };
        if !matches!(self.open.last(), Some(Open::Node { .. })) {
            return Ok(None);
        }
        let bytes = bytes.split_once(']').ok_or(Unreadable::Unfinished)?.0;
        self.at += " [ ".len() + bytes.len() + 1;
        Ok(Some(bytes))
    }

    fn value(&mut self, value: Value<'t>) -> Result<(), Unreadable> {
        match self.open.last_mut() {
            None => {
                self.tree.root = value;
                self.done = true;
            }
            Some(Open::List { .. }) => self.items.push(value),
            Some(Open::Node { name, .. }) => {
                let name = name.take().ok_or(Unreadable::Unexpected)?;
                self.fields.push((name, value));
            }
        }
        Ok(())
    }
}

/// 16 and later print every node by the name of its structure; 14 and 15 had shorter names for some.
pub(crate) fn canonical(label: &str) -> &str {
    match label {
        "RTE" => "RANGETBLENTRY",
        "ARRAY" => "ARRAYEXPR",
        "ROW" => "ROWEXPR",
        "CASE" => "CASEEXPR",
        "COALESCE" => "COALESCEEXPR",
        "MINMAX" => "MINMAXEXPR",
        "ROWCOMPARE" => "ROWCOMPAREEXPR",
        "WHEN" => "CASEWHEN",
        "COLLATE" => "COLLATEEXPR",
        "ARRAYCOERCE" => "ARRAYCOERCEEXPR",
        "CONVERTROWTYPE" => "CONVERTROWTYPEEXPR",
        "AEXPR" => "A_EXPR",
        other => other,
    }
}
