//! Diagnostics as they are printed: each text is read here as a user reads it.

use std::path::Path;
use std::time::Duration;

use super::{ArgumentsForm, Diagnostic, Mistakes, NoAnswer, ServerWords, SourcePlace, Subject};
use crate::template::Style;

/// What the compiler prints for a mistake in a text.
#[track_caller]
fn check(diagnostic: &Diagnostic, text: &str, expected: &str) {
    let place = SourcePlace {
        file: "src/main.rs".to_owned(),
        line: 12,
        column: 30,
    };
    let at = diagnostic.place.is_some().then_some(&place);
    assert_eq!(diagnostic.report(text, at), expected.trim_matches('\n'));
}

/// Style of every text: lower-case words, no full stop, and a way out.
#[track_caller]
fn check_words(diagnostic: &Diagnostic, message: &str, help: &[&str]) {
    assert_eq!(diagnostic.message, message);
    assert_eq!(diagnostic.help, help);
    for line in std::iter::once(&diagnostic.message).chain(&diagnostic.help) {
        assert!(!line.ends_with('.'), "{line}");
    }
    assert!(!help.is_empty());
}

#[test]
fn a_server_error_shows_its_place_and_its_words() {
    let words = ServerWords {
        message: "column \"nmae\" does not exist",
        sqlstate: "42703",
        detail: None,
        hint: Some("Perhaps you meant to reference the column \"crew.name\"."),
    };
    check(
        &Diagnostic::server_error(words, Some(7..11)),
        "SELECT nmae FROM crew WHERE id = $1",
        r#"
error: column "nmae" does not exist
         SELECT nmae FROM crew WHERE id = $1
                ^^^^
        --> src/main.rs:12:30
       hint: Perhaps you meant to reference the column "crew.name"."#,
    );
}

#[test]
fn words_of_several_lines_stay_in_their_column() {
    let words = ServerWords {
        message: "function f(text) is not unique",
        detail: Some("one\ntwo"),
        ..ServerWords::default()
    };
    check(
        &Diagnostic::server_error(words, None).help("cast it\nor drop one"),
        "",
        "
error: function f(text) is not unique
       detail: one
               two
       help: cast it
             or drop one",
    );
}

#[test]
fn a_place_in_a_statement_of_several_lines_shows_its_line() {
    check(
        &Diagnostic::mixed_styles(Style::Positional, Style::Named, 24..26),
        "SELECT $1\n        WHERE $a\r\n",
        "
error: expected placeholders of one kind, found $name beside $1
         WHERE $a
               ^^
        --> src/main.rs:12:30
       help: write all of them as $1 or all as $name",
    );
}

#[test]
fn json_counts_characters_and_keeps_nulls() {
    let words = ServerWords {
        message: "m",
        sqlstate: "42703",
        detail: Some("d"),
        hint: None,
    };
    let json = Diagnostic::server_error(words, Some(10..11))
        .help("a")
        .help("b")
        .to_json("SELECT 'é', x");
    let expected = r#"{"error":{"detail":"d","help":"a\nb","hint":null,"message":"m","position":10,"sqlstate":"42703"}}"#;
    assert_eq!(
        json,
        serde_json::from_str::<serde_json::Value>(expected).unwrap()
    );
    let json = Diagnostic::empty_statement().to_json("");
    assert!(json["error"]["position"].is_null() && json["error"]["sqlstate"].is_null());
}

#[test]
fn several_mistakes_are_one_error_of_several_parts() {
    let mistakes = Mistakes(vec![
        Diagnostic::empty_statement(),
        Diagnostic::returns_rows(),
    ]);
    assert_eq!(
        mistakes.to_string(),
        "the statement is empty; the statement returns rows: `command!` would throw them away"
    );
}

