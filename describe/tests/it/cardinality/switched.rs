//! Each rule about the number of rows, switched off: the claim is another one then.

use hathi_describe::{Database, Limits, Rule};
use hathi_query_cache::Template;

use super::cardinality;
use crate::support::scratch;

const SCHEMA: &str = "
    SET TIME ZONE 'Europe/Berlin';
    CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool);
    CREATE TABLE b (id int PRIMARY KEY, x int);
    CREATE TABLE num (n numeric);
    CREATE TABLE ts (t timestamp PRIMARY KEY);
    CREATE TABLE parent (id int PRIMARY KEY);
    CREATE TABLE child () INHERITS (parent);
    CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    CREATE TABLE texts (exact text UNIQUE, other text);

    CREATE FUNCTION same_or_none(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2 OR $2 IS NULL';
    CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same_or_none);
    CREATE OPERATOR CLASS own FOR TYPE int USING btree AS
        OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 ===, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
    CREATE TABLE owned (id int);
    CREATE UNIQUE INDEX ON owned (id own);

    CREATE FUNCTION alike(int, int) RETURNS bool LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 % 10 = $2 % 10';
    CREATE FUNCTION below(int, int) RETURNS bool LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 % 10 < $2 % 10';
    CREATE FUNCTION compared(int, int) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 % 10 - $2 % 10';
    CREATE OPERATOR ~~~ (LEFTARG = int, RIGHTARG = int, FUNCTION = alike);
    CREATE OPERATOR <<< (LEFTARG = int, RIGHTARG = int, FUNCTION = below);
    CREATE OPERATOR CLASS digits FOR TYPE int USING btree AS
        OPERATOR 1 <<<, OPERATOR 3 ~~~, FUNCTION 1 compared(int, int);

    CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TABLE skipping (id int);
    CREATE TRIGGER skip BEFORE INSERT ON skipping FOR EACH ROW EXECUTE FUNCTION skip();";

