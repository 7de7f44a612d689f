//! The node dumps in which the server prints an analysed statement, read into a tree that borrows their text.

use std::borrow::Cow;
use std::ops::Range;

mod kinds;
mod reader;
#[cfg(test)]
mod tests;
mod wrap;

#[cfg(test)]
pub(crate) use reader::canonical;
#[cfg(test)]
pub(crate) use tests::broken;
pub(crate) use wrap::unwrapped;

/// Nodes nested deeper than this are no statement that a person wrote.
const DEPTH: usize = 10_000;

/// A dump as a tree. All nodes lie in one arena, so that neither reading nor dropping it recurses.
#[derive(Debug)]
pub(crate) struct Tree<'t> {
    // Invariant: a node stands behind every node it is inside of.
    nodes: Vec<Record<'t>>,
    fields: Vec<(&'t str, Value<'t>)>,
    items: Vec<Value<'t>>,
    root: Value<'t>,
}

#[derive(Debug)]
struct Record<'t> {
    label: &'t str,
    // Where its fields lie in the arena.
    fields: Range<usize>,
    // The QUERY it is inside of.
    enclosing: Option<usize>,
    // The number behind those of all nodes inside of it.
    end: usize,
}

#[derive(Debug, Clone, Copy)]
enum Value<'t> {
    Null,
    /// A number, a flag or a text, as it was printed.
    Atom(&'t str),
    /// The bytes of a constant, as they were printed.
    Bytes(&'t str),
    List(usize, usize),
    Node(usize),
}

/// Why a dump could not be read. What it says is then not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// The grammar of dumps does not allow what stands there.
    Unexpected,
    /// The dump ends inside a node or a list.
    Unfinished,
    /// Nodes inside of nodes without an end.
    TooDeep,
    /// The line breaks can be undone in more than one way.
    Ambiguous,
}

/// A node of a tree: a label and fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    tree: &'a Tree<'a>,
    index: usize,
}

/// A list that is a field of a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List<'a> {
    tree: &'a Tree<'a>,
    items: &'a [Value<'a>],
}

/// What a field or an item of a list holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'a> {
    Null,
    Atom(&'a str),
    Bytes(&'a str),
    List(List<'a>),
    Node(Node<'a>),
}

impl<'t> Tree<'t> {
    /// Reads a dump whose line breaks are undone.
    pub(crate) fn read(text: &'t str) -> Result<Self, Unreadable> {
        reader::read(text)
    }

    /// All nodes, every node behind those it is inside of.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.nodes.len()).map(|index| Node { tree: self, index })
    }

    /// The nodes at the top: the statements that the rules made of the one that was sent.
    pub(crate) fn statements(&self) -> Vec<Node<'_>> {
        match self.root {
            Value::Node(index) => vec![Node { tree: self, index }],
            Value::List(start, end) => self.list(start, end).nodes().collect(),
            Value::Null | Value::Atom(_) | Value::Bytes(_) => Vec::new(),
        }
    }

    /// The node of this number.
    pub(crate) fn node(&self, index: usize) -> Option<Node<'_>> {
        (index < self.nodes.len()).then_some(Node { tree: self, index })
    }

    fn content<'a>(&'a self, value: Value<'a>) -> Content<'a> {
        match value {
            Value::Null => Content::Null,
            Value::Atom(text) => Content::Atom(text),
            Value::Bytes(text) => Content::Bytes(text),
            Value::List(start, end) => Content::List(self.list(start, end)),
            Value::Node(index) => Content::Node(Node { tree: self, index }),
        }
    }

    fn list(&self, start: usize, end: usize) -> List<'_> {
        List {
            tree: self,
            items: self.items.get(start..end).unwrap_or_default(),
        }
    }
}

