//! Expansions of canned copies, as `snapshots/` keeps them, and what is refused.

use hathi_query_cache::{Description, Mistakes, StatementKind};

use super::*;
use crate::statement::Answer;
use crate::tracking::Tracked;

/// Name and type, and `?` behind it if NULL can be sent or arrive.
type Columns = &'static [(&'static str, &'static str)];

const USERS: Columns = &[("id", "int4"), ("nick", "text?")];

fn answer(columns: Columns) -> Result<Answer, Mistakes> {
    let column = |(name, ty): &(&str, &str)| ColumnDescription {
        name: (*name).to_owned(),
        ty: ty.trim_end_matches('?').to_owned(),
        nullable: ty.ends_with('?'),
        elements: None,
        origin: Some(format!("public.users.{name}")),
        because: None,
    };
    Ok(Answer {
        description: Description {
            statement: StatementKind::CopyOut,
            cardinality: None,
            parameters: Vec::new(),
            columns: Some(columns.iter().map(column).collect()),
            reads: Vec::new(),
            writes: Vec::new(),
            dependencies: Default::default(),
            lints: Vec::new(),
        },
        tracked: Tracked {
            files: vec!["../.hathi/queries/copy-users-0123456789ab.json".to_owned()],
            variables: Vec::new(),
        },
        derives: Vec::new(),
        allowed: Vec::new(),
    })
}

type Macro = fn(TokenStream, Describe<'_>) -> TokenStream;

// Expands with `hathi` in place of `$crate`. An expression becomes the body of a function.
fn expanded(called: Macro, columns: Columns, input: &str) -> String {
    let input = format!("hathi {input}").parse().unwrap();
    let tokens = called(input, &|_| answer(columns));
    let body = quote::quote!(fn around() { #tokens });
    let file = syn::parse2(tokens.clone()).or_else(|_| syn::parse2(body));
    match file {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => panic!("{error} in\n{tokens}"),
    }
}

macro_rules! snapshot {
    ($called:ident, $columns:expr, $input:expr) => {
        let expansion = expanded($called, $columns, $input);
        insta::with_settings!({ description => $input, omit_expression => true, snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(expansion);
        });
    };
}

#[test]
fn rows_are_copied_into_the_types_of_their_columns() {
    snapshot!(copy_in, USERS, r#""users (id, nick)""#);
}

#[test]
fn structs_are_copied_in_by_the_names_of_their_fields() {
    snapshot!(copy_in, USERS, r#""users (id, nick)" as model::User<'_>"#);
}

#[test]
fn a_named_copy_makes_a_struct_that_can_be_sent() {
    let input = r#"
        /// Newcomers.
        #[cfg(feature = "import")]
        pub(crate) fn newcomers(): "users (id, nick)"
    "#;
    snapshot!(copy_in, USERS, input);
}

#[test]
fn a_named_copy_takes_a_struct_of_the_user() {
    snapshot!(
        copy_in,
        USERS,
        r#"fn newcomers() -> User: "users (id, nick)""#
    );
}

#[test]
fn a_copied_query_has_rows_of_its_own() {
    snapshot!(copy_out, USERS, r#""SELECT id, nick FROM users -- all""#);
}

#[test]
fn a_copied_query_may_fill_a_struct() {
    snapshot!(
        copy_out,
        USERS,
        r#""SELECT id, nick FROM users" as model::User"#
    );
}

#[test]
fn a_named_copy_is_a_function_and_its_row() {
    let input = r#"
        /// Everybody.
        pub(crate) fn everybody(): "users (id, nick)"
    "#;
    snapshot!(copy_out, USERS, input);
}

#[test]
fn a_table_without_columns_is_copied_by_those_that_were_checked() {
    const ODD: Columns = &[("id", "int4"), ("a \"b\"", "text")];
    let into = expanded(copy_in, ODD, r#"" app.users ; ""#);
    let target = r#"target: "app.users (\"id\", \"a \"\"b\"\"\")""#;
    assert!(into.contains(target), "{into}");
    let out = expanded(copy_out, ODD, r#""users" as tuple"#);
    assert!(out.contains(r#"sql: "users (\"id\","#), "{out}");
}

#[track_caller]
fn check_refused(called: Macro, columns: Columns, input: &str, expected: &str) {
    let expansion = expanded(called, columns, input);
    assert!(expansion.contains("::core::compile_error!"), "{expansion}");
    assert!(expansion.contains(expected), "{expansion}");
}

#[test]
fn what_a_copy_cannot_be_is_said() {
    check_refused(
        copy_in,
        USERS,
        r#""users (id)" as tuple"#,
        "there is nothing to choose",
    );
    check_refused(
        copy_in,
        USERS,
        r#"fn users(id): "users (id)""#,
        "COPY takes no parameters, found the argument `id`",
    );
    check_refused(
        copy_in,
        &[("mood", "public.mood")],
        r#""users (mood)""#,
        "then INSERT … SELECT mood::public.mood",
    );
    check_refused(
        copy_out,
        USERS,
        r#"fn by_id(id): "SELECT id FROM users""#,
        "COPY takes no parameters, found the argument `id`",
    );
    check_refused(
        copy_out,
        USERS,
        r#""SELECT id FROM users WHERE id = {id}""#,
        "COPY takes no parameters, found {id}",
    );
    check_refused(
        copy_out,
        USERS,
        r#""SELECT id, nick FROM users" as scalar"#,
        "found 2",
    );
}

#[test]
fn more_columns_than_a_tuple_has_elements_are_refused() {
    const MANY: Columns = &[("c", "int4"); 65];
    check_refused(
        copy_in,
        MANY,
        r#""wide""#,
        "expected at most 64 columns, found 65",
    );
}
