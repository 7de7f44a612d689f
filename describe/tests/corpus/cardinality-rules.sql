-- How many rows there are: a case for each rule.
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
CREATE TRIGGER skip BEFORE INSERT ON skipping FOR EACH ROW EXECUTE FUNCTION skip();
INSERT INTO a VALUES (1, 1, 1, true), (2, NULL, 2, NULL), (3, 1, 3, false), (11, 11, 3, true);
INSERT INTO b VALUES (1, 1), (2, NULL), (5, 1);
INSERT INTO num VALUES (1.0), (1.00), (1);
INSERT INTO ts VALUES ('2024-03-31 02:30'), ('2024-03-31 03:30');
INSERT INTO parent VALUES (1);
INSERT INTO child VALUES (1);
INSERT INTO texts VALUES ('a', 'a'), ('A', 'b');
INSERT INTO owned VALUES (1), (2);

--: @ optional | rule held-key
SELECT * FROM a WHERE id = 1;
--: @ optional | rule row-place
SELECT * FROM a WHERE ctid = '(0,1)';
--: @ many | rule index-family
SELECT * FROM a WHERE id ~~~ 1;
--: @ many | rule immutable-equality
SELECT * FROM ts WHERE timestamptz '2024-03-31 01:30Z' = t;
--: @ many | rule strict-equality
SELECT * FROM owned WHERE id === NULL;
--: @ many | rule index-collation
SELECT * FROM texts WHERE exact = 'a' COLLATE folded;
--: @ many | rule index-of-one-table
SELECT * FROM parent WHERE id = 1;
--: @ optional | rule held-column
SELECT x + 1 FROM a WHERE x = 1 GROUP BY x + 1;
--: @ many | rule identical-values
SELECT n::text FROM num WHERE n = 1 GROUP BY n::text;
--: @ optional | rule subquery-once
SELECT * FROM a WHERE id = (SELECT x FROM b LIMIT 1);
-- Pulled up into the query around it, it is evaluated for each joined row.
--: ! many
SELECT s.id FROM b, LATERAL (SELECT a.id FROM a JOIN parent ON parent.id = a.id WHERE a.id = (SELECT b.x + floor(random() * 2)::int)) AS s WHERE b.id = 1;
--: @ many | rule row-left-out
SELECT a.id FROM a LEFT JOIN (SELECT 1 AS x) AS s ON a.f WHERE a.id = coalesce(s.x, 2);
--: @ many | rule changing-rows | unseen
SELECT * FROM a JOIN (SELECT (random() * 7)::int AS n) AS s ON a.id = s.n;
--: @ optional | rule reduced-join
SELECT * FROM a LEFT JOIN b ON b.id = a.id WHERE b.id = 5;
--: @ at-least-one | rule full-join
SELECT * FROM (SELECT 1 AS n) AS s FULL JOIN (SELECT 2 AS m) AS r ON n = m;
--: @ one | rule kept-side
SELECT * FROM (SELECT 1 AS n) AS s LEFT JOIN a ON a.id = s.n;
--: @ optional | rule filtered-rows
SELECT 1 WHERE 1 = 2;
--: @ optional | rule held-from-outside
SELECT * FROM (SELECT * FROM a LIMIT 5) AS s WHERE id = 1;
--: @ many | rule cast-of-branch
SELECT * FROM (SELECT DISTINCT t FROM ts EXCEPT ALL SELECT timestamptz '2000-01-01 00:00Z') AS s WHERE t = timestamptz '2024-03-31 01:30Z';
--: @ optional | rule held-group
SELECT DISTINCT 1 FROM a;
--: @ many | rule group-equality
SELECT x FROM a WHERE x ~~~ 1 GROUP BY x;
--: @ at-least-one | until 17
--: @ at-least-one | since 18 | rule key-left-out
SELECT DISTINCT x FROM a WHERE x = 1 GROUP BY ROLLUP (x);
--: @ one | rule whole-group
SELECT count(*) FROM a;
--: @ optional | rule filtered-groups
SELECT count(*) FROM a HAVING count(*) > 5;
--: @ many | rule sets-multiply
SELECT generate_series(1, 0);
--: @ optional | rule equal-rows
(SELECT 1 UNION SELECT 1) OFFSET 1;
--: @ optional | rule common-rows
SELECT 1 EXCEPT SELECT 1;
--: @ optional | rule limit
SELECT * FROM a LIMIT 1;
--: @ many | rule ties
SELECT x FROM a ORDER BY x FETCH FIRST 1 ROW WITH TIES;
--: @ optional | rule offset
SELECT count(*) FROM a OFFSET 1;
--: @ optional | rule locked-rows | unseen
SELECT s.n FROM (SELECT 1 AS n) AS s LEFT JOIN a ON a.id = s.n FOR UPDATE OF s;
--: @ at-least-one | rule first-branch
WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r;
--: @ one | rule function-rows
SELECT * FROM now() AS n;
--: @ optional | rule written-once
UPDATE a SET x = 5 FROM b WHERE a.id = 1 AND b.x = a.x RETURNING a.id;
--: @ optional | rule conflict
INSERT INTO b VALUES (1, 1) ON CONFLICT DO NOTHING RETURNING id;
--: @ optional | rule dropped-row
INSERT INTO skipping VALUES (1) RETURNING id;
