//! Dumps recorded from every supported version, and dumps that nobody would send.

use super::{DEPTH, Node, Tree, Unreadable, unwrapped};

/// `SELECT a.id, b.x AS "full (name) {1} \ ü" FROM a LEFT JOIN b ON b.id = a.id WHERE a.x = 7`
const RECORDED: [(u16, &str); 5] = [
    (14, include_str!("recorded/14.txt")),
    (15, include_str!("recorded/15.txt")),
    (16, include_str!("recorded/16.txt")),
    (17, include_str!("recorded/17.txt")),
    (18, include_str!("recorded/18.txt")),
];

#[test]
fn a_statement_reads_alike_on_every_version() {
    for (major, dump) in RECORDED {
        let text = unwrapped(dump).unwrap();
        let tree = Tree::read(&text).unwrap();
        let statements = tree.statements();
        let [query] = statements.as_slice() else {
            panic!("one statement on {major}")
        };
        assert_eq!(
            (query.label(), query.number::<u8>("commandType")),
            ("QUERY", Some(1)),
            "on {major}"
        );
        assert!(
            query.is_null("groupClause") && query.has("returningList") && !query.has("nothing"),
            "on {major}"
        );
        let entries: Vec<Node<'_>> = query.list("rtable").nodes().collect();
        assert!(
            entries.iter().all(|entry| entry.label() == "RANGETBLENTRY"),
            "on {major}"
        );
        assert_eq!(
            entries[0].node("eref").unwrap().text("aliasname").unwrap(),
            "a",
            "on {major}"
        );
        assert_eq!(entries[0].flag("inh"), Some(true), "on {major}");
        let columns: Vec<Node<'_>> = query.list("targetList").nodes().collect();
        assert_eq!(
            columns[1].text("resname").unwrap(),
            r"full (name) {1} \ ü",
            "on {major}"
        );
        let reference = columns[1].node("expr").unwrap();
        assert_eq!(
            (reference.label(), reference.number("varno")),
            ("VAR", Some(2)),
            "on {major}"
        );
        let nulling: Vec<usize> = reference.list("varnullingrels").numbers().collect();
        assert_eq!(
            nulling,
            if major < 16 { vec![] } else { vec![3] },
            "on {major}"
        );
        let constant = tree.nodes().find(|node| node.label() == "CONST").unwrap();
        assert_eq!(constant.oid("consttype"), Some(23), "on {major}");
        assert!(
            constant.has("constvalue") && constant.number::<i64>("constvalue").is_none(),
            "on {major}"
        );
    }
}

#[test]
fn every_cut_of_a_dump_is_unreadable() {
    let text = unwrapped(RECORDED[4].1).unwrap();
    let whole = text.trim_end().len();
    for cut in (0..whole).filter(|cut| text.is_char_boundary(*cut)) {
        assert!(Tree::read(&text[..cut]).is_err(), "cut at {cut}");
    }
    assert!(Tree::read(&text[..whole]).is_ok());
}

#[test]
fn what_the_grammar_does_not_allow_is_unreadable() {
    for text in [
        "",
        "{",
        "}",
        ")",
        "{A",
        "{}",
        "{A x}",
        "{A :x}",
        "{A :x 1 2}",
        "{A :x {B :y 1) }",
        "{A {B :x 1}}",
        "({A :x 1)",
        "{A :x 1} {A :x 1}",
        "{A :x 1} 2",
        "{A :x 4 [ 1 2}",
        "{A :x \\",
    ] {
        assert!(Tree::read(text).is_err(), "{text}");
    }
}

#[test]
fn values_of_every_form_are_told_apart() {
    let text = r#"{A :null <> :empty "" :number -7 :flag true :words ("a b" "" "c\ d") :set (b 1 5) :none (b)
        :bytes 4 [ 1 0 -2 ] :null_in_list ({B :x 1} <> {C :x <>}) :lists ((1 2) (3)) :colon :x :less \<>}"#;
    let text = text.replace("a b", r"a\ b");
    let tree = Tree::read(&text).unwrap();
    let statements = tree.statements();
    let node = statements[0];
    assert!(node.is_null("null") && !node.is_null("empty") && !node.is_null("absent"));
    assert_eq!(node.text("empty").unwrap(), "");
    assert_eq!(node.number::<i16>("number"), Some(-7));
    assert_eq!(node.number::<u32>("number"), None);
    assert_eq!(node.flag("flag"), Some(true));
    assert_eq!(node.list("words").len(), 3);
    assert_eq!(
        node.list("set").numbers::<usize>().collect::<Vec<_>>(),
        [1, 5]
    );
    assert_eq!(node.list("none").numbers::<usize>().count(), 0);
    assert!(node.has("bytes") && node.text("bytes").is_none());
    let list = node.list("null_in_list");
    assert_eq!((list.len(), list.nodes().count()), (3, 2));
    assert!(list.node(1).is_none() && list.node(2).unwrap().label() == "C");
    assert_eq!(
        node.list("lists")
            .list(1)
            .unwrap()
            .numbers::<u8>()
            .collect::<Vec<_>>(),
        [3]
    );
    assert_eq!(node.text("colon").unwrap(), ":x");
    assert_eq!(node.text("less").unwrap(), "<>");
}

