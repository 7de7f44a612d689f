//! The rights that `grants` prints: with them a role can do everything, and without any one of them it cannot.

use hathi::{Command, Session, SqlState};

use crate::project::{MAJORS, Project, execute, server};

// Nobody has rights that he was not given.
const SCHEMA: &str = r#"
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    CREATE SCHEMA app; CREATE SCHEMA lib; CREATE SCHEMA "Odd one";
    CREATE FUNCTION lib.twice(int) RETURNS int LANGUAGE sql IMMUTABLE RETURN $1 * 2;
    CREATE FUNCTION lib.label() RETURNS text LANGUAGE sql RETURN 'new';
    CREATE FUNCTION lib.near(int, int) RETURNS bool LANGUAGE sql IMMUTABLE RETURN abs($1 - $2) < 2;
    CREATE OPERATOR lib.~~~ (LEFTARG = int, RIGHTARG = int, FUNCTION = lib.near);
    CREATE AGGREGATE lib.many(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
    CREATE TYPE lib.mood AS ENUM ('sad', 'glad');
    CREATE TABLE app.users (
        id serial PRIMARY KEY, name text NOT NULL, label text DEFAULT lib.label(), mood lib.mood,
        twice int GENERATED ALWAYS AS (length(name) * 2) STORED);
    CREATE TABLE app.posts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, author int NOT NULL REFERENCES app.users, title text UNIQUE);
    CREATE TABLE app.plain (id serial, a int, b int);
    CREATE TABLE app.secrets (id int, secret text);
    CREATE TABLE "Odd one"."Table" ("Column" int, b int);
    CREATE SEQUENCE app.tickets; CREATE SEQUENCE app."Odd"; CREATE SEQUENCE app.levels; CREATE SEQUENCE app.seen;
    CREATE VIEW app.authors AS SELECT u.id, lib.twice(u.id) AS twice, s.secret
        FROM app.users u JOIN app.secrets s ON s.id = u.id;
    REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA lib FROM PUBLIC;
"#;

const INVOKER: &str = r#"
    CREATE SCHEMA below;
    CREATE TABLE below.facts (id int, fact text);
    CREATE VIEW app.facts WITH (security_invoker) AS SELECT id, fact FROM below.facts;
"#;

