//! What texts become, and which are refused.

use super::{Style, Template};

/// The SQL and the parameters, each `name` with its places.
#[track_caller]
fn check(text: &str, style: Style, sql: &str, parameters: &[(&str, &[&str])]) {
    let template = Template::parse(text).unwrap();
    assert_eq!(template.text(), text);
    assert_eq!(template.sql(), sql);
    assert_eq!(template.style(), style);
    let found: Vec<_> = template
        .parameters()
        .iter()
        .map(|parameter| {
            let places = parameter
                .places
                .iter()
                .map(|place| &text[place.clone()])
                .collect::<Vec<_>>();
            (parameter.name.as_deref().unwrap_or_default(), places)
        })
        .collect();
    let expected: Vec<_> = parameters
        .iter()
        .map(|(name, places)| (*name, places.to_vec()))
        .collect();
    assert_eq!(found, expected);
}

/// The mistakes, each as `message @ what it points at`.
#[track_caller]
fn check_refused(text: &str, expected: &[&str]) {
    let mistakes = Template::parse(text).unwrap_err();
    let found: Vec<_> = mistakes
        .0
        .iter()
        .map(|mistake| {
            assert!(
                !mistake.help.is_empty(),
                "no way out of {:?}",
                mistake.message
            );
            let place = mistake
                .place
                .clone()
                .map_or("nowhere", |place| &text[place]);
            format!("{} @ {place}", mistake.message)
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_text_without_placeholders_stays_as_it_is() {
    check("SELECT 1;", Style::None, "SELECT 1;", &[]);
}

#[test]
fn numbers_stay_as_they_are() {
    check(
        "SELECT $2, $1, $2::int",
        Style::Positional,
        "SELECT $2, $1, $2::int",
        &[("", &["$1"]), ("", &["$2", "$2"])],
    );
}

#[test]
fn names_become_numbers_in_the_order_they_appear() {
    check(
        "SELECT $b, $a, $b",
        Style::Named,
        "SELECT $1, $2, $1",
        &[("b", &["$b", "$b"]), ("a", &["$a"])],
    );
    check(
        "SELECT $größe::int",
        Style::Named,
        "SELECT $1::int",
        &[("größe", &["$größe"])],
    );
}

#[test]
fn captures_are_paths() {
    check(
        "SELECT {id}, {user.name}, {self.0.r#type}, {id}",
        Style::Captured,
        "SELECT $1, $2, $3, $1",
        &[
            ("id", &["{id}", "{id}"]),
            ("user.name", &["{user.name}"]),
            ("self.0.r#type", &["{self.0.r#type}"]),
        ],
    );
    let template = Template::parse("SELECT { user . id }, {user.id}").unwrap();
    assert_eq!(template.sql(), "SELECT $1, $1");
    assert_eq!(template.parameters()[0].path.as_deref(), Some("user.id"));
}

#[test]
fn names_differ_by_case() {
    check(
        "SELECT {a}, {A}",
        Style::Captured,
        "SELECT $1, $2",
        &[("a", &["{a}"]), ("A", &["{A}"])],
    );
}

#[test]
fn literals_and_comments_hold_no_placeholders() {
    for text in [
        r#"SELECT '{"a": 1}', '{1,2}'::int[]"#,
        "SELECT E'\\'{a}$1', U&'{a}', $$ {a} $1 $b $$, $x$ {a} $x$",
        "SELECT 1 AS \"{a}$1\", U&\"$b\" -- {a} $1\n/* {a} /* $b */ $1 */",
        "DO $$ BEGIN PERFORM $1; END $$",
    ] {
        check(text, Style::None, text, &[]);
    }
}

#[test]
fn text_outside_ascii_is_kept() {
    check(
        "SELECT '漢🐘', {é}, 'ß'",
        Style::Captured,
        "SELECT '漢🐘', $1, 'ß'",
        &[("é", &["{é}"])],
    );
}

#[test]
fn a_number_does_not_grow_together_with_its_neighbours() {
    check(
        "SELECT {a}1",
        Style::Captured,
        "SELECT $1 1",
        &[("a", &["{a}"])],
    );
    check(
        "SELECT{a}AS b",
        Style::Captured,
        "SELECT $1 AS b",
        &[("a", &["{a}"])],
    );
    check(
        "SELECT é{a}é",
        Style::Captured,
        "SELECT é $1 é",
        &[("a", &["{a}"])],
    );
    check(
        "SELECT {a}{b}",
        Style::Captured,
        "SELECT $1 $2",
        &[("a", &["{a}"]), ("b", &["{b}"])],
    );
    check(
        "SELECT f({a}::int,-{b})",
        Style::Captured,
        "SELECT f($1::int,-$2)",
        &[("a", &["{a}"]), ("b", &["{b}"])],
    );
}

#[test]
fn the_rust_between_braces_is_not_lexed_as_sql() {
    check(
        "SELECT {a.0.1}",
        Style::Captured,
        "SELECT $1",
        &[("a.0.1", &["{a.0.1}"])],
    );
}

#[test]
fn a_routine_keeps_its_own_arguments() {
    for text in [
        "CREATE FUNCTION f(int) RETURNS int RETURN $1 + $2",
        "CREATE OR REPLACE PROCEDURE p(int) BEGIN ATOMIC SELECT $1; SELECT $1; END",
    ] {
        check(text, Style::None, text, &[]);
    }
}

#[test]
fn a_routine_takes_no_values_from_outside() {
    let mistake =
        |place| format!("this statement takes no parameters, found a placeholder @ {place}");
    check_refused(
        "CREATE FUNCTION f(int) RETURNS int RETURN $1 + {a}",
        &[&mistake("{a}")],
    );
    check_refused(
        "CREATE PROCEDURE p() BEGIN ATOMIC SELECT $a; END",
        &[&mistake("$a")],
    );
}

#[test]
fn ten_parameters_are_numbered_as_numbers() {
    let template = Template::parse("SELECT $a,$b,$c,$d,$e,$f,$g,$h,$i,$j,$k").unwrap();
    assert_eq!(template.sql(), "SELECT $1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11");
}

#[test]
fn there_is_one_statement() {
    check_refused("", &["the statement is empty @ nowhere"]);
    check_refused(
        " -- only a comment\n;",
        &["the statement is empty @ nowhere"],
    );
    check_refused(
        "SELECT 1; SELECT 2;",
        &["expected one statement, found a second one behind the semicolon @ SELECT 2"],
    );
}

#[test]
fn what_is_opened_is_closed() {
    check_refused("SELECT 'a", &["unterminated quoted string @ 'a"]);
    check_refused("SELECT /* a", &["unterminated /* comment @ /* a"]);
    check_refused(
        "SELECT $$ a; b",
        &["unterminated dollar-quoted string @ $$ a; b"],
    );
    check_refused("SELECT {a}, \"b", &["unterminated quoted identifier @ \"b"]);
    check_refused(
        "SELECT '\0'",
        &["the statement holds a NUL character, which PostgreSQL cannot take @ \0"],
    );
}

#[test]
fn kinds_of_placeholders_do_not_mix() {
    check_refused(
        "SELECT $1, $a",
        &["expected placeholders of one kind, found $name beside $1 @ $a"],
    );
    check_refused(
        "SELECT $a, {b}, $1",
        &["expected placeholders of one kind, found {name} beside $name @ {b}"],
    );
    check_refused(
        "SELECT {a}, $1",
        &["expected placeholders of one kind, found $1 beside {name} @ $1"],
    );
}

#[test]
fn numbers_have_no_gaps() {
    check_refused(
        "SELECT $2",
        &["the parameter $1 is missing: numbers start at $1 and leave none out @ $2"],
    );
    check_refused(
        "SELECT $5, $1, $3, $3",
        &["the parameter $2 is missing: numbers start at $1 and leave none out @ $3"],
    );
    check_refused("SELECT $0", &["there is no parameter $0 @ $0"]);
}

#[test]
fn there_are_at_most_65535_parameters() {
    check_refused(
        "SELECT $65536",
        &["expected at most 65535 parameters, found $65536 @ $65536"],
    );
    let huge = "SELECT $99999999999999999999";
    check_refused(
        huge,
        &["expected at most 65535 parameters, found $99999999999999999999 @ $99999999999999999999"],
    );
    let most: Vec<_> = (1..=65_535).map(|number| format!("$a{number}")).collect();
    let most = format!("SELECT {}", most.join(","));
    assert_eq!(Template::parse(&most).unwrap().parameters().len(), 65_535);
    check_refused(
        &format!("{most},$b"),
        &["expected at most 65535 parameters, found more @ $b"],
    );
}

#[test]
fn letters_behind_a_number_are_a_mistake() {
    check_refused(
        "SELECT $1abc",
        &["trailing junk after the parameter $1: \"abc\" @ $1abc"],
    );
}

#[test]
fn braces_take_paths_only() {
    let found = |what: &str| format!("expected a name between the braces, found {what}");
    check_refused("SELECT {}", &[&format!("{} @ {{}}", found("nothing"))]);
    check_refused("SELECT {0}", &[&format!("{} @ {{0}}", found("\"0\""))]);
    check_refused(
        "SELECT {a + 1}",
        &[&format!("{} @ {{a + 1}}", found("\"a + 1\""))],
    );
    check_refused(
        "SELECT {a.b()}",
        &[&format!("{} @ {{a.b()}}", found("\"a.b()\""))],
    );
    check_refused("SELECT {a.}", &[&format!("{} @ {{a.}}", found("\"a.\""))]);
    check_refused(
        "SELECT {a::B}",
        &[&format!("{} @ {{a::B}}", found("\"a::B\""))],
    );
    check_refused(
        "SELECT {a:?}",
        &[&format!("{} @ {{a:?}}", found("the format \":?\""))],
    );
    check_refused(
        "SELECT {type}",
        &[&format!("{} @ {{type}}", found("the keyword \"type\""))],
    );
    check_refused(
        "SELECT {a.self}",
        &[&format!("{} @ {{a.self}}", found("the keyword \"self\""))],
    );
    check_refused(
        "SELECT {_}",
        &[&format!("{} @ {{_}}", found("the keyword \"_\""))],
    );
}

#[test]
fn several_wrong_captures_are_reported_together() {
    check_refused(
        "SELECT {}, {1}",
        &[
            "expected a name between the braces, found nothing @ {}",
            "expected a name between the braces, found \"1\" @ {1}",
        ],
    );
}

#[test]
fn braces_are_closed_and_single() {
    check_refused(
        "SELECT {a FROM t",
        &["expected } behind the captured name @ {"],
    );
    check_refused(
        "SELECT {a, '}'",
        &["expected } behind the captured name @ {"],
    );
    check_refused("SELECT a}", &["expected { in front of } @ }"]);
    check_refused(
        "SELECT {{a}}",
        &["doubled braces stand for nothing here: SQL has no braces outside literals @ {{"],
    );
    check_refused(
        "SELECT ${a}",
        &["expected $name or {name}, found both at once @ ${a}"],
    );
}

/// `sql` is what stands between the guillemets of the statement as the server gets it.
#[track_caller]
fn check_source(text: &str, sql: &str, expected: &str) {
    let template = Template::parse(text).unwrap();
    let start = sql.find('«').unwrap();
    let end = sql.find('»').unwrap() - '«'.len_utf8();
    assert_eq!(sql.replace(['«', '»'], ""), template.sql());
    assert_eq!(&text[template.to_source(start..end)], expected);
}

#[test]
fn places_lead_back_to_the_text() {
    let text = "SELECT {first.name}, nmae, {last}x FROM t";
    check_source(text, "«SELECT» $1, nmae, $2 x FROM t", "SELECT");
    check_source(text, "SELECT $1, «nmae», $2 x FROM t", "nmae");
    check_source(text, "SELECT $1, nmae, $2 x FROM «t»", "t");
    check_source(text, "SELECT «$1», nmae, $2 x FROM t", "{first.name}");
    check_source(text, "SELECT $«1», nmae, $2 x FROM t", "{first.name}");
    check_source(text, "SELECT $1, nmae, «$2 »x FROM t", "{last}");
    check_source(text, "SELECT $1, «nmae, $2 x» FROM t", "nmae, {last}x");
    check_source(text, "SELECT $1, nmae, $2 x FROM t«»", "");
    check_source(
        "SELECT $10, $a FROM t".replace("$10", "$b").as_str(),
        "SELECT $1, «$2» FROM t",
        "$a",
    );
}

#[test]
fn places_behind_the_statement_are_its_end() {
    let template = Template::parse("SELECT {a}").unwrap();
    assert_eq!(template.to_source(9..50), 10..10);
    assert_eq!(template.to_source(50..60), 10..10);
}
