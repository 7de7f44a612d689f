-- Statements that broke an earlier prover, one of a kind.
SET TIME ZONE 'Europe/Berlin';
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE TABLE num (n numeric NOT NULL);
INSERT INTO num VALUES (1.0), (1.00), (1);
CREATE TABLE ts (t timestamp PRIMARY KEY);
INSERT INTO ts VALUES ('2024-03-31 02:30'), ('2024-03-31 03:30');
CREATE FUNCTION same_or_none(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2 OR $2 IS NULL';
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same_or_none);
CREATE OPERATOR CLASS loose FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 ===, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
CREATE TABLE owned (id int);
CREATE UNIQUE INDEX ON owned (id loose);
INSERT INTO owned VALUES (1), (2);
CREATE FUNCTION silent(text, int) RETURNS bool LANGUAGE sql AS 'SELECT NULL::bool';
CREATE OPERATOR = (LEFTARG = text, RIGHTARG = int, FUNCTION = silent);
CREATE TABLE p (k int NOT NULL, v int) PARTITION BY LIST (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
INSERT INTO p VALUES (1, 1);
CREATE FUNCTION nulled() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v = NULL; RETURN NEW; END';
CREATE TRIGGER nulled BEFORE INSERT ON p2 FOR EACH ROW EXECUTE FUNCTION nulled();
CREATE TYPE own AS (v int);
CREATE TABLE o (id own, v int);
INSERT INTO o VALUES (NULL, 1);
CREATE FUNCTION more(own, own) RETURNS bool LANGUAGE sql STRICT IMMUTABLE AS 'SELECT ($1).v > ($2).v';
CREATE FUNCTION less(own, own) RETURNS bool LANGUAGE sql STRICT IMMUTABLE AS 'SELECT ($1).v < ($2).v';
CREATE FUNCTION same(own, own) RETURNS bool LANGUAGE sql STRICT IMMUTABLE AS 'SELECT ($1).v = ($2).v';
CREATE FUNCTION compared(own, own) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OPERATOR >>> (LEFTARG = own, RIGHTARG = own, FUNCTION = more);
CREATE OPERATOR <<< (LEFTARG = own, RIGHTARG = own, FUNCTION = less);
CREATE OPERATOR ==== (LEFTARG = own, RIGHTARG = own, FUNCTION = same);
CREATE OPERATOR CLASS own_ops FOR TYPE own USING btree AS OPERATOR 1 <<<, OPERATOR 3 ====, OPERATOR 5 >>>, FUNCTION 1 compared(own, own);
CREATE FUNCTION fm(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE c (x int CHECK (fm(x) IS NOT NULL));
INSERT INTO c VALUES (NULL);
CREATE OR REPLACE FUNCTION fm(int) RETURNS int LANGUAGE sql STRICT AS 'SELECT 1';
CREATE TYPE ctype AS (a int);
CREATE FUNCTION nothing(json) RETURNS ctype LANGUAGE sql AS 'SELECT NULL::ctype';
CREATE CAST (json AS ctype) WITH FUNCTION nothing(json) AS ASSIGNMENT;

--: ? many
SELECT x IN (SELECT x FROM n1) FROM a WHERE x IN (SELECT id FROM a);
--: ! many
SELECT a.id FROM a LEFT JOIN (SELECT 1 AS x) AS b ON a.f WHERE a.id = coalesce(b.x, 2);
--: ! many
SELECT n::text FROM num WHERE n = 1 GROUP BY n::text;
--: ! many
SELECT t FROM ts WHERE t = timestamptz '2024-03-31 01:30Z';
--: ! many
UPDATE ts SET t = t + interval '1 day' WHERE t = timestamptz '2024-03-31 01:30Z' RETURNING t;
--: ! many
DELETE FROM ts WHERE t = timestamptz '2024-03-31 01:30Z' RETURNING t;
--: ? many
SELECT id FROM owned WHERE id === NULL;
--: ? many
SELECT unnest(ARRAY(SELECT ARRAY[1, NULL]));
--: ? one
SELECT 1 = ANY (ARRAY(SELECT ARRAY[2, NULL]));
--: ? many
SELECT tn IS DISTINCT FROM 1 FROM a;
--: ? many
UPDATE p SET k = 2, v = 9 WHERE k = 1 RETURNING v;
--: !? many
SELECT id, y + (2 - 1) FROM a GROUP BY id, ROLLUP (y + 1);
--: ? many | until 17
--: ! many | since 18
SELECT w + 0 FROM (SELECT y AS z, y AS w FROM a) AS s GROUP BY ROLLUP (z), w;
--: ? at-least-one
SELECT coalesce(a.id, b.id) FROM a FULL JOIN b USING (id) WHERE a.id > 0 GROUP BY ROLLUP (id);
--: ? many | rule row-comparison
SELECT id FROM o WHERE (id, id) >>> (ROW (0)::own, ROW (0)::own);
--: ? many
SELECT x FROM c;
--: ? one | since 16
SELECT json_object('a': 1 RETURNING ctype);
--: ? many | with '{1, NULL}'
SELECT unnest($1::int[]);
--: ? many | with '{1, NULL}'
SELECT y = ANY ($1) FROM a;
