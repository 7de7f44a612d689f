//! What statements may do otherwise than meant, and statements of the same shape of which nothing is said.

use crate::support::{Scratch, on_every_version};

const SCHEMA: &str = "
    CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, nick text, org int, rate float8);
    CREATE INDEX ON users (org);
    CREATE TABLE posts (id int PRIMARY KEY, author int NOT NULL REFERENCES users, editor int REFERENCES users,
                        title text, score int NOT NULL);
    CREATE TABLE tags (post int REFERENCES posts, lang text, tag text, PRIMARY KEY (post, lang));
    CREATE TABLE homes (owner int NOT NULL, town text, current bool NOT NULL);
    CREATE UNIQUE INDEX ON homes (owner) WHERE current;
    CREATE VIEW everything AS SELECT u.id, u.name FROM users u, posts p WHERE u.nick = NULL;
    CREATE FUNCTION picked() RETURNS int LANGUAGE sql AS 'SELECT 1';
";

/// Holds the names of what is found against `expected`.
#[track_caller]
fn check(scratch: &mut Scratch, sql: &str, expected: &[&str]) {
    let lints = scratch.describe(sql).lints;
    let names: Vec<&str> = lints.iter().map(|lint| lint.name.as_str()).collect();
    assert_eq!(names, expected, "on {}: {sql}\n{lints:#?}", scratch.major);
}

/// Each of the statements has this one finding.
#[track_caller]
fn fires(scratch: &mut Scratch, name: &str, statements: &[&str]) {
    for sql in statements {
        check(scratch, sql, &[name]);
    }
}

/// Nothing is said of any of the statements.
#[track_caller]
fn silent(scratch: &mut Scratch, statements: &[&str]) {
    for sql in statements {
        check(scratch, sql, &[]);
    }
}

#[test]
fn a_write_without_where_is_found_and_one_that_says_true_is_not() {
    on_every_version(SCHEMA, |scratch| {
        fires(
            scratch,
            "no_where",
            &[
                "DELETE FROM posts",
                "UPDATE users SET nick = 'x'",
                "WITH gone AS (DELETE FROM tags RETURNING post) SELECT post FROM gone",
            ],
        );
        silent(
            scratch,
            &[
                "DELETE FROM posts WHERE true",
                "UPDATE users SET nick = $1 WHERE id = $2",
                "INSERT INTO users (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = 'x'",
                "TRUNCATE posts",
            ],
        );
        let lints = scratch.describe("DELETE FROM posts").lints;
        assert_eq!(
            lints[0].message,
            "DELETE without WHERE removes every row of public.posts; add the condition, or write WHERE true if all are meant"
        );
    });
}

#[test]
fn a_comparison_with_null_is_found_and_a_question_for_it_is_not() {
    on_every_version(SCHEMA, |scratch| {
        fires(
            scratch,
            "always_null",
            &[
                "SELECT id FROM users WHERE nick = NULL",
                "SELECT id FROM users WHERE nick <> NULL::text",
                "SELECT id FROM users WHERE id > 1 AND (org < NULL OR id = 3)",
                "SELECT id FROM users WHERE org NOT IN (1, NULL)",
                "SELECT CASE nick WHEN NULL THEN 1 ELSE 2 END FROM users",
                "SELECT org FROM users GROUP BY org HAVING max(nick) = NULL",
            ],
        );
        silent(
            scratch,
            &[
                "SELECT id FROM users WHERE nick IS NULL",
                "SELECT id FROM users WHERE nick IS DISTINCT FROM NULL",
                "SELECT id FROM users WHERE org IN (1, NULL)",
                "SELECT NULL = 1",
                "UPDATE users SET nick = NULL WHERE id = 1",
                "SELECT id FROM everything",
            ],
        );
    });
}

