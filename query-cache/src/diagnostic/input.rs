//! Mistakes in what stands between a macro's parentheses, before its SQL is looked at.

use super::Diagnostic;

/// How SQL is given: the way out of every attempt to compute it.
const LITERALS: &str = "write the SQL as one string literal, or as adjacent ones, each a line of the statement: query!(\"SELECT id\" \"FROM users\")";
const FILE: &str = "or keep it in a file: query_file!(\"queries/users.sql\")";

impl Diagnostic {
    /// `query!()`
    #[must_use]
    pub fn no_sql() -> Self {
        Self::new("expected SQL as a string literal, found nothing")
            .help("write query!(\"SELECT …\")")
    }

    /// `query!(concat!("SELECT ", "1"))`, `query!(SQL)`
    #[must_use]
    pub fn sql_is_no_literal(found: &str) -> Self {
        Self::new(format!("expected SQL as a string literal, found {found}"))
            .help(LITERALS)
            .help(FILE)
    }

    /// `query!("SELECT " + "1")`
    #[must_use]
    pub fn plus_between_literals() -> Self {
        Self::new("expected adjacent string literals, found `+` between them")
            .help("leave the `+` out")
    }

    /// `query!("SELECT … $1", id)`
    #[must_use]
    pub fn values_behind_sql() -> Self {
        Self::new("expected nothing behind the SQL, found a value")
            .help("name the variable in the SQL: query!(\"… WHERE id = {id}\")")
            .help("or bind the value: query!(\"… WHERE id = $id\").bind((id,))")
    }

    /// `query!("SELECT 1" User)`
    #[must_use]
    pub fn tokens_behind_sql(found: &str) -> Self {
        Self::new(format!(
            "expected `as` or nothing behind the SQL, found `{found}`"
        ))
        .help("name the struct that a row fills: query!(\"…\" as User)")
    }

    /// `query!("…" as &str)`
    #[must_use]
    pub fn unknown_row() -> Self {
        Self::new("expected what a row becomes: a struct, a tuple, `tuple` or `scalar`")
            .help("a struct with a field for each column: as User")
            .help("a tuple with a type for each column, `_` for its own type: as (i32, _)")
            .help("the only column itself: as scalar")
    }

    /// `query!("…" as i64)`
    #[must_use]
    pub fn value_as_row(ty: &str) -> Self {
        Self::new(format!(
            "expected a struct with a field for each column, found `{ty}`"
        ))
        .help("for the value of the only column: as scalar")
        .help(format!("or, to choose its type: as ({ty},)"))
    }

    /// `command!("…" as User)`
    #[must_use]
    pub fn row_of_a_command() -> Self {
        Self::new("a command has no rows that could become anything")
            .help("leave the row out, or use `query!`")
    }

    /// `query! { fn all(): "…" as User }`
    #[must_use]
    pub fn row_behind_sql_of_a_function() -> Self {
        Self::new("expected the row behind the arguments, found it behind the SQL")
            .help("write it as a function's result: fn name(…) -> User: \"…\"")
    }

    /// `query! { fn by_id(id) "…" }`
    #[must_use]
    pub fn no_colon() -> Self {
        Self::new("expected `:` between the function and its SQL")
            .help("write fn name(argument): \"SELECT …\"")
    }

    /// `query! { fn by_id(id: i32): "…" }`
    #[must_use]
    pub fn argument_with_type(argument: &str) -> Self {
        Self::new(format!("expected only the name of the argument `{argument}`, found its type too"))
            .help(format!("leave the type out: the database knows it, and whatever can be sent as it is accepted: fn name({argument})"))
    }

    /// `query!("…", allow("no_where"))`
    #[must_use]
    pub fn lint_is_no_name() -> Self {
        Self::new("expected the name of a lint")
            .help("write it as a word, without quotes: allow(no_where)")
    }

    /// `query! { fn by_id(&self): "…" }`
    #[must_use]
    pub fn argument_is_no_name() -> Self {
        Self::new("expected the name of an argument")
            .help("write fn name(argument, other): \"… $argument … $other\"")
    }

    /// `query_file!("a.sql" "b.sql")`
    #[must_use]
    pub fn several_paths() -> Self {
        Self::new("expected one path, found several string literals")
            .help("write one query_file! per file")
    }

    /// A compiler that Cargo did not start.
    #[must_use]
    pub fn no_manifest() -> Self {
        Self::new("CARGO_MANIFEST_DIR is not set: there is no way to the cache")
            .help("compile with cargo")
    }

    /// A name in `derives` of `hathi.toml` that is no path.
    #[must_use]
    pub fn no_derive(name: &str) -> Self {
        Self::new(format!(
            "hathi.toml: expected the path of a trait in \"derives\", found \"{name}\""
        ))
        .help("write derives = [\"Clone\", \"serde::Serialize\"]")
    }

    /// `bind!(30)`
    #[must_use]
    pub fn no_statement_to_bind() -> Self {
        Self::new("expected a constant that holds a statement, and `;` behind it")
            .help("write bind!(OLDER; age = 30)")
    }

    /// `bind!(OLDER; 30)`
    #[must_use]
    pub fn value_without_name() -> Self {
        Self::new("expected the name of a parameter and its value")
            .help("write bind!(OLDER; age = 30)")
    }

    /// More parameters than a tuple of values can have elements.
    #[must_use]
    pub fn too_many_to_bind(found: usize, most: usize) -> Self {
        Self::new(format!("expected at most {most} parameters, found {found}"))
            .help("send many values as one array: … = ANY($ids), or INSERT … SELECT FROM unnest($ids, $names)")
    }
}
