-- Columns of tables, as they are stored.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE TABLE dup (id int NOT NULL, "Order" text NOT NULL, "a b" text, gen int GENERATED ALWAYS AS (id * 2) STORED, ident int GENERATED ALWAYS AS IDENTITY);
INSERT INTO dup (id, "Order") VALUES (1, 'x'), (1, 'x');
CREATE TABLE none ();
INSERT INTO none DEFAULT VALUES;

--: !?!?! many | rule stored-column
--> 2: public.a.x allows NULL
SELECT * FROM a;
--: ?? many
SELECT * FROM n1;
--: !!!!! many
SELECT ctid, tableoid, xmin, cmin, a FROM a;
--: !! many
SELECT a, a.* IS NULL FROM a;
--: !!???! many
SELECT id, "Order", "a b", gen, gen + 1, ident FROM dup;
--: !! many
SELECT DISTINCT id, "Order" FROM dup;
--: !? many
SELECT DISTINCT ON (y) y, x FROM a ORDER BY y, x;
--: !? many
SELECT z.q, z.r FROM a AS z (q, r);
--: !! many
SELECT y AS x, id FROM a AS b ORDER BY x LIMIT 3;
--: ! many
SELECT a.id FROM a FOR UPDATE;
--: !?! many
TABLE b ORDER BY id;
--: !?! many
TABLE b;
--: ! many
SELECT none FROM none;
--: !? many
SELECT id, x FROM ONLY a;
--: !! many
SELECT oid, relname FROM pg_class WHERE relkind = 'r';
--: ! many | cautious
SELECT id FROM a TABLESAMPLE SYSTEM (100);
