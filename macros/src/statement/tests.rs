//! Expansions of canned descriptions, as `snapshots/` keeps them.

use hathi_query_cache::{
    Cardinality, Dependencies, Elements, Lock, ParameterDescription, SequenceUse, StatementKind,
    Use,
};

use super::*;

mod refused;

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
            ParameterDescription {
                name: None,
                ty,
                nullable,
                meets: None,
            }
        };
        let column = |(name, ty): &(&str, &str)| {
            let (ty, nullable) = nullable(ty);
            let (name, origin) = ((*name).to_owned(), Some(format!("public.users.{name}")));
            let elements = ty.contains("[!]").then_some(Elements::NotNull);
            let ty = ty.replace("[!]", "[]");
            ColumnDescription {
                name,
                ty,
                nullable,
                elements,
                origin,
                because: None,
            }
        };
        let columns = self
            .columns
            .map(|columns| columns.iter().map(column).collect());
        let description = Description {
            statement: self.statement,
            cardinality: self.cardinality,
            parameters: self.parameters.iter().map(parameter).collect(),
            columns,
            reads: Vec::new(),
            writes: Vec::new(),
            dependencies: Default::default(),
            lints: Vec::new(),
        };
        Answer {
            description: description.with_names_of(template),
            tracked: Tracked::default(),
            derives: Vec::new(),
            allowed: Vec::new(),
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

macro_rules! assert_expansion {
    ($input:expr, $expansion:expr) => {
        insta::with_settings!({ description => $input, omit_expression => true, snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($expansion);
        });
    };
}

macro_rules! snapshot {
    ($kind:ident, $canned:expr, $input:expr) => {
        let canned: Canned = $canned;
        let expansion = expand_as(Kind::$kind, $input, &|template| canned.answer(template));
        assert_expansion!($input, expansion);
    };
}

#[test]
fn a_captured_query_binds_what_is_around_it() {
    snapshot!(
        Query,
        Canned {
            parameters: &["int4", "text?"],
            ..USERS
        },
        r#""SELECT id, nick FROM users WHERE id = {user.id} OR nick = {r#type} OR id > {user.id}""#
    );
}

#[test]
fn what_a_statement_needs_stands_in_it_without_what_it_does_not() {
    let canned = Canned {
        statement: StatementKind::Insert,
        cardinality: Some(Cardinality::One),
        columns: Some(&[("id", "int4")]),
        ..USERS
    };
    let used = Use {
        select: vec!["id".to_owned()],
        insert: vec!["name".to_owned(), "nick".to_owned()],
        ..Use::of("public.users", Lock::RowExclusive)
    };
    let input = r#""INSERT INTO users (name, nick) SELECT name, lower(nick) FROM staged RETURNING old.id" as scalar"#;
    let expansion = expand_as(Kind::Query, input, &|template| {
        let mut answer = canned.answer(template);
        let staged = Use {
            select: vec![Use::WHOLE.to_owned()],
            by_owner: true,
            ..Use::of("staging.\"Staged\"", Lock::AccessShare)
        };
        answer.description.reads = vec!["staging.\"Staged\"".to_owned()];
        answer.description.writes = vec!["public.users".to_owned()];
        answer.description.dependencies = Dependencies {
            uses: vec![used.clone(), staged],
            functions: vec!["public.lower(public.citext)".to_owned()],
            sequences: vec![SequenceUse {
                sequence: "public.users_id_seq".to_owned(),
                next: true,
                ..SequenceUse::default()
            }],
            schemas: vec!["public".to_owned()],
            needs: Some(18),
            outside_transactions: true,
        };
        answer
    });
    insta::with_settings!({ description => input, omit_expression => true, snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(expansion);
    });
}

#[test]
fn a_query_without_captures_is_a_constant() {
    snapshot!(
        Query,
        Canned {
            parameters: &["int4"],
            cardinality: Some(Cardinality::Optional),
            ..USERS
        },
        r#""SELECT id, nick FROM users WHERE id = $id""#
    );
}

#[test]
fn positional_parameters_have_no_names() {
    snapshot!(
        Query,
        Canned {
            parameters: &["int4[]", "timestamptz"],
            columns: Some(&[]),
            ..USERS
        },
        r#""SELECT FROM users WHERE id = ANY($1) AND born < $2""#
    );
}

#[test]
fn a_row_fills_a_struct_of_the_user() {
    snapshot!(
        Query,
        USERS,
        r#""SELECT id, nick FROM users" as model::Page<User>"#
    );
}

#[test]
fn a_row_becomes_a_tuple_of_its_own_types() {
    snapshot!(
        Query,
        Canned {
            columns: Some(&[("id", "int4"), ("tags", "text[]?"), ("id", "uuid")]),
            ..USERS
        },
        r#""SELECT id, tags, id FROM users" as tuple"#
    );
}

#[test]
fn a_row_becomes_a_tuple_of_given_types() {
    snapshot!(
        Query,
        Canned {
            parameters: &["int4"],
            ..USERS
        },
        r#""SELECT id, nick FROM users WHERE id = {id}" as (UserId, _)"#
    );
}

#[test]
fn the_only_column_becomes_the_row() {
    snapshot!(
        Query,
        Canned {
            cardinality: Some(Cardinality::One),
            columns: Some(&[("count", "int8")]),
            ..USERS
        },
        r#""SELECT count(*) FROM users" as scalar"#
    );
}

#[test]
fn every_type_of_one_rust_type_is_written_out() {
    const COLUMNS: &[(&str, &str)] = &[
        ("a", "bool"),
        ("b", "int2"),
        ("c", "int4"),
        ("d", "int8"),
        ("e", "float4"),
        ("f", "float8"),
        ("g", "text"),
        ("h", "varchar"),
        ("i", "bpchar?"),
        ("j", "name"),
        ("k", "bytea"),
        ("l", "timestamptz"),
        ("m", "jsonb?"),
        ("n", "numeric[]"),
        ("o", "int4[!]"),
        ("p", "numeric[!]?"),
    ];
    snapshot!(
        Query,
        Canned {
            columns: Some(COLUMNS),
            ..USERS
        },
        r#""SELECT * FROM everything""#
    );
}

#[test]
fn keywords_and_assertions_become_fields() {
    snapshot!(
        Query,
        Canned {
            columns: Some(&[("type", "text"), ("total!", "int8"), ("größe?", "int4?")]),
            ..USERS
        },
        r#""SELECT type, total AS \"total!\", size AS \"größe?\" FROM users""#
    );
}

#[test]
fn a_named_query_is_a_function_and_its_row() {
    snapshot!(
        Query,
        Canned {
            parameters: &["text", "int4?"],
            cardinality: Some(Cardinality::AtLeastOne),
            ..USERS
        },
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
        Canned {
            cardinality: Some(Cardinality::One),
            ..USERS
        },
        r#"fn any_user() -> User: "SELECT id, nick FROM users LIMIT 1""#
    );
}

#[test]
fn a_command_counts_rows() {
    snapshot!(
        Command,
        Canned {
            statement: StatementKind::Update,
            cardinality: None,
            parameters: &["text?", "int4"],
            columns: None
        },
        r#""UPDATE users SET nick = {nick} WHERE id = {self.id}""#
    );
}

#[test]
fn a_named_command_is_a_function() {
    snapshot!(
        Command,
        Canned {
            statement: StatementKind::Update,
            cardinality: None,
            parameters: &["text?", "int4"],
            columns: None
        },
        r#"pub fn rename(id, nick): "UPDATE users SET nick = $nick WHERE id = $id""#
    );
}

#[test]
fn what_an_answer_was_read_from_is_tracked() {
    let input = r#""queries/users.sql" as (i32, Option<String>)"#;
    let expansion = expand_as(Kind::Query, input, &|template| Answer {
        tracked: Tracked {
            files: vec![
                "../.hathi/queries/select-id-0123456789ab.json".to_owned(),
                "/etc/hathi.toml".to_owned(),
            ],
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
        derives: vec![
            syn::parse_quote!(::core::clone::Clone),
            syn::parse_quote!(serde::Serialize),
        ],
        ..USERS.answer(template)
    });
    assert!(
        expansion.contains("#[derive(::core::fmt::Debug, ::core::clone::Clone, serde::Serialize)]"),
        "{expansion}"
    );
}

#[test]
fn what_may_be_meant_otherwise_becomes_a_warning_unless_it_is_allowed() {
    let answer = |template: &Template| {
        let lint = |name: &str, message: &str| hathi_query_cache::Lint {
            name: name.to_owned(),
            message: message.to_owned(),
        };
        let mut answer = USERS.answer(template);
        answer.description.lints = vec![
            lint("unordered_limit", "rows that nobody chose; add ORDER BY"),
            lint("unused_cte", "nothing refers to it"),
            lint("redundant_mark", "it is proven"),
        ];
        answer.allowed = vec!["redundant_mark".to_owned()];
        answer
    };
    let input = r#""SELECT id, nick FROM users LIMIT 1", allow(unused_cte)"#;
    let expansion = expand_as(Kind::Query, input, &answer);
    assert_eq!(expansion.matches("#[deprecated(").count(), 1, "{expansion}");
    assert_expansion!(input, expansion);
}
