//! The macros: shells that hand the path of this crate to the procedural ones, and their documentation.

pub use hathi_macros::{bind, command, command_file, copy_in, copy_out, query, query_file};

/// A statement that returns rows, checked against PostgreSQL while it is compiled.
///
/// What it expands to is decided by how the SQL names its values.
///
/// - **Captured**: `{id}`, `{user.id}` and `{self.id}` are variables around the macro and their fields, as in
///   [`format!`]. The result is a [`Bound`](crate::Bound) query, ready to be fetched. It borrows the variables.
/// - **Unbound**: `$id` or `$1` leave the values for later. The result is a [`Query`](crate::Query), which is `const`
///   and `Copy`; [`Query::bind`](crate::Query::bind) or [`bind!`](crate::bind!) bring the values.
/// - **Named**: the body of a function is SQL, its arguments are the values. They may be whatever can be sent as the
///   parameter's type.
///
/// Inside of SQL literals, quoted identifiers and comments nothing is a placeholder.
///
/// # Rows
///
/// | written | a row becomes |
/// | --- | --- |
/// | `query!("…")` | a struct of its own with a public field for each column |
/// | `query!("…" as User)` | a struct of yours, filled by the names of its fields |
/// | `query!("…" as (i32, _))` | a tuple; `_` stands for the column's own type |
/// | `query!("…" as tuple)` | a tuple of the columns' own types |
/// | `query!("…" as scalar)` | the only column |
///
/// A named statement writes what a row becomes as the result of its function, `fn all() -> User: "…"`; without it
/// `fn by_email` has rows of the struct `ByEmail`. A column that can be NULL is an [`Option`], and only such a one.
///
/// # The text
///
/// SQL is one string literal, or several: each is then a line of its own. [`query_file!`](crate::query_file!) reads it
/// from a file. SQL that is computed, by `concat!` or in a `const`, cannot be checked.
///
/// # Lints
///
/// A statement that may do otherwise than meant gets a warning with the name of a lint, `hathi(unordered_limit): …`. Behind
/// the SQL and the row, `allow(…)` with such names switches them off for this statement; `[lints]` in `hathi.toml` does it for
/// a project, and `#[allow(deprecated)]` for a function. All of the macros of statements take `allow`.
///
/// ```ignore
/// use hathi::query;
///
/// let somebody = query!("SELECT id, name FROM users LIMIT 1" as User, allow(unordered_limit));
///
/// query! {
///     /// A user, whoever it is.
///     pub fn anybody(): "SELECT id, name FROM users LIMIT 1", allow(unordered_limit)
/// }
/// ```
///
/// # Example: the three forms
///
/// ```ignore
/// use hathi::{Query, query, sql};
///
/// # async fn demo(session: &mut hathi::Session, id: i32) -> Result<(), hathi::Error> {
/// let user = session.fetch_one(query!("SELECT id, name FROM users WHERE id = {id}")).await?;
///
/// const OLDER: Query<(sql::Int4,), User> = query!("SELECT id, name FROM users WHERE age > $age" as User);
/// let users: Vec<User> = session.fetch_all(OLDER.bind((30,))).await?;
///
/// query! {
///     /// The user who signed up with this address.
///     pub fn by_email(email): "SELECT id, name FROM users WHERE email = $email"
/// }
/// let user: Option<ByEmail> = session.fetch_optional(by_email("ada@example.org")).await?;
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! query {
    ($($input:tt)*) => { $crate::__private::query! { $crate $($input)* } };
}

/// A statement that returns no rows, checked against PostgreSQL while it is compiled.
///
/// It takes the same three forms as [`query!`](crate::query!). Its result is a [`Command`](crate::Command) or a
/// [`BoundCommand`](crate::BoundCommand); running it answers how many rows it has affected.
///
/// # Example: an update, and an insert with a name
///
/// ```ignore
/// use hathi::command;
///
/// # async fn demo(session: &mut hathi::Session, id: i32, name: &str) -> Result<(), hathi::Error> {
/// let affected = session.execute(command!("UPDATE users SET name = {name} WHERE id = {id}")).await?;
///
/// command! {
///     /// Lets somebody in.
///     pub fn sign_up(name, email): "INSERT INTO users (name, email) VALUES ($name, $email)"
/// }
/// session.execute(sign_up("Ada", "ada@example.org")).await?;
///
/// // Every row is meant: the lint is switched off.
/// session.execute(command!("DELETE FROM drafts", allow(no_where))).await?;
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! command {
    ($($input:tt)*) => { $crate::__private::command! { $crate $($input)* } };
}

