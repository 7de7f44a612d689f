//! What the macros accept between their parentheses, and what they say of everything else.

use super::*;

// Shows an input as it was understood.
fn shown(input: &str) -> Result<String, String> {
    let tokens = format!("hathi {input}").parse().unwrap();
    let input = Input::read(tokens).map_err(|error| error.to_string())?;
    let function = input.function.as_ref().map(|signature| {
        let Signature {
            attributes,
            visibility,
            name,
            arguments,
        } = signature;
        quote::quote!(#(#attributes)* #visibility fn #name(#(#arguments),*)).to_string()
    });
    let row = match &input.row {
        Row::Generated => "generated".to_owned(),
        Row::Filled(path) => format!("filled {}", spelled(path)),
        Row::Tuple(_) => "tuple".to_owned(),
        Row::Typed(types, _) => {
            let types = types.iter().map(|ty| match ty {
                Some(ty) => quote::quote!(#ty).to_string(),
                None => "_".to_owned(),
            });
            format!("typed {}", types.collect::<Vec<_>>().join(", "))
        }
        Row::Scalar(_) => "scalar".to_owned(),
    };
    let function = function
        .map(|function| format!("{function}: "))
        .unwrap_or_default();
    Ok(format!("{function}{:?} {row}", input.literals.text()))
}

#[track_caller]
fn check(input: &str, expected: &str) {
    assert_eq!(shown(input).as_deref(), Ok(expected), "{input}");
}

// The first line of the refusal is `message`, and `help` is among the ways out.
#[track_caller]
fn check_refused(input: &str, message: &str, help: &str) {
    let error = shown(input).unwrap_err();
    assert_eq!(error.lines().next(), Some(message), "{input}");
    assert!(error.contains(help), "{error}");
}

#[test]
fn a_literal_is_a_statement() {
    check(r#""SELECT 1""#, r#""SELECT 1" generated"#);
    check(r#""SELECT 1","#, r#""SELECT 1" generated"#);
    check(r##"r#"SELECT "a""#"##, r#""SELECT \"a\"" generated"#);
}

#[test]
fn adjacent_literals_are_lines_of_one_statement() {
    check(r#""SELECT a" "FROM b""#, r#""SELECT a\nFROM b" generated"#);
}

#[test]
fn rows_are_named_behind_as() {
    check(r#""SELECT 1" as User"#, r#""SELECT 1" filled User"#);
    check(
        r#""SELECT 1" as crate::model::Page<User>"#,
        r#""SELECT 1" filled crate::model::Page<User>"#,
    );
    check(r#""SELECT 1" as tuple"#, r#""SELECT 1" tuple"#);
    check(r#""SELECT 1" as scalar,"#, r#""SELECT 1" scalar"#);
    check(
        r#""SELECT 1" as (i32, _, Option<String>)"#,
        r#""SELECT 1" typed i32, _, Option < String >"#,
    );
    check(r#""SELECT 1" as (i32,)"#, r#""SELECT 1" typed i32"#);
}

#[test]
fn a_function_is_a_named_statement() {
    check(
        r#"fn all(): "SELECT 1""#,
        r#"fn all (): "SELECT 1" generated"#,
    );
    check(
        r#"#[doc = "Two."] pub(crate) fn by(id, r#type,) -> User: "SELECT 1" "FROM t";"#,
        r#"# [doc = "Two."] pub (crate) fn by (id , r#type): "SELECT 1\nFROM t" filled User"#,
    );
    check(
        r#"pub fn all() -> (i32, _): "SELECT 1","#,
        r#"pub fn all (): "SELECT 1" typed i32, _"#,
    );
}

#[test]
fn metavariables_are_looked_into() {
    let group =
        |tokens: &str| TokenTree::from(Group::new(Delimiter::None, tokens.parse().unwrap()));
    let literal = TokenStream::from(group(r#""SELECT 1""#));
    let nested = Group::new(Delimiter::None, literal);
    let mut tokens: TokenStream = "hathi".parse().unwrap();
    tokens.extend([TokenTree::from(nested)]);
    tokens.extend("as".parse::<TokenStream>().unwrap());
    tokens.extend([group("model::User")]);
    let input = Input::read(tokens).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(input.literals.text(), "SELECT 1");
    assert!(matches!(input.row, Row::Filled(path) if spelled(&path) == "model::User"));
}

#[test]
fn sql_is_written_out() {
    let help = "query_file!(\"queries/users.sql\")";
    check_refused(
        "",
        "expected SQL as a string literal, found nothing",
        "query!(\"SELECT …\")",
    );
    check_refused(
        r#"concat!("SELECT ", "1")"#,
        "expected SQL as a string literal, found `concat!`",
        "adjacent ones",
    );
    check_refused("SQL", "expected SQL as a string literal, found `SQL`", help);
    check_refused("&sql", "expected SQL as a string literal, found `&`", help);
    check_refused(
        "b\"SELECT 1\"",
        "expected SQL as a string literal, found `b\"SELECT 1\"`",
        help,
    );
    check_refused(
        r#""SELECT " + "1""#,
        "expected adjacent string literals, found `+` between them",
        "leave the `+` out",
    );
}

#[test]
fn values_do_not_stand_behind_the_sql() {
    check_refused(
        r#""SELECT $1", id"#,
        "expected nothing behind the SQL, found a value",
        "{id}",
    );
    check_refused(
        r#""SELECT 1" User"#,
        "expected `as` or nothing behind the SQL, found `User`",
        "query!(\"…\" as User)",
    );
}

#[test]
fn a_row_is_a_struct_or_a_tuple() {
    let message = "expected what a row becomes: a struct, a tuple, `tuple` or `scalar`";
    check_refused(r#""SELECT 1" as &str"#, message, "as scalar");
    check_refused(r#""SELECT 1" as"#, message, "as (i32, _)");
    check_refused(
        r#""SELECT 1" as i64"#,
        "expected a struct with a field for each column, found `i64`",
        "as (i64,)",
    );
    check_refused(
        r#""SELECT 1" as Option<i64>"#,
        "expected a struct with a field for each column, found `Option<i64>`",
        "as scalar",
    );
}

#[test]
fn a_function_has_plain_arguments_and_a_colon() {
    check_refused(
        r#"fn by(id: i32): "SELECT $id""#,
        "expected only the name of the argument `id`, found its type too",
        "fn name(id)",
    );
    check_refused(
        r#"fn by(&self): "SELECT 1""#,
        "expected the name of an argument",
        "$argument",
    );
    check_refused(
        r#"fn all() "SELECT 1""#,
        "expected `:` between the function and its SQL",
        "fn name(argument)",
    );
    check_refused(
        r#"fn all(): "SELECT 1" as User"#,
        "expected the row behind the arguments, found it behind the SQL",
        "-> User",
    );
}

#[test]
fn lints_can_be_allowed_behind_the_sql() {
    let allowed = |input: &str| {
        let tokens = format!("hathi {input}").parse().unwrap();
        Input::read(tokens).unwrap().allowed
    };
    assert_eq!(
        allowed(r#""DELETE FROM t" as scalar, allow(no_where, unused_cte),"#),
        ["no_where", "unused_cte"]
    );
    assert_eq!(
        allowed(r#"fn all(): "DELETE FROM t", allow(no_where);"#),
        ["no_where"]
    );
    check_refused(
        r#""DELETE FROM t", allow(no_were)"#,
        "there is no lint \"no_were\"",
        "did you mean \"no_where\"?",
    );
    check_refused(
        r#""DELETE FROM t", allow("no_where")"#,
        "expected the name of a lint",
        "write it as a word, without quotes: allow(no_where)",
    );
}