#[test]
fn no_answer_names_exactly_two_commands() {
    let start = "start a private PostgreSQL with your migrations applied: cargo hathi db start";
    let prepare = "or write the cache where a database is at hand: cargo hathi prepare";
    let message = "this statement is not in the cache, and no database can be asked about it";
    check_words(
        &Diagnostic::no_answer(NoAnswer::NoDatabase),
        message,
        &[start, prepare],
    );
    let unset = format!("unset HATHI_OFFLINE and {start}");
    check_words(
        &Diagnostic::no_answer(NoAnswer::Offline),
        message,
        &[&unset, prepare],
    );
    check(
        &Diagnostic::no_answer(NoAnswer::Unreachable {
            database: "localhost:5432/app",
            reason: "connection refused",
        }),
        "SELECT 1",
        "
error: this statement is not in the cache, and no database can be asked about it
       detail: localhost:5432/app cannot be reached: connection refused
       help: start a private PostgreSQL with your migrations applied: cargo hathi db start
       help: or write the cache where a database is at hand: cargo hathi prepare",
    );
}

#[test]
fn a_stale_cache_names_the_command_and_the_setting() {
    check_words(
        &Diagnostic::stale_migrations(),
        "the cache is older than the migrations: their folder has changed since it was written",
        &[
            "write it again: cargo hathi prepare",
            "or accept it as it is: stale = \"allow\" in hathi.toml",
        ],
    );
}

#[test]
fn a_database_that_fails_is_named() {
    let failed =
        Diagnostic::database_failed("localhost/app", "FATAL: password authentication failed");
    assert_eq!(
        failed.detail.as_deref(),
        Some("FATAL: password authentication failed")
    );
    check_words(
        &failed,
        "localhost/app could not be asked about this statement",
        &[
            "see that the server runs and that DATABASE_URL names it; set HATHI_OFFLINE=1 to use the cache alone",
        ],
    );
    let late = Diagnostic::database_timeout("localhost/app", Duration::from_millis(2500));
    assert_eq!(late.message, "localhost/app did not answer within 2.5s");
}

#[test]
fn a_parameter_without_a_type_is_cast_as_it_is_written() {
    let words = ServerWords {
        message: "could not determine data type of parameter $2",
        sqlstate: "42P18",
        ..ServerWords::default()
    };
    check_words(
        &Diagnostic::server_error(words, None),
        words.message,
        &["add a cast: `$2::type`"],
    );
    check_words(
        &Diagnostic::untyped_parameter("{id}", 0..4),
        "could not determine data type of parameter {id}",
        &["add a cast: `{id}::type`"],
    );
}

#[test]
fn rows_that_cannot_be_read_say_how_to_change_the_statement() {
    check_words(
        &Diagnostic::duplicate_columns("id"),
        "expected columns of different names, found \"id\" twice",
        &[
            "two columns are called \"id\": give each its own name with AS",
            "or read the row as a tuple: query!(\"…\" as tuple)",
        ],
    );
    check_words(
        &Diagnostic::unnamed_column("?column?", 2),
        "column 2 is called \"?column?\", which cannot be the name of a field",
        &[
            "give it a name with AS: … AS total",
            "or read the row as a tuple: query!(\"…\" as tuple)",
        ],
    );
    check_words(
        &Diagnostic::returns_no_rows(),
        "the statement returns no rows",
        &["use `command!`, or add RETURNING to INSERT, UPDATE, DELETE or MERGE"],
    );
    check_words(
        &Diagnostic::not_scalar(2),
        "`as scalar` reads rows of one column, found 2",
        &["select one column, or read the row as a tuple: `as tuple`"],
    );
    check_words(
        &Diagnostic::tuple_arity(1, 3),
        "the tuple has 1 element, the row has 3 columns",
        &["write one element per column, `_` for the default type, or `as tuple` for all defaults"],
    );
}

