//! The conversation with a server: errors and their places, limits, pipelining, broken connections.

use std::io::Read;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use hathi_describe::{Database, Limits, shared};
use hathi_query_cache::{Mistakes, Template};

use crate::support::{on_every_version, scratch};

const SCHEMA: &str = "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);";

#[test]
fn an_error_points_at_the_text_as_it_is_written() {
    on_every_version(SCHEMA, |scratch| {
        for (sql, code, blamed) in [
            ("SELECT nmae FROM users", "42703", Some("nmae")),
            ("SELECT 'ünïcödé', nmae FROM users", "42703", Some("nmae")),
            (
                "SELECT name FROM users WHERE id = {user.id} AND {a_long_name} > nmae",
                "42703",
                Some("nmae"),
            ),
            (
                "SELECT name FROM users\n\tWHERE id = $id\n\t  AND nmae = $id",
                "42703",
                Some("nmae"),
            ),
            (
                "SELECT name FROM user_s WHERE id = $1",
                "42P01",
                Some("user_s"),
            ),
            ("SELEC name FROM users", "42601", Some("SELEC")),
            ("SELECT name FROM users WHERE", "42601", Some("")),
            ("SELECT $name IS NULL", "42P18", None),
            ("SELECT \"Näme\" FROM users", "42703", Some("\"Näme\"")),
            ("SELECT id FROM users WHERE id = 'x'", "22P02", Some("'x'")),
            (
                "SELECT {x}::int, name + {x}::int FROM users",
                "42883",
                Some("+"),
            ),
        ] {
            let Err(Mistakes(mistakes)) = scratch.answer(sql) else {
                panic!("{sql} was accepted")
            };
            let [mistake] = mistakes.as_slice() else {
                panic!("{sql}: {mistakes:?}")
            };
            assert_eq!(
                mistake.sqlstate.as_deref(),
                Some(code),
                "on {}: {sql}",
                scratch.major
            );
            if let Some(blamed) = blamed {
                let place = mistake.place.clone().unwrap();
                assert_eq!(&sql[place], blamed, "on {}: {sql}", scratch.major);
            }
        }
        let Err(Mistakes(mistakes)) = scratch.answer("SELECT $1 IS NULL") else {
            panic!("42P18 was expected")
        };
        assert_eq!(mistakes[0].help, ["add a cast: `$1::type`"]);
    });
}

#[test]
fn a_mistake_in_one_statement_leaves_the_others_alone() {
    on_every_version(SCHEMA, |scratch| {
        let texts = [
            "SELECT id FROM users",
            "SELECT nope",
            "SELECT name FROM users",
            "SELEC",
            "SELECT 1",
        ];
        let templates = texts.map(|text| Template::parse(text).unwrap());
        let answers = scratch.database.describe(&templates).unwrap();
        let accepted: Vec<bool> = answers.iter().map(Result::is_ok).collect();
        assert_eq!(
            accepted,
            [true, false, true, false, true],
            "on {}",
            scratch.major
        );
        assert_eq!(scratch.database.describe(&[]).unwrap(), []);
        scratch.check("SELECT id, name FROM users", "!!");
    });
}

#[test]
fn nothing_is_executed() {
    on_every_version("CREATE SEQUENCE s; CREATE TABLE t (id int);", |scratch| {
        scratch.describe("SELECT nextval('s')");
        scratch.describe("INSERT INTO t VALUES (1) RETURNING id");
        scratch.describe("DROP TABLE t");
        scratch.describe("CREATE TABLE made AS SELECT 1");
        let query = "SELECT count(*) || ',' || (SELECT is_called FROM s) || ',' || (SELECT count(*) FROM pg_class WHERE relname = 'made') FROM t";
        assert_eq!(
            scratch.session.value(query),
            "0,false,0",
            "on {}",
            scratch.major
        );
    });
}

#[test]
fn a_thousand_statements_are_asked_about_in_one_flight() {
    on_every_version(SCHEMA, |scratch| {
        let sql = |number: usize| {
            format!(
                "SELECT a.id, b.name AS n{number} FROM users a LEFT JOIN users b ON b.id = a.id + {number} WHERE a.id > $1"
            )
        };
        let templates: Vec<Template> = (0..1000)
            .map(|number| Template::parse(&sql(number)).unwrap())
            .collect();
        let answers = scratch.database.describe(&templates).unwrap();
        assert_eq!(answers.len(), 1000);
        for (number, answer) in answers.into_iter().enumerate() {
            let columns = answer.unwrap().columns.unwrap();
            assert_eq!(columns[1].name, format!("n{number}"));
            assert_eq!(
                (columns[0].nullable, columns[1].nullable),
                (false, true),
                "on {}",
                scratch.major
            );
        }
    });
}

#[test]
fn long_statements_and_long_answers_do_not_block_each_other() {
    let mut scratch = scratch(18, SCHEMA);
    let padding = "x".repeat(300_000);
    let columns = "name, ".repeat(400);
    let texts =
        (0..40).map(|number| format!("SELECT {columns} '{padding}' AS n{number} FROM users"));
    let templates: Vec<Template> = texts.map(|text| Template::parse(&text).unwrap()).collect();
    let answers = scratch.database.describe(&templates).unwrap();
    assert!(
        answers
            .iter()
            .all(|answer| answer.as_ref().unwrap().columns.as_ref().unwrap().len() == 401)
    );
}