/// A statement as the macros have it, and as it is tried.
enum Tried {
    Statement(&'static str),
    CopyIn(&'static str, &'static str),
    CopyOut(&'static str),
}

use Tried::{CopyIn, CopyOut, Statement};

const STATEMENTS: [Tried; 24] = [
    // A serial column takes its number by the sequence, an identity column by itself.
    Statement("INSERT INTO app.users (name) VALUES ('a') RETURNING id"),
    Statement("INSERT INTO app.posts (author, title) SELECT id, name FROM app.users WHERE false"),
    Statement(
        "INSERT INTO app.posts (author, title) SELECT 1, 'b' WHERE false ON CONFLICT (title) DO UPDATE SET author = excluded.author",
    ),
    Statement("SELECT name FROM app.users WHERE lib.twice(id) > 0 FOR UPDATE"),
    Statement("UPDATE app.users SET mood = 'glad' WHERE label = 'new'"),
    Statement("DELETE FROM app.posts WHERE author = 7"),
    Statement("SELECT count(*) FROM \"Odd one\".\"Table\""),
    Statement("UPDATE \"Odd one\".\"Table\" SET \"Column\" = 1"),
    Statement("SELECT nextval('app.tickets'), currval('app.tickets')"),
    Statement("SELECT setval('app.levels', 7), nextval('app.levels')"),
    Statement("SELECT nextval('app.\"Odd\"'::regclass)"),
    Statement("SELECT last_value FROM app.seen"),
    Statement("SELECT lib.many(id) FROM app.users WHERE id OPERATOR(lib.~~~) 3"),
    Statement("SELECT 'sad'::lib.mood"),
    // The rights on what is below are the owner's, but a function is called by whoever asks.
    Statement("SELECT twice, secret FROM app.authors"),
    Statement("SELECT ctid, title FROM app.posts"),
    Statement("SELECT p FROM app.plain p"),
    Statement("INSERT INTO app.plain DEFAULT VALUES"),
    Statement("WITH gone AS (DELETE FROM app.plain WHERE a = 1 RETURNING b) SELECT b FROM gone"),
    Statement("TABLE app.secrets"),
    Statement("SELECT relname FROM pg_catalog.pg_class"),
    CopyIn("app.users (name, mood)", "c\tsad\n"),
    CopyIn("app.secrets (id)", "1\n"),
    CopyOut("app.users"),
];

impl Tried {
    fn called(&self) -> String {
        match self {
            Statement(sql) => format!("query!({sql:?});"),
            CopyIn(target, _) => format!("copy_in!({target:?});"),
            CopyOut(source) => format!("copy_out!({source:?});"),
        }
    }

    async fn run(&self, session: &mut Session) -> Result<(), hathi::Error> {
        match self {
            Statement(sql) => session.simple(sql).await.map(drop),
            CopyIn(target, rows) => {
                let copy = command(format!("COPY {target} FROM STDIN"));
                let mut copy = session.copy_in_raw(copy).await?;
                copy.send(rows.as_bytes()).await?;
                copy.finish().await.map(drop)
            }
            CopyOut(source) => {
                let listed = format!("COPY {source} (id, name, label, mood) TO STDOUT");
                let mut copy = session.copy_out_raw(command(listed));
                while let Some(piece) = copy.next().await {
                    piece?;
                }
                Ok(())
            }
        }
    }
}

fn command(sql: String) -> Command<()> {
    Command::raw(sql.leak(), ())
}

/// Each right of the printed grants by itself, as `(what, on what)`.
fn rights(grants: &str) -> Vec<(String, String)> {
    let mut rights = Vec::new();
    for line in grants.lines().filter(|line| !line.starts_with("--")) {
        let rest = line.strip_prefix("GRANT ").unwrap();
        let (what, rest) = rest.split_once(" ON ").unwrap();
        let (on, _) = rest.rsplit_once(" TO ").unwrap();
        for right in what.replace("), ", ");").split(';').flat_map(apart) {
            rights.push((right, on.to_owned()));
        }
    }
    rights
}

/// `SELECT (a, b)` is two rights, and so is `USAGE, UPDATE`.
fn apart(words: &str) -> Vec<String> {
    let Some((front, columns)) = words.split_once(" (") else {
        return words.split(", ").map(str::to_owned).collect();
    };
    let mut before: Vec<String> = front.split(", ").map(str::to_owned).collect();
    let right = before.pop().unwrap();
    let columns = columns.trim_end_matches(')').split(", ");
    before.extend(columns.map(|column| format!("{right} ({column})")));
    before
}

/// The statements that the role is refused; whatever else is wrong fails the test.
async fn refused(session: &mut Session, statements: &[&Tried]) -> Vec<String> {
    let mut refused = Vec::new();
    session.simple("BEGIN; SET LOCAL ROLE least").await.unwrap();
    for statement in statements {
        session.simple("SAVEPOINT s").await.unwrap();
        match statement.run(session).await {
            Ok(()) => {}
            // Without the right to look into a schema an operator or a function is not there at all.
            Err(error)
                if [
                    SqlState::INSUFFICIENT_PRIVILEGE,
                    SqlState::UNDEFINED_FUNCTION,
                    SqlState::UNDEFINED_OBJECT,
                ]
                .contains(&error.sql_state().unwrap()) =>
            {
                refused.push(format!("{}: {error}", statement.called()));
            }
            Err(error) => panic!("{}: {error}", statement.called()),
        }
        session.simple("ROLLBACK TO s").await.unwrap();
    }
    session.simple("ROLLBACK").await.unwrap();
    refused
}

async fn check(url: &str, grants: &str, statements: &[&Tried]) {
    let mut session = Session::connect(&url.parse().unwrap()).await.unwrap();
    let prepared = format!("CREATE ROLE least; {grants}");
    session.simple(&prepared).await.unwrap();
    let without = refused(&mut session, statements).await;
    assert!(without.is_empty(), "{without:#?} with\n{grants}");
    let rights = rights(grants);
    assert!(rights.len() > 30, "{rights:?}");
    for (what, on) in rights {
        let change = |verb: &str| match verb {
            "REVOKE" => format!("REVOKE {what} ON {on} FROM least"),
            _ => format!("GRANT {what} ON {on} TO least"),
        };
        session.simple(&change("REVOKE")).await.unwrap();
        let refused = refused(&mut session, statements).await;
        assert!(
            !refused.is_empty(),
            "nothing needs {what} on {on} of\n{grants}"
        );
        session.simple(&change("GRANT")).await.unwrap();
    }
    session
        .simple("DROP OWNED BY least; DROP ROLE least")
        .await
        .unwrap();
    session.close().await.unwrap();
}

#[test]
fn the_rights_that_are_printed_are_enough_and_none_of_them_too_many() {
    for major in MAJORS {
        let server = server(major);
        execute(&server, "CREATE DATABASE least");
        let url = format!("{}/least", server.strip_suffix("/postgres").unwrap());
        execute(&url, SCHEMA);
        let invoker = Statement("SELECT fact FROM app.facts WHERE id = 1");
        let merge = Statement(
            "MERGE INTO app.posts p USING app.secrets s ON p.author = s.id WHEN MATCHED AND s.secret = 'a' \
             THEN DELETE WHEN NOT MATCHED THEN INSERT (author) VALUES (s.id)",
        );
        let mut statements: Vec<&Tried> = STATEMENTS.iter().collect();
        if major >= 15 {
            execute(&url, INVOKER);
            statements.extend([&invoker, &merge]);
        }
        let project = Project::with(&[]);
        let calls: Vec<String> = statements.iter().map(|tried| tried.called()).collect();
        project.write(
            "src/main.rs",
            &format!(
                "use hathi::{{copy_in, copy_out, query}};\nfn main() {{\n{}\n}}\n",
                calls.join("\n")
            ),
        );
        project.run_with(&url, &["prepare"]).expect(0);
        let grants = project.run(&["grants", "--role", "least"]);
        let grants = &grants.expect(0).stdout;
        if major == 18 {
            insta::assert_snapshot!(grants);
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(check(&url, grants, &statements));
    }
}