#[test]
fn types_without_a_rust_type_are_cast() {
    check_words(
        &Diagnostic::unmapped_type(Subject::Column("mood"), "public.mood"),
        "column \"mood\" has the type \"public.mood\", which no Rust type is mapped to",
        &["read it as text: cast it in the statement, `mood::text AS mood`"],
    );
    check_words(
        &Diagnostic::unsupported_type(Subject::Column("?column?"), "pg_snapshot"),
        "column \"?column?\" has the type \"pg_snapshot\", which is not supported",
        &["read it as text: cast it in the statement, `…::text AS name`"],
    );
    check_words(
        &Diagnostic::unmapped_type(Subject::Parameter("{mood}"), "public.mood"),
        "parameter {mood} has the type \"public.mood\", which no Rust type is mapped to",
        &["send it as text: cast it in the statement, `{mood}::text::public.mood`"],
    );
    check_words(
        &Diagnostic::pseudo_type(Subject::Parameter("$1"), "trigger"),
        "parameter $1 has the pseudo-type \"trigger\"",
        &["trigger is only what a trigger function returns: no value of it can be sent or read"],
    );
    check_words(
        &Diagnostic::pseudo_type(Subject::Parameter("$1"), "record"),
        "parameter $1 has the pseudo-type \"record\"",
        &["create the type first: CREATE TYPE name AS (a integer, b text)"],
    );
}

#[test]
fn names_that_are_nearly_right_are_suggested() {
    check_words(
        &Diagnostic::not_an_argument("emial", ["id", "email"], 0..6),
        "$emial is none of the arguments",
        &["did you mean $email?"],
    );
    check_words(
        &Diagnostic::argument_not_used("mail", ["nick"]),
        "the argument `mail` is not used in the statement",
        &["write $mail where its value belongs, or remove the argument"],
    );
    check_words(
        &Diagnostic::argument_not_used("emial", ["email"]),
        "the argument `emial` is not used in the statement",
        &["did you mean `email`, as in $email?"],
    );
}

#[test]
fn placeholders_fit_the_form_of_the_macro() {
    check_words(
        &Diagnostic::captured_where_declared("user.id", ArgumentsForm::Function, 0..1),
        "expected placeholders such as $id, found the capture {user.id}",
        &["write $id and make `id` an argument"],
    );
    check_words(
        &Diagnostic::captured_where_declared("id", ArgumentsForm::Value, 0..1),
        "there is no variable to capture here: found {id}",
        &["write $id and give the value with `.bind(…)` or `bind!`"],
    );
    check_words(
        &Diagnostic::wrong_argument_count(1, 2),
        "the statement has 1 parameter, found 2 in the call",
        &["give one value per parameter, in the order of the placeholders"],
    );
}

#[test]
fn captures_that_are_none_say_what_to_write() {
    let text = "SELECT {user.id:?}";
    check(
        &Diagnostic::not_a_capture("user.id:?", 7..18),
        text,
        "
error: expected a name between the braces, found the format \":?\"
         SELECT {user.id:?}
                ^^^^^^^^^^^
        --> src/main.rs:12:30
       help: values are sent, not printed: write {user.id}",
    );
    check_words(
        &Diagnostic::captured_keyword("type", 0..1),
        "expected a name between the braces, found the keyword \"type\"",
        &["write it as in Rust: r#type"],
    );
    check_words(
        &Diagnostic::captured_keyword("self", 0..1),
        "expected a name between the braces, found the keyword \"self\"",
        &["`self` stands first: {self.id}"],
    );
}

#[test]
fn files_are_named_with_what_to_do() {
    let path = Path::new(".hathi/queries/x.json");
    check_words(
        &Diagnostic::newer_cache(path, 2, 1),
        "\".hathi/queries/x.json\" has format 2, this hathi reads up to 1",
        &["update hathi, or write the cache with this one: cargo hathi prepare"],
    );
    check_words(
        &Diagnostic::broken_cache(path, "expected value at line 1 column 1"),
        "\".hathi/queries/x.json\" is no cache file: expected value at line 1 column 1",
        &["write it again: cargo hathi prepare"],
    );
    check_words(
        &Diagnostic::unreadable_query_file(Path::new("queries/all.sql"), "no such file"),
        "the file \"queries/all.sql\" cannot be read: no such file",
        &["paths start at the folder of the crate's Cargo.toml"],
    );
}
