//! Statements as applications have them, near to what each lint is about: of none of them anything is said.

use crate::support::{Scratch, on_every_version};

const SCHEMA: &str = "
    CREATE TABLE orgs (id int PRIMARY KEY, name text NOT NULL UNIQUE, code varchar(8), parent int REFERENCES orgs);
    CREATE TABLE users (id int PRIMARY KEY, org int NOT NULL REFERENCES orgs, email text NOT NULL UNIQUE, nick text,
                        seen timestamptz, rate float8, created timestamptz NOT NULL DEFAULT now());
    CREATE INDEX ON users (org);
    CREATE INDEX ON users (created);
    CREATE TABLE products (id bigint PRIMARY KEY, code varchar(20) UNIQUE, price numeric(10, 2) NOT NULL, small smallint);
    CREATE INDEX ON products (price);
    CREATE INDEX ON products (small);
    CREATE TABLE orders (id bigint PRIMARY KEY, buyer int NOT NULL REFERENCES users, day date NOT NULL, note text);
    CREATE INDEX ON orders (day);
    CREATE TABLE items (id bigint PRIMARY KEY, purchase bigint NOT NULL REFERENCES orders,
                        product bigint NOT NULL REFERENCES products, amount int NOT NULL);
    CREATE TABLE likes (liker int REFERENCES users, product bigint REFERENCES products, PRIMARY KEY (liker, product));
    CREATE TABLE jobs (id bigint PRIMARY KEY, kind text NOT NULL, state text NOT NULL, due timestamptz, org int);
    CREATE TABLE settings (key text PRIMARY KEY, value text);
    CREATE VIEW spent AS SELECT o.buyer, sum(i.amount * p.price) AS total
        FROM orders o JOIN items i ON i.purchase = o.id JOIN products p ON p.id = i.product GROUP BY o.buyer;
    CREATE VIEW pairs AS SELECT u.id, o.name FROM users u, orgs o LIMIT 10;
    CREATE FUNCTION org_of_session() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
    CREATE TABLE counters (name text, n int NOT NULL);
    CREATE TABLE gone (id int PRIMARY KEY, is_gone bool NOT NULL);
    CREATE RULE keep AS ON DELETE TO gone DO INSTEAD UPDATE gone SET is_gone = true WHERE id = old.id;
    CREATE TABLE watched (id int PRIMARY KEY, x int);
    CREATE RULE watch AS ON UPDATE TO watched DO ALSO UPDATE counters SET n = n + 1;
";

/// Nothing is said of any of the statements, and all that is said of the others is told at once.
#[track_caller]
fn quiet(scratch: &mut Scratch, statements: &[&str]) {
    assert!(statements.len() >= 10, "only {}", statements.len());
    let mut said = Vec::new();
    for sql in statements {
        for lint in scratch.describe(sql).lints {
            said.push(format!("{sql}\n  {}: {}", lint.name, lint.message));
        }
    }
    assert!(
        said.is_empty(),
        "on {}:\n{}",
        scratch.major,
        said.join("\n")
    );
}