#[test]
fn a_query_knows_the_query_around_it() {
    let text = "({QUERY :a {LINK :b {QUERY :c {VAR :d 1}}} :e {VAR :f 2}} {VAR :g 3})";
    let tree = Tree::read(text).unwrap();
    let around: Vec<Option<usize>> = tree
        .nodes()
        .map(|node| node.enclosing_query().map(Node::index))
        .collect();
    assert_eq!(around, [None, Some(0), Some(0), Some(2), Some(0), None]);
}

#[test]
fn nesting_without_end_is_refused_and_deep_nesting_needs_no_stack() {
    let nested = |depth: usize| format!("{}<>{}", "{A :x ".repeat(depth), "}".repeat(depth));
    assert!(Tree::read(&nested(DEPTH)).is_ok());
    assert_eq!(
        Tree::read(&nested(DEPTH + 1)).unwrap_err(),
        Unreadable::TooDeep
    );
    assert_eq!(
        Tree::read(&"(".repeat(1_000_000)).unwrap_err(),
        Unreadable::TooDeep
    );
}

#[test]
fn lines_are_joined_as_the_server_broke_them() {
    let names = [
        r"plain",
        r"two\ words",
        r"five\ words\ with\ spaces\ here",
        r"\{b\}",
        "ünïcödé",
        r"ends\\",
        r"\<x",
    ];
    for padding in 0..90 {
        for name in names {
            let text = format!(
                "{{A :pad {} :name {name} :names (\"{name}\" \"b\") :c 1}}",
                "p".repeat(padding)
            );
            // A token of a whole line may be ambiguous. It is then refused, never read wrongly.
            match unwrapped(&broken(&text)) {
                Ok(joined) => assert_eq!(joined.trim_end(), text, "padding {padding}"),
                Err(error) => assert!(
                    padding > 50 && error == Unreadable::Ambiguous,
                    "padding {padding}, {name}"
                ),
            }
        }
    }
}

#[test]
fn a_newline_in_a_name_stays_one() {
    for padding in 0..90 {
        let text = format!(
            "{{A :pad {} :name two\\\nlines :c 1}}",
            "p ".repeat(padding).trim_end().replace(' ', " :x ")
        );
        if Tree::read(&text).is_err() {
            continue;
        }
        let joined = unwrapped(&broken(&text)).unwrap();
        assert_eq!(joined.trim_end(), text, "padding {padding}");
    }
}

#[test]
fn a_word_longer_than_a_line_is_put_together_again() {
    for length in [60, 76, 77, 78, 79, 100, 155, 156, 157, 300] {
        for between in ["{A :x ", "{A :long_name_of_a_field "] {
            let text = format!("{between}{} :y 1}}", "w".repeat(length));
            match unwrapped(&broken(&text)) {
                Ok(joined) => assert_eq!(joined.trim_end(), text, "length {length}"),
                // Cut after one full line and ended at another: no single reading is right, and none is chosen.
                Err(error) => assert_ne!(error, Unreadable::TooDeep, "length {length}"),
            }
        }
    }
}

/// Breaks a dump into lines as the server does.
pub(crate) fn broken(dump: &str) -> String {
    const WIDTH: usize = 78;
    let bytes = dump.as_bytes();
    let mut lines = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let full = bytes
            .get(at..at + WIDTH)
            .filter(|_| at + WIDTH < bytes.len());
        let Some(line) = full else {
            lines.extend_from_slice(&bytes[at..]);
            lines.push(b'\n');
            break;
        };
        let (end, next) = if bytes[at + WIDTH] == b' ' {
            (at + WIDTH, at + WIDTH + 1)
        } else {
            match line.iter().rposition(|byte| *byte == b' ') {
                Some(space) if space > 0 => (at + space, at + space + 1),
                _ => (at + WIDTH, at + WIDTH),
            }
        };
        lines.extend_from_slice(&bytes[at..end]);
        lines.push(b'\n');
        at = next;
    }
    String::from_utf8_lossy(&lines).into_owned()
}