#[test]
fn not_in_a_subquery_with_null_is_found_and_one_without_is_not() {
    on_every_version(SCHEMA, |scratch| {
        fires(
            scratch,
            "not_in_nullable",
            &[
                "SELECT id FROM users WHERE id NOT IN (SELECT editor FROM posts)",
                "DELETE FROM users WHERE NOT id IN (SELECT editor FROM posts WHERE score > 1)",
            ],
        );
        silent(
            scratch,
            &[
                "SELECT id FROM users WHERE id NOT IN (SELECT author FROM posts)",
                "SELECT id FROM users WHERE id NOT IN (SELECT editor FROM posts WHERE editor IS NOT NULL)",
                "SELECT id FROM users WHERE id IN (SELECT editor FROM posts)",
                "SELECT id FROM users u WHERE NOT EXISTS (SELECT FROM posts WHERE editor = u.id)",
            ],
        );
    });
}

#[test]
fn a_nullable_argument_that_is_compared_is_found() {
    on_every_version(SCHEMA, |scratch| {
        fires(
            scratch,
            "nullable_argument",
            &["UPDATE users SET nick = $nick WHERE nick = $nick"],
        );
        silent(
            scratch,
            &[
                "UPDATE users SET nick = $nick WHERE id = $id",
                "UPDATE users SET nick = $nick WHERE nick IS DISTINCT FROM $nick",
                "UPDATE users SET nick = $nick WHERE nick = $nick OR $nick IS NULL",
                "UPDATE users SET name = $name WHERE name <> $name",
            ],
        );
    });
}

#[test]
fn a_sum_over_multiplied_rows_is_found_and_one_of_the_many_side_is_not() {
    on_every_version(SCHEMA, |scratch| {
        fires(
            scratch,
            "multiplied_aggregate",
            &[
                "SELECT sum(p.score) FROM posts p JOIN tags t ON t.post = p.id",
                "SELECT sum(u.rate) FROM users u, posts p WHERE p.author = u.id",
                "SELECT sum(p.score) FROM users u JOIN posts e ON e.editor = u.id JOIN posts p ON p.author = u.id",
                "SELECT sum(u.rate) FROM posts p JOIN users u ON u.id = p.author JOIN tags t ON t.post = p.id",
                "SELECT u.id, sum(p.score) FROM users u JOIN posts p ON p.author = u.id \
                 LEFT JOIN tags t ON t.post = p.id GROUP BY u.id",
                "SELECT avg(u.rate) FROM users u JOIN posts p ON p.author = u.id",
            ],
        );
        silent(
            scratch,
            &[
                "SELECT u.id, count(p.id), sum(p.score) FROM users u LEFT JOIN posts p ON p.author = u.id GROUP BY u.id",
                "SELECT sum(p.score) FROM posts p JOIN tags t ON t.post = p.id AND t.lang = 'en'",
                "SELECT sum(p.score) FROM posts p LEFT JOIN users u ON u.id = p.author",
                "SELECT count(DISTINCT p.id) FROM posts p JOIN tags t ON t.post = p.id",
                "SELECT sum(u.rate) FROM posts p JOIN users u ON u.id = p.author",
                "SELECT count(*) FROM posts p JOIN tags t ON t.post = p.id",
                "SELECT max(p.score) FROM posts p JOIN tags t ON t.post = p.id",
                "SELECT sum(p.score * t.post) FROM posts p JOIN tags t ON t.post = p.id",
                "SELECT sum(p.score) FROM posts p WHERE EXISTS (SELECT FROM tags t WHERE t.post = p.id)",
                "SELECT sum(u.rate) FROM users u JOIN homes h ON h.owner = u.id AND h.current",
                "SELECT t.lang, sum(p.score) FROM posts p JOIN tags t ON t.post = p.id GROUP BY t.lang",
                "SELECT sum(score) FROM posts JOIN tags ON post = id JOIN users u ON u.id = author WHERE lang = $1",
            ],
        );
    });
}