#[test]
fn a_change_of_the_schema_is_seen_at_once() {
    on_every_version(SCHEMA, |scratch| {
        scratch.check("SELECT name FROM users", "!");
        scratch
            .session
            .run("ALTER TABLE users ALTER name DROP NOT NULL");
        scratch.check("SELECT name FROM users", "?");
        scratch.session.run("ALTER TABLE users DROP name");
        assert!(scratch.answer("SELECT name FROM users").is_err());
    });
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let silent = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // Ends when the other side gives up.
        stream.read_to_end(&mut Vec::new()).unwrap()
    });
    let dsn = format!("postgres://a@127.0.0.1:{port}/b?sslmode=disable")
        .parse()
        .unwrap();
    let limits = Limits {
        connect: Duration::from_secs(5),
        answer: Duration::from_millis(200),
    };
    let start = Instant::now();
    let error = Database::connect(&dsn, limits).unwrap_err();
    assert!(error.is_timeout() && !error.is_unreachable(), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(silent.join().unwrap() > 0);
}

#[test]
fn a_lock_does_not_hold_a_build_up() {
    on_every_version(SCHEMA, |scratch| {
        let limits = Limits {
            answer: Duration::from_millis(300),
            ..Limits::default()
        };
        let mut database = Database::connect(&scratch.dsn, limits).unwrap();
        scratch
            .session
            .run("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
        let template = [Template::parse("SELECT id FROM users").unwrap()];
        let error = database.describe(&template).unwrap_err();
        assert!(error.is_timeout(), "on {}: {error}", scratch.major);
        scratch.session.run("COMMIT");
    });
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let dsn = format!("postgres://a@127.0.0.1:{port},/nowhere:1/b")
        .parse()
        .unwrap();
    let error = Database::connect(&dsn, Limits::default()).unwrap_err();
    assert!(error.is_unreachable() && !error.is_timeout());
    let text = error.to_string();
    assert!(
        text.starts_with(&format!("127.0.0.1:{port}: connection refused")),
        "{text}"
    );
}

#[test]
fn the_server_says_why_it_refuses_a_session() {
    let scratch = scratch(18, "");
    let mut dsn = scratch.dsn.clone();
    dsn.database = Some("nowhere".to_owned());
    let error = Database::connect(&dsn, Limits::default()).unwrap_err();
    assert_eq!(error.server().unwrap().code.code(), "3D000");
}

#[test]
fn a_shared_connection_is_kept_and_replaced_when_it_breaks() {
    on_every_version(SCHEMA, |scratch| {
        let template =
            [Template::parse("SELECT pg_backend_pid() AS pid, name FROM users").unwrap()];
        let described = |scratch: &crate::support::Scratch| {
            shared(&scratch.dsn, Limits::default(), |database| {
                database.describe(&template)
            })
            .unwrap()
            .remove(0)
            .unwrap()
        };
        let sessions = "SELECT string_agg(pid::text, ',' ORDER BY pid) FROM pg_stat_activity WHERE application_name = 'hathi' AND datname = current_database()";
        let first = described(scratch);
        let before = scratch.session.value(sessions);
        assert_eq!(described(scratch), first);
        assert_eq!(
            scratch.session.value(sessions),
            before,
            "on {}",
            scratch.major
        );
        scratch.session.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'hathi' AND datname = current_database()");
        assert_eq!(described(scratch), first, "on {}", scratch.major);
        assert_ne!(
            scratch.session.value(sessions),
            before,
            "on {}",
            scratch.major
        );
    });
}

#[test]
fn a_role_without_rights_can_describe_what_it_may_read() {
    on_every_version(SCHEMA, |scratch| {
        let role = format!("reader_{}", scratch.dsn.database.clone().unwrap());
        scratch.session.run(&format!(
            "REVOKE TEMP ON DATABASE {0} FROM PUBLIC; CREATE ROLE {role} LOGIN; GRANT SELECT ON users TO {role};
             ALTER ROLE {role} SET default_transaction_read_only = on",
            scratch.dsn.database.clone().unwrap()
        ));
        let mut dsn = scratch.dsn.clone();
        dsn.user = Some(role);
        scratch.database = Database::connect(&dsn, Limits::default()).unwrap();
        scratch.check("SELECT id, name FROM users", "!!");
    });
}

#[test]
fn options_of_the_connection_string_are_kept() {
    on_every_version(
        "CREATE SCHEMA other; CREATE TABLE other.t (id int NOT NULL);",
        |scratch| {
            let mut dsn = scratch.dsn.clone();
            dsn.options = Some("-c search_path=other".to_owned());
            scratch.database = Database::connect(&dsn, Limits::default()).unwrap();
            scratch.check("SELECT id FROM t", "!");
        },
    );
}

#[test]
fn the_version_is_the_servers_own() {
    on_every_version("", |scratch| {
        let version = scratch.database.server_version().to_owned();
        assert!(
            version.starts_with(&format!("{}.", scratch.major)),
            "{version}"
        );
    });
}