/// [`query!`](crate::query!) with its SQL in a file, named from the folder of the crate's `Cargo.toml`.
///
/// The file holds one statement and is read anew when it changes. Places in errors are places in the file.
///
/// # Example: a long statement
///
/// ```ignore
/// use hathi::query_file;
///
/// # async fn demo(session: &mut hathi::Session, year: i32) -> Result<(), hathi::Error> {
/// let report = session.fetch_all(query_file!("queries/report.sql" as Month)).await?;
///
/// query_file! { pub fn report_of(year): "queries/report_of.sql" }
/// let report = session.fetch_all(report_of(year)).await?;
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! query_file {
    ($($input:tt)*) => { $crate::__private::query_file! { $crate $($input)* } };
}

/// [`command!`](crate::command!) with its SQL in a file, as [`query_file!`](crate::query_file!) does it.
#[macro_export]
macro_rules! command_file {
    ($($input:tt)*) => { $crate::__private::command_file! { $crate $($input)* } };
}

/// Rows to be copied into a table, checked against PostgreSQL while it is compiled: the table and its columns, their
/// types, and where NULL may stand.
///
/// What is written is a table and its columns, without any other word of COPY; without columns it is all of them that are
/// not generated. A column that is NOT NULL and has no default cannot be left out. The result is a
/// [`CopyIn`](crate::CopyIn), in the binary format unless [`with`](crate::CopyIn::with) chooses another one.
///
/// # Rows
///
/// | written | a row is |
/// | --- | --- |
/// | `copy_in!("users (id, name)")` | a tuple of whatever can be sent as the columns' types |
/// | `copy_in!("users (id, name)" as User)` | a struct of yours, or a reference to one, by the names of its fields |
/// | `copy_in! { fn users(): "users (id, name)" }` | the struct `Users`, with a public field for each column |
/// | `copy_in! { fn users() -> User: "users (id, name)" }` | a struct of yours |
///
/// The first is a constant of the type `CopyIn<(Int4, Text)>`. The type of a copy of structs belongs to the statement alone:
/// run it where it stands, or give it a name by a function.
///
/// # Example: rows from structs
///
/// ```ignore
/// use hathi::{CopyIn, copy_in, sql};
///
/// struct User {
///     id: i32,
///     name: String,
/// }
///
/// # async fn demo(session: &mut hathi::Session, users: Vec<User>) -> Result<(), hathi::Error> {
/// session.copy_in_rows(copy_in!("users (id, name)" as User), &users).await?;
///
/// const USERS: CopyIn<(sql::Int4, sql::Text)> = copy_in!("users (id, name)");
/// let mut copy = session.copy_in(USERS).await?;
/// copy.send((1, "Ada")).await?;
/// copy.finish().await?;
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! copy_in {
    ($($input:tt)*) => { $crate::__private::copy_in! { $crate $($input)* } };
}

/// Rows to be copied out of a query or a table, checked against PostgreSQL while it is compiled.
///
/// What is written is a query, or a table with its columns as [`copy_in!`](crate::copy_in!) takes it. A query is SELECT,
/// VALUES, or INSERT, UPDATE, DELETE or MERGE with RETURNING. COPY takes no parameters, so that nothing is captured. Rows
/// are those of [`query!`](crate::query!): a struct of their own, one of yours (`as User`), a tuple, a single value, or the
/// struct of a named function. The result is a [`CopyOut`](crate::CopyOut).
///
/// # Example: a table, and a query with a name
///
/// ```ignore
/// use hathi::copy_out;
///
/// copy_out! {
///     /// Who has an address.
///     pub fn addressees(): "SELECT id, email FROM users WHERE email IS NOT NULL"
/// }
///
/// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
/// let mut rows = session.copy_out(addressees());
/// while let Some(row) = rows.next().await {
///     assert!(row?.id > 0);
/// }
/// drop(rows);
/// let mut users = session.copy_out(copy_out!("users (id, name)" as User));
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! copy_out {
    ($($input:tt)*) => { $crate::__private::copy_out! { $crate $($input)* } };
}

/// Binds the values of a statement by the names of its parameters, in the statement's order.
///
/// Two texts can change places in [`Query::bind`](crate::Query::bind) and nobody sees it. Here names that are not the
/// statement's, or stand in another order, fail the build. The statement is a constant.
///
/// # Example: two texts
///
/// ```ignore
/// use hathi::{Command, bind, command, sql};
///
/// const RENAME: Command<(sql::Text, sql::Text)> = command!("UPDATE users SET name = $name WHERE email = $email");
///
/// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
/// session.execute(bind!(RENAME; name = "Ada", email = "ada@example.org")).await?;
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! bind {
    ($($input:tt)*) => { $crate::__private::bind! { $crate $($input)* } };
}