#[test]
fn tables_that_nothing_connects_are_found_and_cross_joins_are_not() {
    on_every_version(SCHEMA, |scratch| {
        fires(
            scratch,
            "disconnected_join",
            &[
                "SELECT u.id FROM users u, posts p",
                "SELECT u.id FROM users u, posts p, tags t WHERE p.author = u.id",
                "SELECT u.id FROM users u JOIN posts p ON true",
                "UPDATE users SET nick = p.title FROM posts p WHERE users.nick = 'x'",
                "DELETE FROM tags USING posts WHERE posts.score = 0",
            ],
        );
        silent(
            scratch,
            &[
                "SELECT u.id FROM users u, posts p WHERE p.author = u.id",
                "SELECT u.id FROM users u CROSS JOIN posts p",
                "SELECT u.id, s.n FROM users u, LATERAL (SELECT score AS n FROM posts WHERE author = u.id) s",
                "SELECT u.id, g FROM users u, generate_series(1, 3) g",
                "SELECT u.id, v.n FROM users u, (VALUES (1), (2)) v(n)",
                "SELECT u.id, c.n FROM users u, (SELECT count(*) AS n FROM posts) c",
                "SELECT u.id, p.title FROM users u, posts p WHERE p.id = 1",
                "SELECT u.id FROM users u, homes h WHERE u.org = $1 AND h.owner = $1",
                "SELECT u.id FROM users u, posts p WHERE EXISTS (SELECT FROM tags t WHERE t.post = p.id AND t.tag = u.name)",
                "SELECT id FROM everything",
                "SELECT id, title FROM users JOIN posts USING (id) JOIN tags ON post = id",
                "WITH RECURSIVE below(id) AS (SELECT 1 UNION ALL SELECT p.id FROM below b, posts p WHERE p.editor = b.id) \
                 SELECT id FROM below",
            ],
        );
    });
}

#[test]
fn a_limit_without_an_order_is_found_and_one_that_asks_for_existence_is_not() {
    on_every_version(SCHEMA, |scratch| {
        fires(
            scratch,
            "unordered_limit",
            &[
                "SELECT id FROM users LIMIT 10",
                "SELECT id FROM users WHERE org = 1 LIMIT $1",
                "SELECT (SELECT title FROM posts WHERE author = u.id LIMIT 1) FROM users u",
                "SELECT sum(s.id) FROM (SELECT id FROM users LIMIT 1000) s",
                "SELECT id FROM users ORDER BY name LIMIT 10 OFFSET $1",
                "SELECT p.id, t.tag FROM posts p JOIN tags t ON t.post = p.id ORDER BY p.id LIMIT 5 OFFSET 5",
            ],
        );
        silent(
            scratch,
            &[
                "SELECT id FROM users ORDER BY name LIMIT 10",
                "SELECT id FROM users ORDER BY name, id LIMIT 10 OFFSET $1",
                "SELECT id FROM users WHERE id = $1 LIMIT 1",
                "SELECT 1 FROM users WHERE org = 1 LIMIT 1",
                "SELECT count(*) FROM users LIMIT 1",
                "SELECT EXISTS (SELECT id FROM users LIMIT 1)",
                "SELECT id FROM posts LIMIT ALL",
                "SELECT id FROM posts FOR UPDATE SKIP LOCKED LIMIT 1",
                "DELETE FROM posts WHERE id IN (SELECT id FROM posts WHERE score = 0 LIMIT 100)",
                "SELECT s.id FROM (SELECT id FROM users ORDER BY name) s LIMIT 3",
                "SELECT g FROM generate_series(1, 9) g LIMIT 3",
                "SELECT t.post FROM tags t ORDER BY t.post, t.lang LIMIT 5 OFFSET 5",
            ],
        );
    });
}

#[test]
fn a_cte_that_nothing_refers_to_is_found_and_one_that_writes_is_not() {
    on_every_version(SCHEMA, |scratch| {
        fires(
            scratch,
            "unused_cte",
            &["WITH few AS (SELECT id FROM users) SELECT id FROM posts"],
        );
        silent(
            scratch,
            &[
                "WITH few AS (SELECT id FROM users) SELECT id FROM few",
                "WITH gone AS (DELETE FROM tags WHERE lang = 'x') SELECT id FROM posts",
                "WITH a AS (SELECT id FROM users), b AS (SELECT id FROM a) SELECT id FROM b",
            ],
        );
    });
}

