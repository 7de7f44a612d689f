-- Where the catalog alone, or strictness alone, would lead astray: each kind once.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE TYPE pair AS (l int, r int);
CREATE DOMAIN filled AS int NOT NULL;
CREATE VIEW v AS SELECT a.id, b.a_id FROM a LEFT JOIN b ON b.id = a.id;
CREATE TABLE kinds (id int PRIMARY KEY, dom filled, arr int[] NOT NULL, cp pair NOT NULL, r int4range NOT NULL, d date NOT NULL, j jsonb NOT NULL);
INSERT INTO kinds VALUES (1, 1, '{}', ROW (1, NULL), 'empty', 'infinity', '{"a": null}'), (2, 1, '{NULL}', ROW (NULL, 1), '(,)', '-infinity', '[]');
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE far (id int NOT NULL) SERVER nowhere;
CREATE TABLE parent (id int NOT NULL, c int CHECK (c IS NOT NULL) NO INHERIT);
CREATE TABLE child () INHERITS (parent);
INSERT INTO child VALUES (1, NULL);
CREATE TABLE unvalidated (x int);
INSERT INTO unvalidated VALUES (NULL);
DO $$ BEGIN IF current_setting('server_version_num')::int >= 180000 THEN
    EXECUTE 'ALTER TABLE unvalidated ADD CONSTRAINT late NOT NULL x NOT VALID';
END IF; END $$;

-- Outer joins, also below ORDER BY, LIMIT, GROUP BY, DISTINCT ON, a CTE, a view and LATERAL.
--: !? many
SELECT a.id, b.a_id FROM a LEFT JOIN b ON b.id = a.id;
--: ?! many
SELECT a.y, b.a_id FROM a RIGHT JOIN b ON b.id = a.id;
--: ?? many
SELECT a.y, b.a_id FROM a FULL JOIN b ON b.id = a.id;
--: ? many
SELECT b.a_id FROM a LEFT JOIN b ON b.id = a.id ORDER BY a.id DESC LIMIT 3;
--: ? many
SELECT b.a_id FROM a LEFT JOIN b ON b.id = a.id GROUP BY b.a_id;
--: ? many
SELECT DISTINCT ON (a.id) b.a_id FROM a LEFT JOIN b ON b.id = a.id;
--: ? many
WITH c AS (SELECT b.a_id FROM a LEFT JOIN b ON b.id = a.id) SELECT a_id FROM c;
--: ? many
SELECT a_id FROM v;
--: ? many
SELECT s.a_id FROM a LEFT JOIN LATERAL (SELECT a_id FROM b WHERE b.id = a.id) AS s ON true;
-- A strict WHERE on the right side, or a later INNER JOIN on it.
--: !! many
SELECT b.id, b.a_id FROM a LEFT JOIN b ON b.id = a.id WHERE b.a_id > 0;
--: ! many
SELECT b.a_id FROM a LEFT JOIN b ON b.id = a.id JOIN a AS c ON c.id = b.a_id;
-- No narrowing.
--: ? many
SELECT b.a_id FROM a LEFT JOIN b ON b.id = a.id WHERE b.id IS NULL;
--: ? many
SELECT b.a_id FROM a LEFT JOIN b ON b.id = a.id WHERE b.x = 1 OR a.id = 2;
--: ? at-least-one
SELECT id FROM a GROUP BY CUBE (id);
-- What is bool is NULL if an operand is.
--: ?????? many
SELECT x = 1, x < 1, x IN (1), x BETWEEN 0 AND 1, x::text LIKE 'a', NOT f FROM a;
--: ??? many
SELECT f AND true, f OR false, y = ANY ('{7, NULL}'::int[]) FROM a;
--: !!!!! many
SELECT x IS NULL, x IS DISTINCT FROM 1, f IS TRUE, EXISTS (SELECT FROM n1 WHERE n1.x = a.x), ARRAY(SELECT x FROM n1) FROM a;
-- CASE.
--: ?! many
SELECT CASE WHEN y > 1 THEN 1 END, CASE WHEN x > 0 THEN x ELSE 0 END FROM a;
-- Aggregates.
--: ??? one
SELECT sum(y), max(y), avg(y) FROM a WHERE false;
--: ?? many
SELECT sum(y) FILTER (WHERE f), stddev_samp(y) FROM a GROUP BY id;
--: ???? many
SELECT sum(y) OVER (w ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING), nth_value(y, 2) OVER w, lag(y) OVER w, lead(y) OVER w FROM a WINDOW w AS (ORDER BY id);
-- Strict functions that return NULL for what is not NULL.
--: ????? many
SELECT array_length(arr, 1), arr[1], array_position(arr, 1), lower(r), extract(month FROM d) FROM kinds;
--: ????? many
SELECT substring(id::text from '(z)'), regexp_match(id::text, 'z'), j -> 'a', j ->> 'a', jsonb_path_query_first(j, '$.b') FROM kinds;
--: ?? one
SELECT current_setting('a.setting', true), inet_client_addr();
-- Functions that return something for NULL.
--: !!! many
SELECT concat(x), concat_ws(',', x), quote_nullable(x) FROM a;
--: !! many
SELECT jsonb_build_object('a', x), row_to_json(a) FROM a;
-- A scalar subquery.
--: ?! many
SELECT (SELECT id FROM b WHERE b.id = a.id), (SELECT count(*) FROM b WHERE b.id = a.id) FROM a;
--: !? many
SELECT json_agg(b), json_agg(b) FILTER (WHERE b.id IS NOT NULL) FROM a LEFT JOIN b ON b.id = a.id GROUP BY a.id;
-- Set operations.
--: ? many
SELECT id FROM a UNION SELECT x FROM a;
--: ! many
SELECT x FROM a INTERSECT SELECT id FROM a;
--: ? many
SELECT x FROM a EXCEPT SELECT id FROM a;
--: ? at-least-one
VALUES (1), (NULL);
--: ? at-least-one
WITH RECURSIVE r AS (SELECT 1 AS n, 1 AS m UNION ALL SELECT NULL, m + 1 FROM r WHERE m < 3) SELECT n FROM r;
--: ?! many
SELECT * FROM unnest(ARRAY[1, NULL]) WITH ORDINALITY;
--: !? many
SELECT * FROM jsonb_each_text('{"a": null}');
-- Constraints that are not what they seem.
--: ? many
SELECT kinds.dom FROM a LEFT JOIN kinds ON kinds.id = a.id;
--: ? many
SELECT c FROM parent;
--: ? many
SELECT x FROM unvalidated;
--: ? many | described
SELECT id FROM far;
--: ! one | since 18
INSERT INTO parent VALUES (7, 7) RETURNING new.id;
--: ? one | since 18
INSERT INTO parent VALUES (7, 7) RETURNING old.id;
--: ?? many
SELECT (cp).l, (cp).r FROM kinds;
