-- JSON: access may find nothing, what is built is there.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE TABLE doc (id int NOT NULL, j jsonb NOT NULL, k json);
INSERT INTO doc VALUES (1, '{"a": 1, "n": null}', NULL), (1, 'null', '[]'), (2, '[]', '{"a": 1}');
CREATE TYPE ctype AS (a int);
CREATE FUNCTION nothing(json) RETURNS ctype LANGUAGE sql AS 'SELECT NULL::ctype';
CREATE CAST (json AS ctype) WITH FUNCTION nothing(json) AS ASSIGNMENT;

--: !? many
SELECT j, k FROM doc;
--: ???? many
SELECT j -> 'a', j ->> 'a', j #> '{a}', j #>> '{n}' FROM doc;
--: ? many
SELECT j['a'] FROM doc;
--: !!! many
SELECT j @> '{}', j ? 'a', jsonb_typeof(j) FROM doc;
--: ! many
SELECT j || '{"b": 1}' FROM doc;
--: !! many
SELECT jsonb_build_object('a', x), jsonb_build_array(x) FROM a;
--: !? many
SELECT row_to_json(a), to_jsonb(x) FROM a;
--: ? many
SELECT to_jsonb(b) FROM a LEFT JOIN b ON b.id = a.id;
--: ?? many
SELECT jsonb_path_query_first(j, '$.zzz'), jsonb_extract_path_text(j, 'n') FROM doc;
--: ? many
SELECT jsonb_path_match(j, '$.n == 1', silent => true) FROM doc;
--: ? optional | cautious
SELECT json_agg(x) FROM a HAVING count(*) > 0;
--: ! many
SELECT json_agg(b) FROM a LEFT JOIN b ON b.id = a.id GROUP BY a.id;
--: ? many
SELECT json_agg(b) FILTER (WHERE b.id IS NOT NULL) FROM a LEFT JOIN b ON b.id = a.id GROUP BY a.id;
--: ? one
SELECT jsonb_agg(y) FROM a WHERE false;
--: ! many
SELECT jsonb_object_agg(id, x) FROM a GROUP BY y;
--: !! one | since 16 | rule json-constructor
SELECT json_object('a': 1), json_array(1, NULL);
--: ?! one | since 16
SELECT json_object('a': 1 RETURNING ctype), json_object('a': 1 RETURNING jsonb);
--: ? one | since 16
SELECT json_arrayagg(id) FROM a WHERE false;
--: !? many | since 16
SELECT j::text IS JSON, k::text IS JSON FROM doc;
--: ?? many | since 17
SELECT json_value(j, '$.a'), json_query(j, '$.zz') FROM doc;
--: !? many | since 17
SELECT json_exists(j, '$.a'), json_exists(k::jsonb, '$.a') FROM doc;
--: !? many
SELECT key, value FROM doc, jsonb_each_text(CASE WHEN jsonb_typeof(j) = 'object' THEN j ELSE '{}' END);
--: !! many
SELECT jsonb_set(j, '{a}', '2'), jsonb_pretty(j) FROM doc WHERE jsonb_typeof(j) = 'object';
--: ? many
SELECT jsonb_set(j, '{a}', NULL) FROM doc WHERE jsonb_typeof(j) = 'object';
