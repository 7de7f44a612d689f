//! The recorded dumps are read to their last byte, and hold every kind of node.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Golden, MAJORS, all, dumps, folder};
use crate::tree::{Content, Node, Tree, canonical, unwrapped};

#[test]
fn nothing_of_a_recorded_dump_is_left_out() {
    for Golden {
        major,
        name,
        detail,
    } in all()
    {
        let text = unwrapped(&detail).unwrap();
        let tree = Tree::read(&text).unwrap_or_else(|error| panic!("{name} on {major}: {error:?}"));
        let mut read = Vec::new();
        match tree.statements().as_slice() {
            [] => panic!("{name} on {major} holds no statement"),
            statements => statements
                .iter()
                .for_each(|node| print(Content::Node(*node), &mut read)),
        }
        let mut printed = tokens(&text);
        // The statements stand in one list.
        assert_eq!((printed.remove(0), printed.pop().unwrap()), ("(", ")"));
        assert_eq!(read, printed, "{name} on {major}");
    }
}

#[test]
fn the_lines_of_a_recorded_dump_are_joined_as_they_were_broken() {
    for Golden {
        major,
        name,
        detail,
    } in all()
    {
        let text = unwrapped(&detail).unwrap();
        let again = crate::tree::broken(text.trim_end());
        assert_eq!(again, detail, "{name} on {major}");
    }
}

#[test]
fn every_kind_of_node_is_recorded_on_every_version() {
    let text = std::fs::read_to_string(folder().join("kinds.txt")).unwrap();
    for major in MAJORS {
        let expected: BTreeSet<&str> = text
            .lines()
            .filter_map(|line| listed(line, major))
            .collect();
        let kinds = kinds(major);
        let found: BTreeSet<&str> = kinds.keys().map(String::as_str).collect();
        let gone: Vec<_> = expected.difference(&found).collect();
        let unlisted: Vec<_> = found.difference(&expected).collect();
        assert!(
            gone.is_empty() && unlisted.is_empty(),
            "on {major}: no dump holds {gone:?}; kinds.txt does not list {unlisted:?}"
        );
    }
}

#[test]
fn every_sort_of_entry_subquery_and_statement_is_recorded_on_every_version() {
    for major in MAJORS {
        // Entries of trigger functions' transition tables and of the planner's own are in no statement that is asked about.
        let entries: &[u8] = if major < 18 {
            &[0, 1, 2, 3, 4, 5, 6]
        } else {
            &[0, 1, 2, 3, 4, 5, 6, 9]
        };
        assert_eq!(
            numbers(major, "RANGETBLENTRY", "rtekind"),
            entries,
            "on {major}"
        );
        assert_eq!(
            numbers(major, "SUBLINK", "subLinkType"),
            [0, 1, 2, 3, 4, 5, 6],
            "on {major}"
        );
        let commands: &[u8] = if major < 15 {
            &[1, 2, 3, 4, 5]
        } else {
            &[1, 2, 3, 4, 5, 6]
        };
        assert_eq!(
            numbers(major, "QUERY", "commandType"),
            commands,
            "on {major}"
        );
        assert_eq!(
            numbers(major, "JOINEXPR", "jointype"),
            [0, 1, 2, 3],
            "on {major}"
        );
        assert_eq!(
            numbers(major, "SETOPERATIONSTMT", "op"),
            [1, 2, 3],
            "on {major}"
        );
        assert_eq!(
            numbers(major, "GROUPINGSET", "kind"),
            [0, 1, 2, 3, 4],
            "on {major}"
        );
    }
}

#[test]
fn what_was_read_of_the_recorded_dumps() {
    let mut all: BTreeMap<String, BTreeMap<String, Vec<u32>>> = BTreeMap::new();
    let mut of_kind: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for major in MAJORS {
        for (kind, fields) in kinds(major) {
            of_kind.entry(kind.clone()).or_default().push(major);
            let known = all.entry(kind).or_default();
            for field in fields {
                known.entry(field).or_default().push(major);
            }
        }
    }
    let mut text = String::new();
    for (kind, fields) in all {
        let majors = &of_kind[&kind];
        write!(text, "{kind}{}", within(majors, &MAJORS)).unwrap();
        for (field, of_field) in fields {
            write!(text, " {field}{}", within(&of_field, majors)).unwrap();
        }
        text.push('\n');
    }
    insta::assert_snapshot!(text);
}

