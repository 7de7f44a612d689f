//! What a COPY is read as, and what is no COPY.

use super::{Copy, CopyTable};
use crate::key;
use crate::template::Template;

fn names(text: &str, table: &CopyTable) -> (String, Option<Vec<String>>) {
    let piece = |range: &std::ops::Range<usize>| text[range.clone()].to_owned();
    let columns = table.columns.as_ref();
    (
        piece(&table.relation),
        columns.map(|columns| columns.iter().map(piece).collect()),
    )
}

#[track_caller]
fn check_in(text: &str, relation: &str, columns: Option<&[&str]>) {
    let template = Template::copy_in(text).unwrap();
    let Some(Copy::In(table)) = template.copy() else {
        panic!("{text}: {:?}", template.copy())
    };
    let expected = columns.map(|columns| columns.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(names(text, table), (relation.to_owned(), expected));
}

#[test]
fn tables_are_names_with_a_schema_or_without() {
    check_in("users", "users", None);
    check_in(" app.\"Users\" ; ", "app.\"Users\"", None);
    check_in("a.b.c(x)", "a.b.c", Some(&["x"]));
}

#[test]
fn columns_are_names_between_parentheses() {
    check_in("users (id, name)", "users", Some(&["id", "name"]));
    check_in(
        "users (\n  id, -- the key\n  \"First, name\"\n)",
        "users",
        Some(&["id", "\"First, name\""]),
    );
}

#[test]
fn copies_are_statements_of_their_own() {
    let sql = |template: Template| template.sql().to_owned();
    let table = "users (id)";
    assert_eq!(
        sql(Template::copy_in(table).unwrap()),
        "COPY users (id) FROM STDIN"
    );
    assert_eq!(
        sql(Template::copy_out(table).unwrap()),
        "COPY users (id) TO STDOUT"
    );
    let query = "SELECT 1 -- one";
    let copy = Template::copy_out(query).unwrap();
    assert_ne!(key(&copy), key(&Template::parse(query).unwrap()));
    assert_eq!(sql(copy), "COPY (SELECT 1) TO STDOUT");
}

#[test]
fn what_is_copied_has_no_words_around_it() {
    let copied = |template: Template| template.copied().to_owned();
    assert_eq!(
        copied(Template::copy_in("users (id);").unwrap()),
        "users (id)"
    );
    assert_eq!(
        copied(Template::copy_out("SELECT 1 -- one").unwrap()),
        "SELECT 1"
    );
    assert_eq!(copied(Template::parse("SELECT 1").unwrap()), "");
}

#[test]
fn a_copy_may_be_written_whole() {
    let text = "copy users (id) from stdin;";
    let written = Template::written(text).unwrap();
    assert_eq!(written.sql(), "COPY users (id) FROM STDIN");
    let found = written.sql().find("id").unwrap();
    assert_eq!(&text[written.to_source(found..found + 2)], "id");
    let written = Template::written("COPY (SELECT 1) TO STDOUT").unwrap();
    assert!(matches!(written.copy(), Some(Copy::Query(_))));
    assert_eq!(Template::written("SELECT 1").unwrap().copy(), None);
    for refused in ["COPY users FROM PROGRAM 'x'", "COPY", "COPY FROM STDIN"] {
        assert!(Template::written(refused).is_err(), "{refused}");
    }
}

#[test]
fn what_begins_like_a_query_is_copied_out_as_one() {
    for query in [
        "SELECT 1",
        "values (1)",
        "TABLE t",
        "WITH a AS (SELECT 1) TABLE a",
        "(SELECT 1) UNION SELECT 2",
        "DELETE FROM t RETURNING id",
    ] {
        let template = Template::copy_out(query).unwrap();
        assert_eq!(template.copy(), Some(&Copy::Query(0..query.len())));
    }
    let table = Template::copy_out("\"select\" (id)").unwrap();
    assert!(matches!(table.copy(), Some(Copy::Out(_))));
}

#[test]
fn places_lead_back_to_the_text() {
    let text = " users (id, nmae)";
    let template = Template::copy_in(text).unwrap();
    let found = template.sql().find("nmae").unwrap();
    assert_eq!(&text[template.to_source(found..found + 4)], "nmae");
    assert_eq!(template.to_source(0..4), 1..1);
    let end = template.sql().len();
    assert_eq!(
        template.to_source(end - 5..end),
        text.len()..text.len(),
        "what the text does not hold is its end"
    );
}

#[track_caller]
fn check_mistake(
    read: impl Fn(&str) -> Result<Template, crate::Mistakes>,
    text: &str,
    expected: &str,
    at: &str,
) {
    let mistakes = read(text).unwrap_err();
    assert_eq!(mistakes.to_string(), expected, "in {text}");
    let place = mistakes.0[0].place.clone().unwrap();
    assert_eq!(&text[place], at, "in {text}");
    assert!(!mistakes.0[0].help.is_empty());
}

#[test]
fn what_is_no_table_is_refused_where_it_stands() {
    let check = |text: &str, expected: &str, at: &str| {
        check_mistake(Template::copy_in, text, expected, at);
    };
    check(
        "SELECT id FROM users",
        "rows are copied into a table, found SELECT",
        "SELECT",
    );
    check(
        "users (id,)",
        "expected the name of a column, found `)`",
        ")",
    );
    check("users ()", "expected the name of a column, found `)`", ")");
    check("users (id", "expected a comma or `)`, found the end", "");
    check(
        "users (id name)",
        "expected a comma or `)`, found `name`",
        "name",
    );
    check(
        "'users'",
        "expected the name of a table, found `'users'`",
        "'users'",
    );
    check("app.", "expected a name behind the dot, found the end", "");
    check(
        "users (id) WITH (FORMAT csv)",
        "expected the end behind what is copied, found WITH",
        "WITH (FORMAT csv)",
    );
}

#[test]
fn whole_statements_are_told_what_to_leave_out() {
    let help = |text| Template::copy_in(text).unwrap_err().0.remove(0).help;
    assert_eq!(
        help("COPY users FROM STDIN"),
        ["leave COPY out, and what follows the columns: the macro writes it itself"]
    );
    assert_eq!(
        help("ONLY users"),
        ["leave ONLY out: COPY means the table itself, never those that inherit from it"]
    );
    assert_eq!(
        help("users FROM STDIN"),
        ["leave it out: the macro writes FROM STDIN and TO STDOUT itself"]
    );
}

#[test]
fn a_copy_takes_no_parameters() {
    let query = "SELECT id FROM users WHERE id = {id} OR id = {other}";
    let mistakes = Template::copy_out(query).unwrap_err();
    assert_eq!(mistakes.0.len(), 2);
    check_mistake(
        Template::copy_out,
        "SELECT id FROM users WHERE id = $id",
        "COPY takes no parameters, found $id",
        "$id",
    );
    check_mistake(
        Template::copy_in,
        "users ({id})",
        "COPY takes no parameters, found {id}",
        "{id}",
    );
}
