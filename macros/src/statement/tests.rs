//! Expansions of canned descriptions, as `snapshots/` keeps them.

use hathi_query_cache::{ArgumentsForm, Cardinality, ParameterDescription, StatementKind, Subject};

use super::*;

// What a description says, in the order: statement, rows, parameters, columns.
struct Canned {
    statement: StatementKind,
    cardinality: Option<Cardinality>,
    // Type, and `?` behind it if NULL may be sent.
    parameters: &'static [&'static str],
    // Name and type, and `?` behind it if NULL can arrive.
    columns: Option<&'static [(&'static str, &'static str)]>,
}

const USERS: Canned = Canned {
    statement: StatementKind::Select,
    cardinality: Some(Cardinality::Many),
    parameters: &[],
    columns: Some(&[("id", "int4"), ("nick", "text?")]),
};

impl Canned {
    fn answer(&self, template: &Template) -> Answer {
        let nullable = |ty: &str| (ty.trim_end_matches('?').to_owned(), ty.ends_with('?'));
        let parameter = |ty: &&str| {
            let (ty, nullable) = nullable(ty);
            ParameterDescription { name: None, ty, nullable }
        };
        let column = |(name, ty): &(&str, &str)| {
            let (ty, nullable) = nullable(ty);
            let (name, origin) = ((*name).to_owned(), Some(format!("public.users.{name}")));
            ColumnDescription { name, ty, nullable, origin, because: None }
        };
        let columns = self.columns.map(|columns| columns.iter().map(column).collect());
        let description = Description {
            statement: self.statement,
            cardinality: self.cardinality,
            parameters: self.parameters.iter().map(parameter).collect(),
            columns,
            reads: Vec::new(),
            writes: Vec::new(),
        };
        Answer {
            description: description.with_names_of(template),
            tracked: Tracked::default(),
            derives: Vec::new(),
        }
    }
}

// Expands with `hathi` in place of `$crate`.
fn expand_as(kind: Kind, input: &str, answer: &dyn Fn(&Template) -> Answer) -> String {
    let input = format!("hathi {input}").parse().unwrap();
    let read = |path: &str| match path {
        "queries/users.sql" => Ok("-- everyone\nSELECT id,\n       nmae\nFROM users".to_owned()),
        _ => Err(Diagnostic::unreadable_query_file(path.as_ref(), "no such file").into()),
    };
    let read: Option<ReadFile<'_>> = input_names_a_file(&input).then_some(&read);
    printed(&expand(input, kind, read, &|template| Ok(answer(template))))
}

fn input_names_a_file(input: &TokenStream) -> bool {
    input.to_string().contains(".sql\"")
}