/// The majors, unless they are all.
fn within(majors: &[u32], all: &[u32]) -> String {
    match majors {
        _ if majors == all => String::new(),
        [only] => format!("[{only}]"),
        [first, .., last] => format!("[{first}-{last}]"),
        [] => unreachable!("something is in some dump"),
    }
}

/// The kind on a line of `kinds.txt`, if the major prints it: a name, the first major, and the last one.
fn listed(line: &str, major: u32) -> Option<&str> {
    let mut words = line.split(' ').filter(|_| !line.starts_with('#'));
    let kind = words.next()?;
    let mut majors = words.map(|word| word.parse::<u32>().unwrap());
    let is_printed = majors.next()? <= major && majors.next().is_none_or(|last| major <= last);
    is_printed.then_some(kind)
}

/// The values of a field in all nodes of a kind.
fn numbers(major: u32, kind: &str, field: &str) -> Vec<u8> {
    let mut found = BTreeSet::new();
    for golden in dumps(major) {
        let text = unwrapped(&golden.detail).unwrap();
        let tree = Tree::read(&text).unwrap();
        let nodes = tree.nodes().filter(|node| node.label() == kind);
        found.extend(nodes.map(|node| node.number::<u8>(field).unwrap()));
    }
    found.into_iter().collect()
}

/// The kinds of nodes in all dumps of a major, with the fields that they have.
fn kinds(major: u32) -> BTreeMap<String, BTreeSet<String>> {
    let mut kinds: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for golden in dumps(major) {
        let text = unwrapped(&golden.detail).unwrap();
        for node in Tree::read(&text).unwrap().nodes() {
            let fields = kinds.entry(node.label().to_owned()).or_default();
            fields.extend(node.fields().map(|(name, _)| name.to_owned()));
        }
    }
    kinds
}

/// Writes what was read as the words of a dump, without the lengths of constants.
fn print<'t>(content: Content<'t>, words: &mut Vec<&'t str>) {
    match content {
        Content::Null => words.push("<>"),
        Content::Atom(word) => words.push(word),
        Content::Bytes(bytes) => {
            words.push("[");
            words.extend(bytes.split_ascii_whitespace());
            words.push("]");
        }
        Content::List(list) => {
            words.push("(");
            list.contents().for_each(|item| print(item, words));
            words.push(")");
        }
        Content::Node(node) => print_node(node, words),
    }
}

fn print_node<'t>(node: Node<'t>, words: &mut Vec<&'t str>) {
    words.extend(["{", node.label()]);
    for (name, content) in node.fields() {
        // The bare words of the raw grammar have no name.
        if !name.is_empty() {
            words.extend([":", name]);
        }
        print(content, words);
    }
    words.push("}");
}

/// The words of a dump without the lengths of constants; a reader of its own, for what is read to be held against.
fn tokens(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            ' ' | '\n' => 0,
            '{' | '}' | '(' | ')' => 1,
            _ => word(rest),
        };
        let (token, behind) = rest.split_at(length.max(1));
        rest = behind;
        if length == 0 {
            continue;
        }
        match token {
            "[" => {
                words.pop();
                words.push(token);
            }
            label if words.last() == Some(&"{") => words.push(canonical(label)),
            // A value may begin with a colon; it then stands behind a name.
            name if name.starts_with(':') && !is_named(&words) => words.extend([":", &name[1..]]),
            other => words.push(other),
        }
    }
    words
}

fn is_named(words: &[&str]) -> bool {
    words.len() > 1 && words[words.len() - 2] == ":"
}

fn word(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            ' ' | '\n' | '{' | '}' | '(' | ')' => return at,
            _ => {}
        }
    }
    text.len()
}
