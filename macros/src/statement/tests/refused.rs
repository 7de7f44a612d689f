//! What is said of mistakes, and that each is said once.

use hathi_query_cache::{ArgumentsForm, Subject};

use super::*;

// The messages that an input expands to: nothing but `compile_error!`, once for each.
fn refused(kind: Kind, input: &str, canned: &Canned) -> Vec<String> {
    let tokens = format!("hathi {input}").parse().unwrap();
    let read = |path: &str| match path {
        "broken.sql" => Ok("SELECT 1;\nSELECT 2\n".to_owned()),
        _ => Err(Diagnostic::unreadable_query_file(path.as_ref(), "no such file").into()),
    };
    let read: Option<ReadFile<'_>> = input_names_a_file(&tokens).then_some(&read);
    let expansion = expand(tokens, kind, read, &|template| Ok(canned.answer(template)));
    let trees: Vec<_> = flat(expansion).collect();
    let calls = trees
        .iter()
        .filter(|tree| tree.to_string() == "compile_error")
        .count();
    let literals = trees
        .iter()
        .filter_map(|tree| syn::parse2::<syn::LitStr>(tree.clone().into()).ok());
    let messages: Vec<_> = literals.map(|literal| literal.value()).collect();
    assert_eq!(messages.len(), calls);
    messages
}

fn flat(tokens: TokenStream) -> Box<dyn Iterator<Item = proc_macro2::TokenTree>> {
    Box::new(tokens.into_iter().flat_map(|tree| match tree {
        proc_macro2::TokenTree::Group(group) => flat(group.stream()),
        tree => Box::new(std::iter::once(tree)),
    }))
}

// What is said of `input`: the first line of each mistake.
#[track_caller]
fn check_refused(kind: Kind, input: &str, canned: &Canned, expected: &[Diagnostic]) {
    let messages = refused(kind, input, canned);
    let first: Vec<_> = messages
        .iter()
        .filter_map(|message| message.lines().next())
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|mistake| mistake.message.as_str())
        .collect();
    assert_eq!(first, expected, "{messages:#?}");
}

#[test]
fn mistakes_in_the_text_are_shown_at_their_place() {
    let messages = refused(Kind::Query, r#""SELECT 1;" "SELECT 2""#, &USERS);
    insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(messages.join("\n\n"));
    });
}

#[test]
fn mistakes_in_a_file_name_its_line() {
    let messages = refused(Kind::Query, r#""broken.sql""#, &USERS);
    insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(messages.join("\n\n"));
    });
    check_refused(
        Kind::Query,
        r#""missing.sql""#,
        &USERS,
        &[Diagnostic::unreadable_query_file(
            "missing.sql".as_ref(),
            "no such file",
        )],
    );
}

#[test]
fn queries_have_rows_and_commands_have_none() {
    let update = Canned {
        statement: StatementKind::Update,
        cardinality: None,
        parameters: &[],
        columns: None,
    };
    check_refused(
        Kind::Query,
        r#""UPDATE users SET id = 1""#,
        &update,
        &[Diagnostic::returns_no_rows()],
    );
    check_refused(
        Kind::Command,
        r#""SELECT id, nick FROM users""#,
        &USERS,
        &[Diagnostic::returns_rows()],
    );
    check_refused(
        Kind::Command,
        r#""UPDATE users SET id = 1" as User"#,
        &update,
        &[Diagnostic::row_of_a_command()],
    );
}

#[test]
fn independent_mistakes_are_reported_together() {
    let canned = Canned {
        parameters: &["public.mood", "int4range"],
        columns: Some(&[("id", "int4"), ("mood", "public.mood[]"), ("t", "trigger")]),
        ..USERS
    };
    check_refused(
        Kind::Query,
        r#""SELECT id, mood, t FROM users WHERE mood = {mood} AND id <@ {range}""#,
        &canned,
        &[
            Diagnostic::unmapped_type(Subject::Parameter("{mood}"), "public.mood"),
            Diagnostic::unsupported_type(Subject::Parameter("{range}"), "int4range"),
            Diagnostic::unmapped_type(Subject::Column("mood"), "public.mood[]"),
            Diagnostic::pseudo_type(Subject::Column("t"), "trigger"),
        ],
    );
}

#[test]
fn fields_have_names_of_their_own() {
    let canned = Canned {
        columns: Some(&[
            ("id", "int4"),
            ("?column?", "int4"),
            ("id!", "int8"),
            ("self", "text"),
            ("a b", "text"),
        ]),
        ..USERS
    };
    check_refused(
        Kind::Query,
        r#""SELECT …""#,
        &canned,
        &[
            Diagnostic::unnamed_column("?column?", 2),
            Diagnostic::unnamed_column("self", 4),
            Diagnostic::unnamed_column("a b", 5),
            Diagnostic::duplicate_columns("id"),
        ],
    );
}

#[test]
fn tuples_have_an_element_for_each_column() {
    let input = r#""SELECT id, nick FROM users" as (i32, _, _)"#;
    check_refused(Kind::Query, input, &USERS, &[Diagnostic::tuple_arity(3, 2)]);
    let input = r#""SELECT id, nick FROM users" as scalar"#;
    check_refused(Kind::Query, input, &USERS, &[Diagnostic::not_scalar(2)]);
}

#[test]
fn arguments_and_placeholders_have_the_same_names() {
    let two = Canned {
        parameters: &["int4", "int4"],
        ..USERS
    };
    let one = Canned {
        parameters: &["int4"],
        ..USERS
    };
    check_refused(
        Kind::Query,
        r#"fn by(id, id, nick): "SELECT id, nick FROM users WHERE id = $id""#,
        &one,
        &[
            Diagnostic::argument_twice("id"),
            Diagnostic::argument_not_used("nick", ["id"]),
        ],
    );
    check_refused(
        Kind::Query,
        r#"fn by(id, nick): "SELECT id, nick FROM users WHERE id = $id AND nick = $nikc""#,
        &two,
        &[Diagnostic::not_an_argument("nikc", ["id", "nick"], 0..0)],
    );
    check_refused(
        Kind::Query,
        r#"fn by(id): "SELECT id, nick FROM users WHERE id = $1 AND nick = $2""#,
        &two,
        &[
            Diagnostic::positional_in_function("$1", 0..0),
            Diagnostic::positional_in_function("$2", 0..0),
        ],
    );
    check_refused(
        Kind::Query,
        r#"fn by(id): "SELECT id, nick FROM users WHERE id = {id}""#,
        &one,
        &[Diagnostic::captured_where_declared(
            "id",
            ArgumentsForm::Function,
            0..0,
        )],
    );
}

#[test]
fn a_tuple_of_values_has_an_end() {
    let placeholders: Vec<_> = (1..=65).map(|number| format!("${number}")).collect();
    let input = format!(
        "\"SELECT id, nick FROM users WHERE id IN ({})\"",
        placeholders.join(", ")
    );
    check_refused(
        Kind::Query,
        &input,
        &USERS,
        &[Diagnostic::too_many_to_bind(65, 64)],
    );
}