#[test]
fn a_mark_on_a_proven_column_is_found_and_one_that_is_needed_is_not() {
    on_every_version(SCHEMA, |scratch| {
        fires(
            scratch,
            "redundant_mark",
            &[
                "SELECT id AS \"id!\" FROM users",
                "SELECT count(*) AS \"total!\" FROM users",
            ],
        );
        silent(
            scratch,
            &[
                "SELECT nick AS \"nick!\" FROM users",
                "SELECT id AS \"id?\" FROM users",
                "SELECT sum(score) AS \"sum!\" FROM posts",
            ],
        );
    });
}

#[test]
fn a_cast_around_an_indexed_column_is_found_and_one_of_a_value_is_not() {
    on_every_version(SCHEMA, |scratch| {
        fires(
            scratch,
            "implicit_cast",
            &[
                "SELECT name FROM users WHERE id = 1.5",
                "SELECT name FROM users WHERE org = $1::numeric",
            ],
        );
        silent(
            scratch,
            &[
                "SELECT name FROM users WHERE id = $1",
                "SELECT name FROM users WHERE id = 1::bigint",
                "SELECT name FROM users WHERE id::numeric = 1.5",
                "SELECT id FROM posts WHERE score = 1.5",
                "SELECT owner FROM homes WHERE owner = 1.5",
            ],
        );
    });
}

#[test]
fn a_volatile_value_in_a_condition_is_found_and_a_sample_is_not() {
    on_every_version(SCHEMA, |scratch| {
        fires(
            scratch,
            "volatile_predicate",
            &[
                "SELECT name FROM users WHERE id = picked()",
                "SELECT name FROM users WHERE id = floor(random() * 10)::int",
            ],
        );
        silent(
            scratch,
            &[
                "SELECT name FROM users WHERE id = (SELECT picked())",
                "SELECT name FROM users WHERE random() < 0.1",
                "SELECT name FROM users WHERE random() < rate",
                "SELECT name FROM users WHERE pg_try_advisory_lock(id)",
                "SELECT name FROM users WHERE id = length(current_user)",
            ],
        );
    });
}

#[test]
fn a_foreign_word_that_became_a_name_is_found_and_a_name_is_not() {
    on_every_version(SCHEMA, |scratch| {
        fires(
            scratch,
            "foreign_type_word",
            &[
                "SELECT score::integer unsigned FROM posts",
                "SELECT score::numeric(10, 2) UNSIGNED FROM posts",
            ],
        );
        silent(
            scratch,
            &[
                "SELECT score::integer AS unsigned FROM posts",
                "SELECT score unsigned FROM posts",
                "SELECT s.unsigned FROM (SELECT score AS unsigned FROM posts) s",
            ],
        );
    });
}

/// The blocks of SQL of the book's page: its examples, and their tables.
fn page() -> [&'static str; 2] {
    const PAGE: &str = include_str!("../../../docs/src/lints.md");
    let blocks = PAGE.split("```sql\n").skip(1);
    let blocks: Vec<&str> = blocks
        .map(|block| block.split("```").next().unwrap())
        .collect();
    blocks.try_into().unwrap()
}

#[test]
fn the_examples_of_the_book_have_the_lints_that_it_says() {
    let [examples, tables] = page();
    let mut names = Vec::new();
    on_every_version(tables, |scratch| {
        names.clear();
        let mut expected = None;
        for line in examples.lines().filter(|line| !line.is_empty()) {
            match (line.strip_prefix("-- "), line.strip_suffix(';')) {
                (Some("instead"), _) => expected = None,
                (Some(name), _) => {
                    names.push(name);
                    expected = Some(name);
                }
                (None, Some(sql)) => check(scratch, sql, expected.as_slice()),
                (None, None) => panic!("`{line}` is no statement"),
            }
        }
    });
    assert_eq!(names, hathi_query_cache::LINTS);
}
