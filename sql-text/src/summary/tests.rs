//! What statements are summed up as.

use super::{summary, summary_parts};

#[track_caller]
fn check(sql: &str, expected: &str) {
    assert_eq!(summary(sql), expected, "{sql}");
}

#[test]
fn a_query_names_its_relations() {
    check("select 1", "SELECT");
    check("SELECT id FROM crew WHERE id = $1", "SELECT crew");
    check(
        "SELECT * FROM songs, \"My artists\" a WHERE a.x = 1",
        "SELECT songs \"My artists\"",
    );
    check(
        "SELECT * FROM only public.crew AS c LEFT JOIN ship s USING (id)",
        "SELECT public.crew ship",
    );
    check("VALUES (1)", "SELECT");
    check("TABLE crew", "SELECT crew");
    check(
        "(SELECT a FROM x) UNION (SELECT b FROM y)",
        "SELECT x SELECT y",
    );
}

#[test]
fn commands_name_what_they_change() {
    check(
        "INSERT INTO crew (name) VALUES ($1) RETURNING id",
        "INSERT crew",
    );
    check(
        "INSERT INTO crew (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 2",
        "INSERT crew",
    );
    check("INSERT INTO a SELECT * FROM b", "INSERT a SELECT b");
    check(
        "UPDATE crew SET name = $1 FROM ship WHERE ship.id = crew.id",
        "UPDATE crew ship",
    );
    check(
        "DELETE FROM crew USING ship WHERE ship.id = crew.id",
        "DELETE crew ship",
    );
    check(
        "MERGE INTO crew USING news ON news.id = crew.id WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT VALUES (1)",
        "MERGE crew news",
    );
    check("SELECT id FROM crew FOR NO KEY UPDATE", "SELECT crew");
}

#[test]
fn words_of_expressions_are_no_relations() {
    check("SELECT extract(year FROM born) FROM crew", "SELECT crew");
    check("SELECT a IS DISTINCT FROM b FROM crew", "SELECT crew");
    check("SELECT g FROM generate_series(1, 5) AS g", "SELECT");
    check(
        "SELECT trim(both 'x' from name), substring(name from 2) FROM crew",
        "SELECT crew",
    );
}

#[test]
fn queries_in_queries_are_operations_of_their_own() {
    check(
        "SELECT (SELECT count(*) FROM visit) FROM crew",
        "SELECT SELECT visit crew",
    );
    check(
        "SELECT * FROM (SELECT * FROM orders o JOIN customers c ON o.id = c.id) x",
        "SELECT SELECT orders customers",
    );
    check(
        "WITH gone AS (DELETE FROM old RETURNING *) INSERT INTO kept SELECT * FROM gone",
        "DELETE old INSERT kept SELECT",
    );
    check(
        "WITH RECURSIVE t (n) AS NOT MATERIALIZED (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t",
        "SELECT SELECT SELECT",
    );
}

#[test]
fn what_is_no_query_is_its_first_words() {
    check("create table if not exists crew (id int)", "CREATE TABLE");
    check(
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE FUNCTION",
    );
    check("ALTER ROLE ada PASSWORD 'secret'", "ALTER ROLE");
    check("COMMIT", "COMMIT");
    check("COPY crew (id, name) FROM STDIN", "COPY crew");
    check(
        "COPY (SELECT id FROM crew WHERE id > 1) TO STDOUT",
        "COPY SELECT crew",
    );
    check("SET TimeZone = 'UTC'", "SET");
    check(
        "BEGIN; INSERT INTO crew VALUES (1); COMMIT;",
        "BEGIN; INSERT crew; COMMIT",
    );
    check("", "");
    check("-- nothing", "");
    check("'secret'", "");
    check("((((", "");
}

#[test]
fn a_summary_ends_at_a_word() {
    let sql = format!(
        "SELECT * FROM {}",
        vec!["a_rather_long_name"; 40]
            .iter()
            .enumerate()
            .map(|(index, name)| format!("{name}_{index}"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    let found = summary(&sql);
    assert!(found.len() <= 255 && found.len() > 230, "{}", found.len());
    assert!(found.ends_with(|letter: char| letter.is_ascii_digit()));
}

#[test]
fn the_parts_of_a_summary_are_its_operation_and_its_only_relation() {
    for (summary, expected) in [
        ("SELECT", ("SELECT", None)),
        ("SELECT crew", ("SELECT", Some("crew"))),
        ("SELECT \"my crew\"", ("SELECT", Some("\"my crew\""))),
        ("SELECT \"my\"\"crew\"", ("SELECT", Some("\"my\"\"crew\""))),
        ("SELECT \"a\" \"b\"", ("SELECT", None)),
        ("INSERT a SELECT b", ("INSERT", None)),
        ("CREATE TABLE; INSERT crew", ("CREATE TABLE", None)),
        ("COMMIT", ("COMMIT", None)),
    ] {
        assert_eq!(summary_parts(summary), expected);
    }
}
