//! What fragments become, and that nothing gets into them but literals, identifiers and values.

use hathi_sql_text::{TokenKind, lex};

use super::*;
use crate::codec::Encode;
use crate::codec::{Arguments, EncodeError};
use crate::query::{Executable, Statement};
use crate::sql;
use crate::sql::{Array, Int4, Int8, Nullable, Text};

#[track_caller]
fn check(fragment: &Fragment, sql: &str) {
    assert!(fragment.mistake.is_none(), "{:?}", fragment.mistake);
    assert_eq!(fragment.to_string(), sql);
}

#[track_caller]
fn refused(fragment: Fragment, expected: &str) {
    let command = fragment.command();
    let error = Executable::source(&command).wanted().unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_name_that_is_used_twice_is_one_parameter() {
    let name = String::from("Ada");
    let fragment = sql!("a = $name OR b = $name OR c = $id", name: Text = name, id: Int8 = 7);
    check(&fragment, "a = $1 OR b = $1 OR c = $2");
    assert_eq!(fragment.types, [TypeRef::Oid(25), TypeRef::Oid(20)]);
    assert_eq!(
        fragment.values,
        b"\0\0\0\x03Ada\0\0\0\x08\0\0\0\0\0\0\0\x07"
    );
}

#[test]
fn parameters_of_nested_fragments_are_numbered_behind_those_around_them() {
    let inner = sql!("x = $v", v: Int4 = 1);
    let outer = sql!(
        "{inner} AND y = $v AND ({inner} OR {other})",
        v: Nullable<Int4> = None::<i32>,
        inner = &inner,
        other = sql!("z = ANY ($v)", v: Array<Int4> = &[1, 2][..]),
    );
    check(&outer, "x = $2 AND y = $1 AND (x = $2 OR z = ANY ($3))");
    assert_eq!(outer.types.len(), 3);
    check(
        &sql!("NOT {outer}", outer = outer.clone()),
        &format!("NOT {outer}"),
    );
}

#[test]
fn nothing_is_a_placeholder_inside_of_literals_identifiers_and_comments() {
    let text = r#"'$a {b} ''$a' "$a {b}" E'\'$a' $$ $a {b} $$ $t$ $a $$ $t$ U&"$a" /* $a /* {b} */ $a */ $x -- $a {b}"#;
    let fragment = sql!(
        r#"'$a {b} ''$a' "$a {b}" E'\'$a' $$ $a {b} $$ $t$ $a $$ $t$ U&"$a" /* $a /* {b} */ $a */ $x -- $a {b}"#,
        x: Int4 = 1
    );
    check(&fragment, &text.replace("$x", "$1"));
}

#[test]
fn a_comment_at_the_end_of_a_fragment_hides_nothing_behind_it() {
    let filter = sql!("a = 1 -- the usual");
    let statement =
        sql!("DELETE FROM t WHERE {filter} AND owner = $me", filter = filter, me: Int4 = 1);
    check(
        &statement,
        "DELETE FROM t WHERE a = 1 -- the usual\n AND owner = $1",
    );
    check(
        &Fragment::all([sql!("a -- b"), sql!("c")]),
        "(a -- b\n) AND (c)",
    );
    let trusted = Fragment::trusted("a -- b");
    check(&sql!("{x}, c", x = trusted), "a -- b\n, c");
}

#[test]
fn fragments_do_not_run_into_each_other() {
    let minus = || sql!("-");
    check(&sql!("1 -{x}1", x = minus()), "1 - - 1");
    check(
        &sql!("{a}{b}", a = sql!("$v", v: Int4 = 1), b = sql!("0")),
        "$1 0",
    );
    check(&sql!("a{b}", b = sql!("c")), "a c");
    check(&sql!("/{b}", b = sql!("* c")), "/ * c");
    check(&sql!("${b}", b = sql!("1")), "$ 1");
    check(
        &sql!(
            "{s}.{t}",
            s = Identifier::new("s"),
            t = Identifier::new("t")
        ),
        r#""s"."t""#,
    );
    check(
        &sql!("U&{t}", t = Identifier::new("\\0061")),
        r#"U& "\0061""#,
    );
}

#[test]
fn a_literal_on_a_later_line_does_not_go_on_with_a_nested_one() {
    let escape = sql!(r"E'a'");
    // Without what keeps them apart, the quote behind the backslash would not end the literal.
    let joined = sql!("{escape}\n'b\\' OR c", escape = &escape);
    assert!(joined.to_string().contains("/**/"));
    let kinds: Vec<_> = lex(&joined.to_string()).map(|token| token.kind).collect();
    assert!(
        kinds.contains(&TokenKind::String)
            && !matches!(kinds.last(), Some(TokenKind::Unterminated(_)))
    );
    let nested = sql!("E'a'\n{b}", b = sql!("'b\\'"));
    assert!(nested.to_string().contains("/**/'b"));
}

#[test]
fn an_identifier_is_one_whatever_it_holds() {
    let names = [
        "users",
        "Users",
        "weird\"name",
        "\"",
        "\"\"; DROP TABLE users; --",
        "a.b",
        "$1",
        "{x}",
        "größe",
        "/*",
        "'",
        "\\",
        "select",
    ];
    for name in names {
        let sql = sql!("SELECT 1 FROM {t} WHERE x", t = Identifier::new(name)).to_string();
        let tokens: Vec<_> = lex(&sql).filter(|token| !token.kind.is_trivia()).collect();
        assert_eq!(tokens.len(), 6, "{sql}");
        assert_eq!(tokens[3].kind, TokenKind::QuotedIdentifier);
        let text = tokens[3].text(&sql);
        assert_eq!(text[1..text.len() - 1].replace("\"\"", "\""), name);
    }
}

#[test]
fn values_are_never_text() {
    let evil = "'; DROP TABLE users; -- $1 {x} \"";
    let fragment = sql!("name = $name", name: Text = evil);
    check(&fragment, "name = $1");
    assert!(fragment.values.ends_with(evil.as_bytes()));
    assert!(!format!("{fragment:?}").contains("DROP"));
}

#[test]
fn separators_stand_between_what_is_there() {
    let part = |text: &'static str| Fragment::trusted(text);
    check(&Fragment::join([part("a"), part("b")], ", "), "a, b");
    check(&Fragment::join([part("a"), part("b")], "+"), "a + b");
    check(
        &Fragment::join([Fragment::empty(), part("b"), sql!("")], ", "),
        "b",
    );
    assert!(Fragment::join([], ", ").is_empty());
    check(&Fragment::any([]), "FALSE");
    check(
        &Fragment::any([part("a"), part("b AND c")]),
        "(a) OR (b AND c)",
    );
    check(&sql!("a {b} c", b = None), "a  c");
    refused(
        Fragment::join([part("a")], " -- "),
        "a separator must not end in a comment",
    );
    refused(
        Fragment::join([part("a")], " '"),
        "a string literal begins in the fragment and does not end",
    );
}

#[test]
fn what_does_not_fit_is_told_when_the_fragment_is_run() {
    refused(
        sql!("a = $b"),
        "the fragment names $b, and nothing is given for it",
    );
    refused(
        sql!("a = {b}"),
        "the fragment names {b}, and nothing is given for it",
    );
    refused(
        sql!("a", b: Int4 = 1),
        "\"b\" is given to a fragment that does not name it",
    );
    refused(
        sql!("a = {b}", b: Int4 = 1),
        "\"b\" is a value: expected $b in the fragment, found {b}",
    );
    refused(
        sql!("a = $b", b = sql!("c")),
        "\"b\" is no value: expected {b} in the fragment, found $b; a value is given with its type, `b: Int4 = …`",
    );
    let expected = |text| {
        format!(
            "a fragment has no place for \"{text}\": values are `$name`, other fragments `{{name}}`"
        )
    };
    refused(sql!("a = $1", b: Int4 = 1), &expected("$1"));
    refused(sql!("a = {b.c}", b = sql!("c")), &expected("{b."));
    refused(sql!("a = { b }", b = sql!("c")), &expected("{ b"));
    refused(sql!("a }"), &expected("}"));
    refused(Fragment::trusted("$1"), &expected("$1"));
    refused(
        sql!("SELECT {x}", x = Fragment::trusted("'")),
        "a string literal begins in the fragment and does not end",
    );
    refused(
        sql!("a /* b"),
        "a comment begins in the fragment and does not end",
    );
    let long = "x".repeat(64);
    refused(
        sql!("{t}", t = Identifier::qualified("s", &long)),
        &format!("expected an identifier of at most 63 bytes, found one of 64: \"{long}\""),
    );
}

#[test]
fn a_value_that_cannot_be_sent_is_named() {
    struct Refused;
    impl Encode<Text> for Refused {
        fn encode(&self, to: &mut Arguments<'_>) -> Result<(), EncodeError> {
            to.bytes(b"half")?;
            Err(EncodeError::rejected("not today"))
        }
    }
    let fragment = sql!("a = $a OR b = $b", a: Int4 = 1, b: Text = Refused);
    assert_eq!(fragment.values.len(), 8);
    refused(
        sql!("({inner})", inner = fragment),
        "$b cannot be sent: not today",
    );
}

#[test]
fn a_statement_says_where_its_text_stands() {
    let query = sql!("SELECT $a", a: Int4 = 1).query((Int4,));
    let origin = Statement::source(&query).origin().unwrap();
    assert!(origin.file.ends_with("tests.rs"));
    let Ok(()) = Statement::bind_to(&query, &mut Arguments::new(&mut Vec::new())) else {
        panic!("the values were encoded before");
    };
}
