//! Mistakes in what `copy_in!` and `copy_out!` are given, and in what the database says of it.

use std::ops::Range;

use super::Diagnostic;

impl Diagnostic {
    /// `copy_in!` with a query.
    #[must_use]
    pub fn copies_into_a_query(word: &str, place: Range<usize>) -> Self {
        let word = word.to_ascii_uppercase();
        Self::new(format!("rows are copied into a table, found {word}"))
            .at(place)
            .help("write a table and its columns: copy_in!(\"users (id, name)\")")
            .help("or copy the rows of a query out of the database: copy_out!(\"SELECT …\")")
    }

    /// `copy_in!("…" as tuple)`
    #[must_use]
    pub fn row_of_copied_in() -> Self {
        Self::new("rows that are copied in are tuples of whatever can be sent: there is nothing to choose")
            .help("leave it out, or name a struct whose fields are called like the columns: as User")
    }

    /// `copy_out! { fn by_id(id): "…" }`
    #[must_use]
    pub fn copy_argument(argument: &str) -> Self {
        Self::new(format!("COPY takes no parameters, found the argument `{argument}`"))
            .help("read the rows as they come with `session.stream(…)` of a `query!`, which takes parameters")
    }

    /// More columns than a tuple has elements.
    #[must_use]
    pub fn too_many_to_copy(found: usize, most: usize) -> Self {
        Self::new(format!("expected at most {most} columns, found {found}"))
            .help("copy the columns that have no default: the database fills the others")
    }

    /// Something else than the table and the columns of a COPY; `None` for the end of the text.
    #[must_use]
    pub fn expected_in_copy(what: &str, found: Option<&str>, place: Range<usize>) -> Self {
        let found = found.map_or_else(|| "the end".to_owned(), |found| format!("`{found}`"));
        Self::new(format!("expected {what}, found {found}")).at(place)
    }

    /// Something behind the table and its columns. `previous` is the word in front of it that was read as the table.
    #[must_use]
    pub fn behind_copied(previous: Option<&str>, found: &str, place: Range<usize>) -> Self {
        let upper = found.to_ascii_uppercase();
        let is_keyword = matches!(
            upper.as_str(),
            "FROM" | "TO" | "WITH" | "WHERE" | "FORMAT" | "BINARY" | "DELIMITER" | "NULL" | "CSV"
        );
        let shown = if is_keyword { &upper } else { found };
        let diagnostic = Self::new(format!(
            "expected the end behind what is copied, found {shown}"
        ))
        .at(place);
        diagnostic.help(match (previous, upper.as_str()) {
            (Some("copy"), _) => {
                "leave COPY out, and what follows the columns: the macro writes it itself"
            }
            (Some("only"), _) => {
                "leave ONLY out: COPY means the table itself, never those that inherit from it"
            }
            (_, "FROM" | "TO") => "leave it out: the macro writes FROM STDIN and TO STDOUT itself",
            (_, "WHERE") => {
                "copy the rows of a query out: copy_out!(\"SELECT … WHERE …\"); what is copied in is chosen before it is sent"
            }
            _ => "leave it out: the format is chosen where the copy runs",
        })
    }

    /// `$id` or `{id}` in a COPY.
    #[must_use]
    pub fn copy_placeholder(written: &str, place: Range<usize>) -> Self {
        Self::new(format!("COPY takes no parameters, found {written}"))
            .at(place)
            .help("read the rows as they come with `session.stream(query!(…))`, which takes parameters")
            .help("or set the value for the transaction, `tx.set_local(\"app.value\", …)`, and read it with current_setting('app.value')")
    }

    /// A statement that returns nothing that could be copied.
    #[must_use]
    pub fn copies_no_rows() -> Self {
        Self::new("the statement returns no rows that could be copied")
            .help("add RETURNING to INSERT, UPDATE, DELETE or MERGE, or write a SELECT")
    }

    /// A statement that rules of its relation turn into another number of statements.
    #[must_use]
    pub fn copies_through_rules() -> Self {
        Self::new("a rule of the relation makes another number of statements of this one, and COPY takes one")
            .help("run the statement by itself with `query!`, or read rows with `session.stream(…)`")
    }

    /// A relation that rows cannot be copied into: `what` it is (`a view`), with its name.
    #[must_use]
    pub fn copies_into(what: &str, relation: &str, place: Range<usize>) -> Self {
        let diagnostic =
            Self::new(format!("rows cannot be copied into {relation}, {what}")).at(place);
        if what == "a view" {
            diagnostic
                .help("name the table below it, or give the view an INSTEAD OF INSERT trigger")
        } else {
            diagnostic.help("name a table, a partitioned table or a foreign table")
        }
    }

    /// A relation that cannot be copied out of by its name; `query` reads what is wanted.
    #[must_use]
    pub fn copies_out_of(what: &str, relation: &str, query: &str, place: Range<usize>) -> Self {
        Self::new(format!(
            "rows cannot be copied out of {relation} by its name, {what}"
        ))
        .at(place)
        .help(format!("copy a query: copy_out!(\"{query}\")"))
    }

    /// A generated column among those that are copied.
    #[must_use]
    pub fn copies_generated(column: &str, place: Range<usize>) -> Self {
        Self::new(format!(
            "column \"{column}\" is generated, and COPY by a table's name leaves such columns out"
        ))
        .at(place)
        .help("remove it from the list; copied out, a query can hold it: copy_out!(\"SELECT …\")")
    }

    /// A column that the list of a COPY does not know.
    #[must_use]
    pub fn copies_no_column(column: &str, place: Range<usize>) -> Self {
        Self::new(format!("column \"{column}\" cannot be copied"))
            .at(place)
            .help("name columns of the table itself, none that the system adds")
    }

    /// A column that is listed twice.
    #[must_use]
    pub fn copied_twice(column: &str, place: Range<usize>) -> Self {
        Self::new(format!("column \"{column}\" is listed twice"))
            .at(place)
            .help("name each column once")
    }

    /// A table without a column that could be copied.
    #[must_use]
    pub fn copies_nothing(relation: &str, place: Range<usize>) -> Self {
        Self::new(format!("{relation} has no column that can be copied"))
            .at(place)
            .help("generated columns are computed by the database; insert rows of nothing with INSERT … DEFAULT VALUES")
    }

    /// Columns that are left out of a COPY though their table needs them.
    #[must_use]
    pub fn copy_leaves_out(column: &str, relation: &str, place: Range<usize>) -> Self {
        Self::new(format!(
            "column \"{column}\" of {relation} is NOT NULL and has no default, but no value is copied into it"
        ))
        .at(place)
        .help(format!("add {column} to the columns, or give it a default"))
    }
}