impl<'a> Node<'a> {
    /// What the node is; the names of 16 and later also for 14 and 15. It is empty for a node that lacks what its kind has.
    pub(crate) fn label(self) -> &'a str {
        self.tree
            .nodes
            .get(self.index)
            .map_or("", |record| record.label)
    }

    /// Whether it has what nodes of its kind have; if not, it is of no kind that is known.
    pub(crate) fn is_complete(self) -> bool {
        self.label() != kinds::INCOMPLETE
    }

    /// The node's number in its tree.
    pub(crate) fn index(self) -> usize {
        self.index
    }

    /// Whether the node has this field, be it null.
    pub(crate) fn has(self, field: &str) -> bool {
        self.value(field).is_some()
    }

    /// Whether the node has this field and it is null.
    pub(crate) fn is_null(self, field: &str) -> bool {
        matches!(self.value(field), Some(Value::Null))
    }

    /// The node in this field.
    pub(crate) fn node(self, field: &str) -> Option<Self> {
        match self.value(field)? {
            Value::Node(index) => Some(Node {
                tree: self.tree,
                index,
            }),
            _ => None,
        }
    }

    /// The list in this field; an empty one if there is none.
    pub(crate) fn list(self, field: &str) -> List<'a> {
        match self.value(field) {
            Some(Value::List(start, end)) => self.tree.list(start, end),
            _ => List {
                tree: self.tree,
                items: &[],
            },
        }
    }

    /// The number in this field.
    pub(crate) fn number<T: TryFrom<i64>>(self, field: &str) -> Option<T> {
        T::try_from(self.atom(field)?.parse().ok()?).ok()
    }

    /// The flag in this field.
    pub(crate) fn flag(self, field: &str) -> Option<bool> {
        self.atom(field)?.parse().ok()
    }

    /// The OID in this field, unless it is the invalid one.
    pub(crate) fn oid(self, field: &str) -> Option<u32> {
        self.number(field).filter(|oid| *oid != 0)
    }

    /// The text in this field.
    pub(crate) fn text(self, field: &str) -> Option<Cow<'a, str>> {
        self.atom(field).map(unescaped)
    }

    /// The bytes of the constant in this field, as they lie in the server's memory.
    pub(crate) fn bytes(self, field: &str) -> Option<Vec<u8>> {
        let Value::Bytes(printed) = self.value(field)? else {
            return None;
        };
        let byte = |word: &str| {
            let number: i16 = word.parse().ok()?;
            // Where characters have signs, bytes are printed with them.
            u8::try_from(number.rem_euclid(256)).ok()
        };
        printed.split_ascii_whitespace().map(byte).collect()
    }

    /// This node and all that are inside of it, in the order of the text.
    pub(crate) fn within(self) -> impl Iterator<Item = Self> {
        let tree = self.tree;
        (self.index..self.end()).map(move |index| Node { tree, index })
    }

    /// The nodes directly inside of this one, in the order of the text.
    pub(crate) fn children(self) -> impl Iterator<Item = Self> {
        let tree = self.tree;
        let end = self.end();
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            let child = Node { tree, index: next };
            (next < end).then(|| {
                next = child.end();
                child
            })
        })
    }

    /// The number behind those of all nodes inside of this one.
    fn end(self) -> usize {
        let record = self.tree.nodes.get(self.index);
        record
            .map_or(self.index, |record| record.end)
            .max(self.index + 1)
    }

    /// All fields with their names.
    pub(crate) fn fields(self) -> impl Iterator<Item = (&'a str, Content<'a>)> {
        let fields = self
            .tree
            .nodes
            .get(self.index)
            .map(|node| node.fields.clone());
        let fields = fields.and_then(|fields| self.tree.fields.get(fields));
        fields
            .unwrap_or_default()
            .iter()
            .map(|(name, value)| (*name, self.tree.content(*value)))
    }

    /// The QUERY around this node: the one whose relations a `varlevelsup` of 1 speaks of.
    pub(crate) fn enclosing_query(self) -> Option<Self> {
        let index = self.tree.nodes.get(self.index)?.enclosing?;
        Some(Node {
            tree: self.tree,
            index,
        })
    }

    fn atom(self, field: &str) -> Option<&'a str> {
        match self.value(field)? {
            Value::Atom(text) => Some(text),
            _ => None,
        }
    }

    fn value(self, field: &str) -> Option<Value<'a>> {
        let fields = self.tree.nodes.get(self.index)?.fields.clone();
        let fields = self.tree.fields.get(fields)?;
        fields
            .iter()
            .find(|(name, _)| *name == field)
            .map(|(_, value)| *value)
    }
}

impl<'a> List<'a> {
    /// How many items there are, nulls among them.
    pub(crate) fn len(self) -> usize {
        self.items.len()
    }

    /// All items.
    pub(crate) fn contents(self) -> impl Iterator<Item = Content<'a>> {
        self.items.iter().map(|item| self.tree.content(*item))
    }

    /// The nodes among the items.
    pub(crate) fn nodes(self) -> impl Iterator<Item = Node<'a>> {
        (0..self.items.len()).filter_map(move |at| self.node(at))
    }

    /// The node that is item number `at`, from 0.
    pub(crate) fn node(self, at: usize) -> Option<Node<'a>> {
        match self.items.get(at)? {
            Value::Node(index) => Some(Node {
                tree: self.tree,
                index: *index,
            }),
            _ => None,
        }
    }

    /// The list that is item number `at`, from 0.
    pub(crate) fn list(self, at: usize) -> Option<Self> {
        match self.items.get(at)? {
            Value::List(start, end) => Some(self.tree.list(*start, *end)),
            _ => None,
        }
    }

    /// The numbers of a list of integers, of OIDs or of a set of bits; the letter in front says which.
    pub(crate) fn numbers<T: TryFrom<i64>>(self) -> impl Iterator<Item = T> {
        self.items.iter().filter_map(|item| match item {
            Value::Atom(text) => T::try_from(text.parse().ok()?).ok(),
            _ => None,
        })
    }
}

/// A text as it was before the server printed it: without quotes around and backslashes inside.
fn unescaped(printed: &str) -> Cow<'_, str> {
    let inner = printed
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(printed);
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        text.push(if character == '\\' {
            characters.next().unwrap_or(character)
        } else {
            character
        });
    }
    Cow::Owned(text)
}