/// A rule, a statement, and what is claimed of it with the rule and without it.
const CASES: &[(Rule, &str, char, char)] = &[
    (Rule::HeldKey, "SELECT * FROM a WHERE id = 1", '?', '*'),
    (Rule::RowPlace, "SELECT * FROM a WHERE ctid = '(0,1)'", '?', '*'),
    (Rule::IndexFamily, "SELECT * FROM a WHERE id ~~~ 1", '*', '?'),
    (
        Rule::ImmutableEquality,
        "SELECT * FROM ts WHERE timestamptz '2024-03-31 01:30Z' = t",
        '*',
        '?',
    ),
    (Rule::StrictEquality, "SELECT * FROM owned WHERE id === NULL", '*', '?'),
    (
        Rule::IndexCollation,
        "SELECT * FROM texts WHERE exact = 'a' COLLATE folded",
        '*',
        '?',
    ),
    (Rule::IndexOfOneTable, "SELECT * FROM parent WHERE id = 1", '*', '?'),
    (
        Rule::HeldColumn,
        "SELECT x + 1 FROM a WHERE x = 1 GROUP BY x + 1",
        '?',
        '*',
    ),
    (
        Rule::IdenticalValues,
        "SELECT n::text FROM num WHERE n = 1 GROUP BY n::text",
        '*',
        '?',
    ),
    (
        Rule::SubqueryOnce,
        "SELECT * FROM a WHERE id = (SELECT x FROM b LIMIT 1)",
        '?',
        '*',
    ),
    (
        Rule::RowLeftOut,
        "SELECT a.id FROM a LEFT JOIN (SELECT 5 AS x) AS s ON a.f WHERE a.id = coalesce(s.x, 0)",
        '*',
        '?',
    ),
    (
        Rule::ChangingRows,
        "SELECT * FROM a JOIN (SELECT (random() * 7)::int AS n) AS s ON a.id = s.n",
        '*',
        '?',
    ),
    (
        Rule::ReducedJoin,
        "SELECT * FROM a LEFT JOIN b ON b.id = a.id WHERE b.id = 5",
        '?',
        '*',
    ),
    (
        Rule::FullJoin,
        "SELECT * FROM (SELECT 1 AS n) AS s FULL JOIN (SELECT 2 AS m) AS r ON n = m",
        '+',
        '1',
    ),
    (
        Rule::KeptSide,
        "SELECT * FROM (SELECT 1 AS n) AS s LEFT JOIN a ON a.id = s.n",
        '1',
        '?',
    ),
    (Rule::FilteredRows, "SELECT 1 WHERE 1 = 2", '?', '1'),
    (
        Rule::HeldFromOutside,
        "SELECT * FROM (SELECT * FROM a LIMIT 5) AS s WHERE id = 1",
        '?',
        '*',
    ),
    (
        Rule::CastOfBranch,
        "SELECT * FROM (SELECT DISTINCT t FROM ts EXCEPT ALL SELECT timestamptz '2000-01-01 00:00Z') AS s
         WHERE t = timestamptz '2024-03-31 01:30Z'",
        '*',
        '?',
    ),
    (Rule::HeldGroup, "SELECT DISTINCT 1 FROM a", '?', '*'),
    (
        Rule::GroupEquality,
        "SELECT x FROM a WHERE x ~~~ 1 GROUP BY x",
        '*',
        '?',
    ),
    (
        Rule::KeyLeftOut,
        "SELECT DISTINCT x FROM a WHERE x = 1 GROUP BY ROLLUP (x)",
        '+',
        '1',
    ),
    (Rule::WholeGroup, "SELECT count(*) FROM a", '1', '*'),
    (
        Rule::FilteredGroups,
        "SELECT count(*) FROM a HAVING count(*) > 5",
        '?',
        '1',
    ),
    (Rule::SetsMultiply, "SELECT generate_series(1, 0)", '*', '1'),
    (
        Rule::EqualRows,
        "(SELECT 1 UNION SELECT 1) OFFSET 1",
        '?',
        '1',
    ),
    (Rule::CommonRows, "SELECT 1 EXCEPT SELECT 1", '?', '1'),
    (Rule::Limit, "SELECT * FROM a LIMIT 1", '?', '*'),
    (
        Rule::Ties,
        "SELECT x FROM a ORDER BY x FETCH FIRST 1 ROW WITH TIES",
        '*',
        '?',
    ),
    (Rule::Offset, "SELECT count(*) FROM a OFFSET 1", '?', '1'),
    (
        Rule::LockedRows,
        "SELECT s.n FROM (SELECT 1 AS n) AS s LEFT JOIN a ON a.id = s.n FOR UPDATE OF s",
        '?',
        '1',
    ),
    (
        Rule::FirstBranch,
        "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r",
        '+',
        '*',
    ),
    (Rule::FunctionRows, "SELECT * FROM now() AS n", '1', '*'),
    (
        Rule::WrittenOnce,
        "UPDATE a SET x = 5 FROM b WHERE a.id = 1 AND b.x = a.x RETURNING a.id",
        '?',
        '*',
    ),
    (
        Rule::Conflict,
        "INSERT INTO b VALUES (1, 1) ON CONFLICT DO NOTHING RETURNING id",
        '?',
        '1',
    ),
    (
        Rule::DroppedRow,
        "INSERT INTO skipping VALUES (1) RETURNING id",
        '?',
        '1',
    ),
];

#[test]
fn every_rule_about_rows_is_missed_where_it_is_switched_off() {
    let mut scratch = scratch(18, SCHEMA);
    for (rule, sql, with, without) in CASES {
        let claimed = scratch.describe(sql).cardinality;
        assert_eq!(claimed, Some(cardinality(*with)), "{rule:?}: {sql}");
        let mut database = Database::connect(&scratch.dsn, Limits::default()).unwrap();
        database.switch_off(*rule);
        let template = Template::parse(sql).unwrap();
        let claimed = database.describe(&[template]).unwrap().remove(0).unwrap();
        assert_eq!(
            claimed.cardinality,
            Some(cardinality(*without)),
            "without {rule:?}: {sql}"
        );
    }
}

#[test]
fn every_rule_about_rows_has_a_case() {
    let first = Rule::ALL.iter().position(|rule| *rule == Rule::HeldKey);
    let last = Rule::ALL.iter().position(|rule| *rule == Rule::DroppedRow);
    let rules = &Rule::ALL[first.unwrap()..=last.unwrap()];
    for rule in rules {
        assert!(CASES.iter().any(|case| case.0 == *rule), "{rule:?}");
    }
}