macro_rules! quiet {
    ($($(#[$meta:meta])* $test:ident: [$($sql:literal),+ $(,)?])+) => {$(
        $(#[$meta])*
        #[test]
        fn $test() {
            on_every_version(SCHEMA, |scratch| quiet(scratch, &[$($sql),+]));
        }
    )+};
}

quiet! {
    writes_of_some_rows_have_no_lint: [
        "UPDATE users SET nick = $nick, seen = now() WHERE id = $id",
        "UPDATE users SET rate = rate + 1 FROM orgs WHERE orgs.id = users.org AND orgs.name = $name",
        "UPDATE users u SET rate = s.n FROM (SELECT buyer, count(*) AS n FROM orders GROUP BY buyer) s WHERE s.buyer = u.id",
        "UPDATE jobs SET state = 'new' WHERE true",
        "WITH next AS (SELECT id FROM jobs WHERE state = 'new' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) \
         UPDATE jobs SET state = 'taken' FROM next WHERE next.id = jobs.id RETURNING jobs.id",
        "DELETE FROM items USING orders WHERE orders.id = items.purchase AND orders.buyer = $buyer",
        "DELETE FROM jobs WHERE due < now() - interval '30 days'",
        "DELETE FROM likes WHERE (liker, product) IN (SELECT * FROM unnest($likers::int[], $products::bigint[]))",
        "WITH old AS (DELETE FROM jobs WHERE state = 'done' RETURNING id) SELECT count(*) FROM old",
        "INSERT INTO settings (key, value) VALUES ($key, $value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        "DELETE FROM gone WHERE id = $id",
        "UPDATE watched SET x = 1 WHERE id = $id",
        "TRUNCATE jobs",
        "SELECT id FROM jobs WHERE id = $id FOR UPDATE",
    ]

    comparisons_that_can_be_true_have_no_lint: [
        "SELECT id FROM users WHERE nick IS NULL",
        "SELECT id FROM users WHERE nick IS NOT DISTINCT FROM NULL",
        "SELECT id FROM users WHERE ($1::text IS NULL OR nick = $1)",
        "SELECT id FROM users WHERE coalesce(nick, NULL, '') = ''",
        "SELECT id FROM users WHERE nullif(nick, '') = $1",
        "SELECT id FROM orgs WHERE parent IN (1, 2, NULL)",
        "SELECT CASE WHEN nick IS NULL THEN NULL ELSE lower(nick) END FROM users",
        "SELECT nullif(nick, '') FROM users WHERE id = $1",
        "UPDATE users SET nick = NULL, seen = NULL WHERE id = $1",
        "INSERT INTO settings (key, value) VALUES ($1, NULL)",
        "SELECT NULL::text = nick AS unknown FROM users",
        "SELECT id FROM users WHERE (seen IS NULL) = $1",
        "SELECT id FROM users WHERE id = ANY ($1) AND org <> ALL ($2)",
        "SELECT id FROM pairs WHERE name = $1",
    ]

    lists_without_null_have_no_lint: [
        "SELECT id FROM orgs WHERE id NOT IN (SELECT org FROM users)",
        "SELECT id FROM orgs WHERE id NOT IN (SELECT parent FROM orgs WHERE parent IS NOT NULL)",
        "SELECT id FROM orgs WHERE id NOT IN (SELECT parent FROM orgs WHERE parent > 0)",
        "SELECT id FROM orgs WHERE id NOT IN (SELECT coalesce(parent, 0) FROM orgs)",
        "SELECT id FROM orgs o WHERE NOT EXISTS (SELECT FROM orgs WHERE parent = o.id)",
        "SELECT id FROM orgs WHERE id NOT IN (SELECT c.parent FROM orgs c JOIN orgs p ON p.id = c.parent)",
        "SELECT id FROM orgs WHERE id IN (SELECT parent FROM orgs)",
        "SELECT id FROM users WHERE email NOT IN (SELECT name FROM orgs UNION SELECT key FROM settings)",
        "SELECT id FROM orgs WHERE id NOT IN ($1, $2)",
        "SELECT id FROM orgs WHERE id <> ALL ($1)",
        "SELECT id FROM products WHERE id NOT IN (SELECT product FROM likes WHERE liker = $1)",
        "DELETE FROM orgs WHERE id NOT IN (SELECT org FROM users GROUP BY org HAVING count(*) > 3)",
        "SELECT id, id NOT IN (SELECT parent FROM orgs) FROM orgs",
        "SELECT o.id FROM orgs o LEFT JOIN orgs c ON c.parent = o.id WHERE c.id IS NULL",
    ]

    arguments_that_mean_something_have_no_lint: [
        "UPDATE users SET nick = $nick WHERE id = $id",
        "UPDATE users SET nick = $nick WHERE id = $id AND nick = $before",
        "UPDATE users SET nick = $nick WHERE nick IS DISTINCT FROM $nick AND id = $id",
        "UPDATE users SET nick = coalesce($nick, nick) WHERE id = $id",
        "SELECT id FROM users WHERE $nick::text IS NULL OR nick = $nick",
        "SELECT id FROM users WHERE nick = coalesce($nick, nick)",
        "SELECT id FROM users WHERE nick ILIKE '%' || $part || '%'",
        "SELECT id FROM users WHERE CASE WHEN $org::int IS NULL THEN true ELSE org = $org END",
        "INSERT INTO users (id, org, email, nick) VALUES ($id, $org, $email, $nick) ON CONFLICT (email) DO UPDATE SET nick = excluded.nick",
        "UPDATE orgs SET parent = $parent WHERE id = ANY ($ids) AND id <> $self",
        "SELECT id, created FROM users WHERE (created, id) < ($before, $id) ORDER BY created DESC, id DESC LIMIT 20",
        "INSERT INTO users (id, org, email) SELECT $id, $org, $email WHERE NOT EXISTS (SELECT FROM users WHERE email = $email)",
        "UPDATE jobs SET due = $due WHERE id = $id AND (due IS NULL OR due < $due) AND $due IS NOT NULL",
    ]

    sums_of_what_is_meant_have_no_lint: [
        "SELECT u.id, u.email, count(o.id) FROM users u LEFT JOIN orders o ON o.buyer = u.id GROUP BY u.id, u.email",
        "SELECT o.id, sum(i.amount) FROM orders o JOIN items i ON i.purchase = o.id GROUP BY o.id",
        "SELECT sum(i.amount * p.price) FROM items i JOIN products p ON p.id = i.product WHERE i.purchase = $1",
        "SELECT sum(p.price) FROM items i JOIN products p ON p.id = i.product WHERE i.purchase = $1",
        "SELECT u.email, sum(p.price) FROM users u JOIN orders o ON o.buyer = u.id JOIN items i ON i.purchase = o.id \
         JOIN products p ON p.id = i.product GROUP BY u.email",
        "SELECT avg(u.rate) FROM orders o JOIN users u ON u.id = o.buyer",
        "SELECT o.day, count(DISTINCT o.id), sum(i.amount) FROM orders o JOIN items i ON i.purchase = o.id GROUP BY o.day",
        "SELECT p.id, count(l.liker) FROM products p LEFT JOIN likes l ON l.product = p.id GROUP BY p.id",
        "SELECT l.liker, sum(p.price), count(p.id) FROM products p JOIN likes l ON l.product = p.id GROUP BY l.liker",
        "SELECT sum(p.price) FROM products p JOIN likes l ON l.product = p.id WHERE l.liker = $1",
        "SELECT count(*) FROM users u JOIN orders o ON o.buyer = u.id",
        "SELECT max(u.created), min(o.day) FROM users u JOIN orders o ON o.buyer = u.id",
        "SELECT sum(p.price) FROM products p WHERE EXISTS (SELECT FROM likes l WHERE l.product = p.id)",
        "SELECT sum(total) FROM spent JOIN users u ON u.id = buyer",
        "SELECT u.org, sum(s.n) FROM users u JOIN (SELECT buyer, count(*) AS n FROM orders GROUP BY buyer) s ON s.buyer = u.id GROUP BY u.org",
        "SELECT count(u.id) FROM users u LEFT JOIN orgs o ON o.id = u.org",
    ]

    joins_that_are_connected_have_no_lint: [
        "SELECT u.id FROM users u, orgs o WHERE u.org = o.id",
        "SELECT u.id FROM users u JOIN orgs o ON o.id = u.org JOIN orders r ON r.buyer = u.id",
        "SELECT u.id, o.name FROM users u CROSS JOIN orgs o",
        "SELECT u.id FROM users u, settings s WHERE s.key = 'rate' AND u.rate > s.value::float8",
        "SELECT u.id, s.value FROM users u, settings s WHERE s.key = $1",
        "SELECT u.id, l.day FROM users u LEFT JOIN LATERAL (SELECT day FROM orders WHERE buyer = u.id ORDER BY day DESC LIMIT 1) l ON true",
        "SELECT d::date, count(o.id) FROM generate_series($1::date, $2::date, interval '1 day') d \
         LEFT JOIN orders o ON o.day = d::date GROUP BY 1",
        "SELECT u.id, e FROM users u, unnest(string_to_array(u.nick, ' ')) e",
        "SELECT u.id, v.rank FROM users u JOIN (VALUES (1, 'a'), (2, 'b')) v(id, rank) ON v.id = u.id",
        "SELECT u.id, t.all FROM users u, (SELECT count(*) AS all FROM users) t",
        "SELECT o.id FROM orders o, users u WHERE o.buyer = u.id AND u.org = org_of_session()",
        "UPDATE items SET amount = 0 FROM orders o, users u WHERE items.purchase = o.id AND u.id = o.buyer AND u.org = $1",
        "DELETE FROM likes USING users, orgs WHERE likes.liker = users.id AND orgs.id = users.org AND orgs.name = $1",
        "SELECT id FROM orders JOIN items USING (id)",
        "SELECT u.id FROM users u, jobs j WHERE u.org = $1 AND j.org = $1",
        "WITH RECURSIVE up(id, parent) AS (SELECT id, parent FROM orgs WHERE id = $1 \
         UNION ALL SELECT o.id, o.parent FROM orgs o JOIN up ON up.parent = o.id) SELECT id FROM up",
        "SELECT id, name FROM pairs",
    ]

    limits_that_are_ordered_or_take_any_row_have_no_lint: [
        "SELECT id, email FROM users ORDER BY id LIMIT 50 OFFSET $1",
        "SELECT id, email FROM users ORDER BY created DESC, id DESC LIMIT 50 OFFSET $1",
        "SELECT id, email FROM users WHERE id > $1 ORDER BY id LIMIT 50",
        "SELECT email FROM users ORDER BY created DESC LIMIT 20",
        "SELECT id FROM users WHERE email = $1 LIMIT 1",
        "SELECT 1 FROM users WHERE org = $1 LIMIT 1",
        "SELECT true FROM users WHERE org = $1 LIMIT 1",
        "SELECT EXISTS (SELECT id FROM users WHERE org = $1 LIMIT 1)",
        "SELECT id FROM jobs WHERE state = 'new' LIMIT 1 FOR UPDATE SKIP LOCKED",
        "SELECT org, count(*) FROM users GROUP BY org ORDER BY count(*) DESC LIMIT 10",
        "SELECT id FROM users ORDER BY random() LIMIT 5",
        "SELECT id FROM users TABLESAMPLE SYSTEM (1) LIMIT 10",
        "SELECT id FROM users WHERE random() < 0.01 LIMIT 10",
        "SELECT count(*) FROM (SELECT id FROM users WHERE org = $1 LIMIT 1000) s",
        "SELECT count(*) FROM users WHERE org = $1 LIMIT 1",
        "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = 'done' LIMIT 1000)",
        "SELECT DISTINCT ON (buyer) buyer, day FROM orders ORDER BY buyer, day DESC LIMIT 10",
        "SELECT email, id FROM users ORDER BY email FETCH FIRST 3 ROWS WITH TIES",
        "SELECT email FROM users ORDER BY email OFFSET 10",
        "SELECT s.id FROM (SELECT id FROM users OFFSET 0) s JOIN orgs ON orgs.id = s.id",
        "SELECT id, nick FROM users LIMIT 0",
        "SELECT id, nick FROM users ORDER BY nick LIMIT 10 OFFSET 0",
        "SELECT id, name FROM pairs",
    ]

    ctes_that_do_something_have_no_lint: [
        "WITH few AS (SELECT id FROM users WHERE org = $1) SELECT * FROM few ORDER BY id",
        "WITH few AS (SELECT id FROM users WHERE org = $1) SELECT id FROM orders WHERE buyer IN (SELECT id FROM few)",
        "WITH a AS (SELECT id FROM users), b AS (SELECT id FROM a) SELECT count(*) FROM b",
        "WITH a AS MATERIALIZED (SELECT id FROM users) SELECT a.id FROM a JOIN a b USING (id)",
        "WITH new AS (INSERT INTO settings VALUES ('a', 'b')) SELECT key FROM settings",
        "WITH gone AS (DELETE FROM jobs WHERE id = $1) UPDATE users SET seen = now() WHERE id = $2",
        "WITH new AS (INSERT INTO settings VALUES ('a', 'b') RETURNING key) SELECT key FROM new",
        "WITH s AS (SELECT id FROM users) DELETE FROM orders USING s WHERE s.id = orders.buyer",
        "WITH s AS (SELECT 1 AS id) INSERT INTO gone SELECT id, false FROM s",
        "WITH s AS (SELECT max(rate) AS most FROM users) SELECT (SELECT most FROM s)",
        "WITH s AS (SELECT id FROM users), t AS (DELETE FROM likes WHERE liker IN (SELECT id FROM s)) SELECT 1",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n",
    ]

    marks_that_are_needed_have_no_lint: [
        r#"SELECT nick AS "nick!" FROM users"#,
        r#"SELECT id AS "id?" FROM users"#,
        r#"SELECT sum(amount) AS "sum!" FROM items"#,
        r#"SELECT sum(rate)::int8 AS "sum!" FROM users"#,
        r#"SELECT o.id AS "id!" FROM users u LEFT JOIN orders o ON o.buyer = u.id"#,
        r#"SELECT max(id) AS "last!" FROM users"#,
        r#"SELECT (SELECT email FROM users WHERE id = $1) AS "email!""#,
        r#"SELECT array_agg(email) AS "emails!" FROM users"#,
        r#"SELECT value AS "value!" FROM settings WHERE key = $1"#,
        r#"SELECT s.total AS "total!" FROM users u LEFT JOIN spent s ON s.buyer = u.id"#,
        r#"SELECT nick || '!' AS "shout!" FROM users"#,
        r#"SELECT (string_to_array(email, '@'))[2] AS "host!" FROM users"#,
        r#"UPDATE users SET seen = now() WHERE id = $1 RETURNING nick AS "nick!""#,
        r#"SELECT current_setting('app.user', true) AS "user!""#,
    ]

    comparisons_that_an_index_serves_have_no_lint: [
        "SELECT email FROM users WHERE id = $1",
        "SELECT email FROM users WHERE id = 1::bigint",
        "SELECT price FROM products WHERE id = $1 AND small = 5",
        "SELECT price FROM products WHERE id = 5 AND small < $1::int",
        "SELECT price FROM products WHERE code = $1",
        "SELECT price FROM products WHERE code = 'a'::text",
        "SELECT price FROM products WHERE price = 5 OR price > $1",
        "SELECT id FROM orders WHERE day = now()",
        "SELECT id FROM orders WHERE day >= $1::timestamptz",
        "SELECT id FROM orders WHERE day > current_date - 7",
        "SELECT id FROM users WHERE created > now() - interval '1 day'",
        "SELECT id FROM users WHERE created >= $1::date",
        "SELECT u.id FROM users u JOIN products p ON p.id = u.id",
        "SELECT u.id FROM users u JOIN products p ON p.small = u.org",
        "SELECT id FROM users WHERE id::text = $1",
        "SELECT id FROM users WHERE id = ANY ($1) AND org IN (1, 2)",
        "SELECT id FROM users WHERE rate = 1",
        "SELECT id FROM orgs WHERE name = 'x'::varchar",
    ]

    predicates_that_are_stable_have_no_lint: [
        "SELECT id FROM users WHERE created > now() - interval '1 day'",
        "SELECT id FROM users WHERE created < current_timestamp",
        "SELECT id FROM users WHERE org = org_of_session()",
        "SELECT id FROM users WHERE org = current_setting('app.org')::int",
        "SELECT id FROM users WHERE email = lower($1)",
        "SELECT id FROM users WHERE random() < $1",
        "SELECT id FROM users WHERE 0.5 > random()",
        "SELECT id FROM users WHERE rate > random()",
        "SELECT id FROM users WHERE id = (SELECT floor(random() * 10)::int)",
        "SELECT id FROM jobs WHERE pg_try_advisory_xact_lock(id)",
        "INSERT INTO settings (key, value) VALUES (gen_random_uuid()::text, clock_timestamp()::text)",
        "UPDATE users SET seen = clock_timestamp(), rate = random() WHERE id = $1",
        "SELECT random(), clock_timestamp() FROM users WHERE id = $1",
        "SELECT id FROM users ORDER BY random() LIMIT 1",
        "SELECT id FROM users WHERE email = current_user",
    ]

    names_of_columns_have_no_lint: [
        "SELECT amount::bigint AS unsigned FROM items",
        "SELECT amount unsigned FROM items",
        "SELECT amount::bigint FROM items",
        "SELECT amount::numeric(10, 2) total FROM items",
        "SELECT amount::bigint big FROM items",
        "SELECT amount AS signed FROM items",
        "SELECT s.unsigned FROM (SELECT amount AS unsigned FROM items) s",
        "SELECT s.unsigned::bigint FROM (SELECT amount AS unsigned FROM items) s",
        "SELECT 'unsigned' AS kind, amount::integer FROM items",
        "SELECT amount::bigint /* unsigned */ FROM items",
        "SELECT amount::bigint AS \"unsigned\" FROM items",
        "SELECT id::text zero, amount::int fill FROM items",
    ]
}

/// Without the rights of a superuser, for whom no policy holds.
const SECURED: &str = "
    CREATE TABLE owners (o int);
    CREATE TABLE secured (id int PRIMARY KEY, owner int);
    ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
    CREATE POLICY odd ON secured USING (
        owner = NULL AND CASE WHEN id = NULL THEN true ELSE id NOT IN (SELECT o FROM owners) END
        AND EXISTS (WITH unused AS (SELECT 1) SELECT p.o FROM owners o, owners p WHERE o.o = NULL LIMIT 3));
    GRANT UPDATE ON secured TO pg_read_all_data;
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET role = pg_read_all_data', current_database()); END $$;
";

#[test]
fn what_policies_ask_has_no_lint() {
    on_every_version(SECURED, |scratch| {
        for sql in [
            "SELECT id FROM secured WHERE owner = $owner",
            "UPDATE secured SET owner = $owner WHERE id = $id RETURNING id",
        ] {
            let description = scratch.describe(sql);
            assert!(description.reads.contains(&"public.owners".to_owned()));
            assert!(description.lints.is_empty(), "{:#?}", description.lints);
        }
        let lints = scratch
            .describe("SELECT id FROM secured WHERE id = NULL")
            .lints;
        assert_eq!(lints[0].name, "always_null");
    });
}
