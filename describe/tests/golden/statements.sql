-- The statements whose dumps are recorded, each behind its name and the first major that accepts it.
-- Together they hold every kind of node that analysed statements are made of.

-- constants 14
SELECT 1, -7, 9000000000, 2.5, true, 'it''s', NULL, NULL::int, '', 'ünï {(\"', 1.5::float8, '1 day'::interval, '{1,NULL}'::int[], 'a text that is longer than a line of the dump, whose bytes take many'

-- names 14
SELECT "a t"."two words", "a t"."qu""ote" AS "back\slash", "a t"."br{a}ce (x) [y]" AS "ünïcödé", 1 AS "<>", 2 AS "1st", 3 AS "-5", 4 AS ":colon", 5 AS "line
break", 6 AS "?column?", 7 AS "a_name_of_the_greatest_length_that_the_server_has_for_any_names" FROM (VALUES (1, 2, 3)) AS "a t" ("two words", "qu""ote", "br{a}ce (x) [y]")

-- long-names 14
SELECT 1 AS "éééééééééééééééééééééééééééééé", 2 AS "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\", 3 AS "(((((((((((((((((((((((((((((((((((((((((((((((("

-- operators 14
SELECT x + y, x IS DISTINCT FROM 1, NULLIF(x, 1), y = ANY ('{1,2}'), y <> ALL (ARRAY[1, x]), NOT (x > 1 AND y > 1 OR x < 0), (x, y) < (1, 2), x IS NULL, (x > 1) IS NOT TRUE, ROW (x, y) IS NOT NULL FROM t WHERE id = $1

-- values 14
SELECT CASE WHEN x > 0 THEN 1 ELSE y END, CASE x WHEN 1 THEN 2 END, coalesce(x, y), greatest(x, y), ARRAY[x, y], ARRAY[[1], [2]], ROW (x, y), ROW (1, 2)::pair, current_date, current_user, localtime(2) FROM t

-- casts 14
SELECT x::oid, n::varchar, n::text COLLATE "C", x::text, ARRAY[x]::bigint[], x::positive, ROW (heir.*), heir::u, n::varchar(3) FROM heir, t WHERE t.id = heir.id

-- composites 14
SELECT (p).a, (ROW (1, 2)::pair).b, l[1], l[1:2], d, c, c.* FROM c

-- functions 14
SELECT named(b => y, a => 1), named(1), format('%s', VARIADIC ARRAY['a']), two.a, f.ordinality, g FROM t, two() AS two (a int, b text), ROWS FROM (unnest(ARRAY[1, 2]), generate_series(1, 2)) WITH ORDINALITY AS f, LATERAL generate_series(1, t.y) AS g

-- parameters 14
SELECT $1::int, $2 || 'x', coalesce($3, 1) FROM t WHERE id = $1 AND ($4::int IS NULL OR x = $4) LIMIT $5

-- aggregates 14
SELECT count(*), sum(x) FILTER (WHERE y > 1), array_agg(DISTINCT x ORDER BY x DESC NULLS LAST), string_agg('a', 'b' ORDER BY y), percentile_cont(0.5) WITHIN GROUP (ORDER BY y), rank(1) WITHIN GROUP (ORDER BY x), max(x) FROM t HAVING count(*) > 0

-- grouping 14
SELECT x, y, GROUPING(x, y), count(*) FROM t GROUP BY GROUPING SETS ((x), ROLLUP (x, y), CUBE (y), ()) ORDER BY x USING >, y

-- group-by 14
SELECT DISTINCT ON (y) y, max(x), y + 1 FROM t GROUP BY DISTINCT ROLLUP (id), y HAVING max(x) > 1 ORDER BY y, max(x) OFFSET 1 FETCH FIRST 2 ROWS WITH TIES

-- windows 14
SELECT row_number() OVER w, lag(x, 1, y) OVER (PARTITION BY y ORDER BY id), sum(x) FILTER (WHERE y > 0) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES), first_value(x) OVER (ORDER BY y RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING) FROM t WINDOW w AS (ORDER BY id)

-- sublinks 14
SELECT EXISTS (SELECT), (SELECT n FROM u WHERE u.id = t.id), ARRAY(SELECT 1), x IN (SELECT 1), x > ALL (SELECT 1), (x, y) < (SELECT 1, 2) FROM t WHERE (x, y) IN (SELECT 1, 2)

-- sublinks-within 14
SELECT (SELECT (SELECT s.a) FROM (SELECT NULL::int AS a) AS s) FROM (SELECT 1 AS a) AS o

-- joins 14
SELECT a.x, id, z FROM t AS a LEFT JOIN u USING (id) AS merged FULL JOIN (VALUES (1, NULL), (2, 3)) AS v (id, z) USING (id) WHERE a.y > 0

-- natural-join 14
SELECT u, w.more, s.k FROM ONLY u NATURAL JOIN w RIGHT JOIN LATERAL (SELECT 1 AS k) AS s ON true

-- sample 14
SELECT id FROM t TABLESAMPLE BERNOULLI (50) REPEATABLE (7) FOR UPDATE OF t SKIP LOCKED

-- sets 14
SELECT x, y FROM t UNION ALL (SELECT 1, NULL INTERSECT SELECT 2, 2) EXCEPT SELECT 1::bigint, 2 ORDER BY 1

-- ctes 14
WITH a AS MATERIALIZED (SELECT 1 AS one), b (two) AS NOT MATERIALIZED (SELECT 2), d AS (DELETE FROM u RETURNING id) SELECT one, two, id FROM a, b, d

-- recursion 14
WITH RECURSIVE r (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM r) SEARCH DEPTH FIRST BY id SET seq CYCLE id SET cyclic USING path SELECT id, cyclic FROM r

-- xml 14
SELECT xmlelement(NAME a, xmlattributes(1 AS b), 'c'), xmlconcat('<a/>', NULL), xmlforest(1 AS "two words"), xmlparse(DOCUMENT '<a/>'), xmlserialize(CONTENT '<a/>'::xml AS text), '<a/>'::xml IS DOCUMENT, x.* FROM XMLTABLE(XMLNAMESPACES ('n' AS m), '/a' PASSING '<a/>' COLUMNS b int PATH 'b' DEFAULT 1 NOT NULL, c FOR ORDINALITY) AS x

-- insert 14
INSERT INTO g AS new (v) VALUES (1), (DEFAULT) RETURNING k, new.v

-- insert-conflict 14
INSERT INTO u VALUES (1, $1) ON CONFLICT (id) WHERE true DO UPDATE SET n = excluded.n || 'x', id = DEFAULT WHERE u.n <> excluded.n RETURNING *

-- insert-nothing 14
INSERT INTO u VALUES ($1, $2) ON CONFLICT ON CONSTRAINT u_pkey DO NOTHING RETURNING n

-- insert-rule 14
INSERT INTO r VALUES (1), (2)

-- update 14
UPDATE t SET (x, y) = (SELECT 1, 2), id = u.id FROM u WHERE u.id = t.id RETURNING t.*, u.n

-- update-parts 14
UPDATE c SET p.a = 1, p.b = 2, l[1] = 'x', d = DEFAULT RETURNING p

-- update-view 14
UPDATE w SET y = y + 1 WHERE id = 1 RETURNING more

-- current-of 14
DELETE FROM t USING u WHERE CURRENT OF cursor RETURNING t.x

-- merge 15
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED AND t.x > 1 THEN UPDATE SET x = 1 WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, y) VALUES (u.id, DEFAULT)

-- json 16
SELECT json_object('a': 1, 'b': x ABSENT ON NULL WITH UNIQUE KEYS RETURNING jsonb), json_array(x, y NULL ON NULL), json_array(SELECT 1), json_objectagg('k': y), json_arrayagg(x ORDER BY y), '{}' IS JSON OBJECT WITH UNIQUE KEYS, json_array('1' FORMAT JSON) FROM t GROUP BY x, y

-- json-query 17
SELECT json_value(j, '$.a' PASSING 1 AS "p q" RETURNING int DEFAULT 2 ON EMPTY ERROR ON ERROR), json_query(j, '$' WITHOUT WRAPPER OMIT QUOTES), json_exists(j, '$.b'), json('{}'), json_scalar(1), json_serialize('{}') FROM (VALUES ('{}'::jsonb)) AS v (j)

-- json-table 17
SELECT * FROM JSON_TABLE('[]'::jsonb, '$[*]' AS root PASSING 1 AS q COLUMNS (o FOR ORDINALITY, a int PATH '$.a' DEFAULT 1 ON EMPTY, b bool EXISTS, NESTED '$.c' COLUMNS (c int), NESTED '$.d' COLUMNS (d int))) AS jt

-- merge-returning 17
MERGE INTO w USING (SELECT 1 AS id) AS s ON w.id = s.id WHEN MATCHED THEN DO NOTHING WHEN NOT MATCHED BY SOURCE THEN UPDATE SET y = 1 RETURNING merge_action(), w.id, s.id

-- returning 18
UPDATE w SET y = 2 RETURNING WITH (OLD AS o, NEW AS n) o.more, n.more, o.id, n.y, more

-- returning-delete 18
DELETE FROM t WHERE id = $1 RETURNING old.y, new.y, old

-- explain 14
EXPLAIN INSERT INTO g (v) VALUES (DEFAULT)

-- cursor 14
DECLARE cursor CURSOR FOR SELECT id FROM t FOR SHARE

-- table-as 14
CREATE TABLE copied AS SELECT id FROM t WITH NO DATA

-- table 14
CREATE TABLE made (id int PRIMARY KEY, v numeric(3, 1) DEFAULT -1.5 CHECK (v > 0), w text COLLATE "C" REFERENCES u (n))

-- call 14
CALL act(1)

-- notify 14
NOTIFY here, 'it''s'