// Printed as a file of items; an expression becomes the body of a function. Invalid Rust is shown as it is.
fn printed(tokens: &TokenStream) -> String {
    let body = quote::quote!(fn around() { #tokens });
    let file = syn::parse2(tokens.clone()).or_else(|_| syn::parse2(body));
    match file {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => panic!("{error} in\n{tokens}"),
    }
}

macro_rules! snapshot {
    ($kind:ident, $canned:expr, $input:expr) => {
        let canned: Canned = $canned;
        let expansion = expand_as(Kind::$kind, $input, &|template| canned.answer(template));
        insta::with_settings!({ description => $input, omit_expression => true, snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(expansion);
        });
    };
}

#[test]
fn a_captured_query_binds_what_is_around_it() {
    snapshot!(
        Query,
        Canned { parameters: &["int4", "text?"], ..USERS },
        r#""SELECT id, nick FROM users WHERE id = {user.id} OR nick = {r#type} OR id > {user.id}""#
    );
}

#[test]
fn a_query_without_captures_is_a_constant() {
    snapshot!(
        Query,
        Canned { parameters: &["int4"], cardinality: Some(Cardinality::Optional), ..USERS },
        r#""SELECT id, nick FROM users WHERE id = $id""#
    );
}

#[test]
fn positional_parameters_have_no_names() {
    snapshot!(
        Query,
        Canned { parameters: &["int4[]", "timestamptz"], columns: Some(&[]), ..USERS },
        r#""SELECT FROM users WHERE id = ANY($1) AND born < $2""#
    );
}

#[test]
fn a_row_fills_a_struct_of_the_user() {
    snapshot!(Query, USERS, r#""SELECT id, nick FROM users" as model::Page<User>"#);
}

#[test]
fn a_row_becomes_a_tuple_of_its_own_types() {
    snapshot!(
        Query,
        Canned { columns: Some(&[("id", "int4"), ("tags", "text[]?"), ("id", "uuid")]), ..USERS },
        r#""SELECT id, tags, id FROM users" as tuple"#
    );
}

#[test]
fn a_row_becomes_a_tuple_of_given_types() {
    snapshot!(
        Query,
        Canned { parameters: &["int4"], ..USERS },
        r#""SELECT id, nick FROM users WHERE id = {id}" as (UserId, _)"#
    );
}

#[test]
fn the_only_column_becomes_the_row() {
    snapshot!(
        Query,
        Canned { cardinality: Some(Cardinality::One), columns: Some(&[("count", "int8")]), ..USERS },
        r#""SELECT count(*) FROM users" as scalar"#
    );
}

#[test]
fn every_type_of_one_rust_type_is_written_out() {
    const COLUMNS: &[(&str, &str)] = &[
        ("a", "bool"), ("b", "int2"), ("c", "int4"), ("d", "int8"), ("e", "float4"), ("f", "float8"), ("g", "text"),
        ("h", "varchar"), ("i", "bpchar?"), ("j", "name"), ("k", "bytea"), ("l", "timestamptz"), ("m", "jsonb?"),
        ("n", "numeric[]"),
    ];
    snapshot!(Query, Canned { columns: Some(COLUMNS), ..USERS }, r#""SELECT * FROM everything""#);
}

#[test]
fn keywords_and_assertions_become_fields() {
    snapshot!(
        Query,
        Canned { columns: Some(&[("type", "text"), ("total!", "int8"), ("größe?", "int4?")]), ..USERS },
        r#""SELECT type, total AS \"total!\", size AS \"größe?\" FROM users""#
    );
}

#[test]
fn a_named_query_is_a_function_and_its_row() {
    snapshot!(
        Query,
        Canned { parameters: &["text", "int4?"], cardinality: Some(Cardinality::AtLeastOne), ..USERS },
        r#"
            /// The users of a team, or of none.
            #[cfg(feature = "teams")]
            pub(crate) fn by_team(team, r#type): "SELECT id, nick FROM users WHERE type = $type" "AND team = $team"
        "#
    );
}

#[test]
fn a_named_query_may_fill_a_struct() {
    snapshot!(
        Query,
        Canned { cardinality: Some(Cardinality::One), ..USERS },
        r#"fn any_user() -> User: "SELECT id, nick FROM users LIMIT 1""#
    );
}

#[test]
fn a_command_counts_rows() {
    snapshot!(
        Command,
        Canned { statement: StatementKind::Update, cardinality: None, parameters: &["text?", "int4"], columns: None },
        r#""UPDATE users SET nick = {nick} WHERE id = {self.id}""#
    );
}

#[test]
fn a_named_command_is_a_function() {
    snapshot!(
        Command,
        Canned { statement: StatementKind::Update, cardinality: None, parameters: &["text?", "int4"], columns: None },
        r#"pub fn rename(id, nick): "UPDATE users SET nick = $nick WHERE id = $id""#
    );
}

#[test]
fn what_an_answer_was_read_from_is_tracked() {
    let input = r#""queries/users.sql" as (i32, Option<String>)"#;
    let expansion = expand_as(Kind::Query, input, &|template| Answer {
        tracked: Tracked {
            files: vec!["../.hathi/queries/select-id-0123456789ab.json".to_owned(), "/etc/hathi.toml".to_owned()],
            variables: vec!["DATABASE_URL", "HATHI_OFFLINE"],
        },
        ..USERS.answer(template)
    });
    insta::with_settings!({ description => input, omit_expression => true, snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(expansion);
    });
}

#[test]
fn generated_structs_derive_what_the_settings_say() {
    let input = r#"pub fn all_users(): "SELECT id, nick FROM users""#;
    let expansion = expand_as(Kind::Query, input, &|template| Answer {
        derives: vec![syn::parse_quote!(::core::clone::Clone), syn::parse_quote!(serde::Serialize)],
        ..USERS.answer(template)
    });
    assert!(expansion.contains("#[derive(::core::fmt::Debug, ::core::clone::Clone, serde::Serialize)]"), "{expansion}");
}

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
    let calls = trees.iter().filter(|tree| tree.to_string() == "compile_error").count();
    let literals = trees.iter().filter_map(|tree| syn::parse2::<syn::LitStr>(tree.clone().into()).ok());
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
    let first: Vec<_> = messages.iter().filter_map(|message| message.lines().next()).collect();
    let expected: Vec<_> = expected.iter().map(|mistake| mistake.message.as_str()).collect();
    assert_eq!(first, expected, "{messages:#?}");
}

#[test]
fn mistakes_in_the_text_are_shown_at_their_place() {
    let messages = refused(Kind::Query, r#""SELECT 1;" "SELECT 2""#, &USERS);
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(messages.join("\n\n"));
    });
}

#[test]
fn mistakes_in_a_file_name_its_line() {
    let messages = refused(Kind::Query, r#""broken.sql""#, &USERS);
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(messages.join("\n\n"));
    });
    check_refused(
        Kind::Query,
        r#""missing.sql""#,
        &USERS,
        &[Diagnostic::unreadable_query_file("missing.sql".as_ref(), "no such file")],
    );
}

#[test]
fn queries_have_rows_and_commands_have_none() {
    let update = Canned { statement: StatementKind::Update, cardinality: None, parameters: &[], columns: None };
    check_refused(Kind::Query, r#""UPDATE users SET id = 1""#, &update, &[Diagnostic::returns_no_rows()]);
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
        columns: Some(&[("id", "int4"), ("?column?", "int4"), ("id!", "int8"), ("self", "text"), ("a b", "text")]),
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
    let two = Canned { parameters: &["int4", "int4"], ..USERS };
    let one = Canned { parameters: &["int4"], ..USERS };
    check_refused(
        Kind::Query,
        r#"fn by(id, id, nick): "SELECT id, nick FROM users WHERE id = $id""#,
        &one,
        &[Diagnostic::argument_twice("id"), Diagnostic::argument_not_used("nick", ["id"])],
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
        &[Diagnostic::positional_in_function("$1", 0..0), Diagnostic::positional_in_function("$2", 0..0)],
    );
    check_refused(
        Kind::Query,
        r#"fn by(id): "SELECT id, nick FROM users WHERE id = {id}""#,
        &one,
        &[Diagnostic::captured_where_declared("id", ArgumentsForm::Function, 0..0)],
    );
}
