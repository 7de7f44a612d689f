-- Unique keys held at values: how many rows there are at most.
SET TIME ZONE 'Europe/Berlin';
CREATE TABLE t (id int PRIMARY KEY, a int, b int, x int, name text UNIQUE, UNIQUE (a, b));
INSERT INTO t VALUES (1, 1, 1, 1, 'a'), (2, 1, 2, 1, 'b'), (3, NULL, 2, 2, 'c'), (4, NULL, 2, 2, 'd');
CREATE TABLE loose (d int UNIQUE DEFERRABLE, p int, e int, x int);
CREATE UNIQUE INDEX ON loose (p) WHERE x > 1;
CREATE UNIQUE INDEX ON loose ((e + 1));
INSERT INTO loose VALUES (1, 1, 1, 1), (2, 1, 2, 1);
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child () INHERITS (parent);
INSERT INTO parent VALUES (1);
INSERT INTO child VALUES (1);
CREATE TABLE ts (t timestamp PRIMARY KEY);
INSERT INTO ts VALUES ('2024-03-31 02:30'), ('2024-03-31 03:30');
CREATE FUNCTION same_or_none(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2 OR $2 IS NULL';
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same_or_none);
CREATE OPERATOR CLASS own FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 ===, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
CREATE TABLE owned (id int);
CREATE UNIQUE INDEX ON owned (id own);
INSERT INTO owned VALUES (1), (2);
CREATE TABLE num (n numeric NOT NULL);
INSERT INTO num VALUES (1.0), (1.00), (1);

--: ! optional
SELECT id FROM t WHERE id = 1;
--: ! optional
SELECT id FROM t WHERE id = 1 AND x > 5;
--: ! optional
SELECT name FROM t WHERE name = 'a';
--: !! optional
SELECT a, b FROM t WHERE a = 1 AND b = 2;
--: !! optional
SELECT a, b FROM t WHERE (a, b) = (1, 2);
--: ! many
SELECT a FROM t WHERE a = 1;
--: ! many
SELECT id FROM t WHERE a IS NULL AND b = 2;
--: ! many
SELECT id FROM t WHERE id IN (1, 2);
--: ! optional
SELECT id FROM t WHERE id IN (1);
--: ! many
SELECT id FROM t WHERE id = 1 OR x = 1;
--: ! many
SELECT id FROM t WHERE id > 1;
--: ! many
SELECT id FROM t WHERE id = x;
--: ! many
SELECT id FROM t WHERE id <> 1;
--: ! many
SELECT id FROM t WHERE id = (random() * 3)::int;
--: ! optional
SELECT id FROM t WHERE id = length('a');
--: ! optional
SELECT id FROM t WHERE ctid = '(0,1)';
--: ? many
SELECT d FROM loose WHERE p = 1;
--: ? many
SELECT p FROM loose WHERE e + 1 = 2;
--: ! many
SELECT d FROM loose WHERE d = 1;
--: ! many
SELECT id FROM parent WHERE id = 1;
--: ! optional
SELECT id FROM ONLY parent WHERE id = 1;
--: ! many
SELECT t FROM ts WHERE t = timestamptz '2024-03-31 01:30Z';
--: ! optional
SELECT t FROM ts WHERE t = timestamp '2024-03-31 02:30';
--: ? many
SELECT id FROM owned WHERE id === NULL;
--: ! many
SELECT n::text FROM num WHERE n = 1 GROUP BY n::text;
--: ! optional
SELECT x FROM t WHERE x = 1 GROUP BY x;
--: !! many
SELECT id, x FROM t WHERE x = 1 GROUP BY id, x;
--: ! optional | with 1
SELECT id FROM t WHERE id = $1;
--: ! optional
SELECT s.id FROM (SELECT id, name FROM t) AS s WHERE s.name = 'a';
