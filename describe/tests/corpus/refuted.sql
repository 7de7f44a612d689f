-- Claims that were made once, and that rows have refuted.
CREATE TABLE n1 (x int, y int);
CREATE TABLE o (x int PRIMARY KEY);
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TYPE ct AS (a int, b int);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
INSERT INTO o SELECT generate_series(1, 34);
ANALYZE o;
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c');
CREATE TABLE r (v varchar UNIQUE);
INSERT INTO r VALUES ('a'), ('a ');
CREATE DOMAIN tsd AS timestamp;
CREATE TABLE dt (d tsd NOT NULL);
INSERT INTO dt VALUES ('infinity');
CREATE TABLE g (id int, k int, x int) PARTITION BY LIST (k);
CREATE TABLE g1 PARTITION OF g FOR VALUES IN (1);
DO $$ BEGIN
    IF current_setting('server_version_num')::int < 160000 THEN
        CREATE TABLE g2 (id int, k int, x int GENERATED ALWAYS AS (nullif(id, 5)) STORED);
        ALTER TABLE g ATTACH PARTITION g2 FOR VALUES IN (2);
        CREATE TABLE ip (id int, x int);
        CREATE TABLE ik (x int GENERATED ALWAYS AS (nullif(id, 5)) STORED) INHERITS (ip);
        INSERT INTO ik (id) VALUES (1);
    END IF;
    IF current_setting('server_version_num')::int >= 180000 THEN
        EXECUTE 'CREATE TABLE vp (a int, k int, v int GENERATED ALWAYS AS (nullif(a, 5)) VIRTUAL, CHECK (v IS NOT NULL)) PARTITION BY LIST (k)';
        EXECUTE 'CREATE TABLE vp1 PARTITION OF vp (v GENERATED ALWAYS AS (a * 2) VIRTUAL) FOR VALUES IN (1)';
        EXECUTE 'INSERT INTO vp (a, k) VALUES (5, 1)';
    END IF;
END $$;
CREATE TABLE places (p point NOT NULL, tn text NOT NULL);
INSERT INTO places VALUES ('(1,2)', 'a');
CREATE FUNCTION pt(point) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';
CREATE CAST (point AS text) WITH FUNCTION pt(point);
SET my.x = '5';

-- Texts that differ are equal as char(n).
--: ! many | rule identical-values
SELECT DISTINCT v FROM r WHERE v::bpchar = 'a';
--: ! many
SELECT v FROM r WHERE v::bpchar = 'a' GROUP BY v;
--: !! many
SELECT * FROM r AS p JOIN r AS q ON q.v = p.v AND q.v::bpchar = 'a';
--: ! many
DELETE FROM r USING (SELECT DISTINCT v AS k FROM r) AS d WHERE d.k::bpchar = 'a' AND r.v = d.k RETURNING r.v;
-- A domain over a date may be infinite.
--: ???? many | rule infinite-date
SELECT extract(month FROM d), date_part('hour', d::timestamptz), to_char(d, 'YYYY'), d::time FROM dt;
-- Fields of rows in an array.
--: ?? many
SELECT a, b FROM unnest(ARRAY[ROW(NULL, 1)::ct]);
--: ??! many
SELECT * FROM unnest('{"(,1)"}'::ct[]) WITH ORDINALITY;
-- A condition speaks of a key that is an expression, not of what it was made of.
--: ? many
SELECT x FROM n1 GROUP BY ROLLUP (x), x + 1 HAVING x + 1 > 0;
--: ? many
SELECT CASE WHEN x + 1 > 0 THEN x ELSE 0 END FROM n1 GROUP BY ROLLUP (x), x + 1;
--: !? many
SELECT id, y FROM a GROUP BY id, ROLLUP (y), y + 0 HAVING y + 0 > 0;
-- What is the same for all rows may be a key that is left out.
--: ? many
SELECT s.z FROM o, LATERAL (SELECT o.x AS z FROM (VALUES (1)) AS v GROUP BY ROLLUP (o.x)) AS s;
--: ! many
SELECT ARRAY(SELECT o.x FROM (VALUES (1)) AS v GROUP BY ROLLUP (o.x)) FROM o;
--: ? many
SELECT 0 IN (SELECT o.x FROM (VALUES (1)) AS v GROUP BY ROLLUP (o.x)) FROM o;
--: ?! at-least-one
SELECT 'x'::text, count(*) FROM n1 GROUP BY CUBE ('x'::text, x);
--: ? at-least-one
SELECT now() FROM a GROUP BY ROLLUP (CASE WHEN true THEN now() ELSE tn::timestamptz END);
-- On 18 the keys of GROUP BY do not stand in the target list.
--: ??? many
SELECT generate_series(1, 2) AS g, generate_series(1, 3) AS h, unnest(ARRAY[7]) AS u FROM o GROUP BY 1, 2;
-- A partition, or a child, computes what is a plain column to those above.
--: ? one | until 15
INSERT INTO g (id, k, x) VALUES (5, 2, 1) RETURNING x;
--: ? many | until 15
UPDATE ip SET id = 5 WHERE x IS NOT NULL RETURNING x;
-- A virtual column is checked as its table computes it.
--: ? many | since 18
SELECT v FROM vp;
--: ? one | since 18
INSERT INTO vp (a, k) VALUES (5, 1) RETURNING v;
-- A setting that changes with each row.
--: ! many | rule changed-setting
SELECT x FROM o WHERE x = current_setting('my.x', true)::int AND set_config('my.x', x::text, true) IS NOT NULL;
--: ! many
SELECT count(*) FROM o WHERE set_config('my.x', x::text, true) IS NOT NULL GROUP BY current_setting('my.x');
--: ? many
SELECT current_schema() FROM o WHERE current_schema() IS NOT NULL AND set_config('search_path', '', true) IS NOT NULL;
--: ? many
SELECT CASE WHEN current_schema IS NOT NULL AND set_config('search_path', '', true) IS NOT NULL THEN current_schema ELSE 'x' END FROM o;
-- Still known, where nothing changes a setting.
--: ! optional
SELECT x FROM o WHERE x = current_setting('my.x')::int;
--: !! optional
SELECT x, random() FROM o WHERE x = current_setting('my.x')::int;
-- A cast to text that a user has made.
--: ?? many
SELECT tn || p, quote_literal(p) FROM places;
