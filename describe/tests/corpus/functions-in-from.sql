-- Functions in FROM.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE FUNCTION pairs() RETURNS TABLE (p int, q int) LANGUAGE sql AS 'VALUES (1, NULL::int), (1, NULL)';
CREATE FUNCTION maybe() RETURNS SETOF a LANGUAGE sql AS 'SELECT NULL::a';
CREATE FUNCTION lone() RETURNS int LANGUAGE sql AS 'SELECT NULL::int';

--: ! at-least-one | rule function-in-from
SELECT * FROM generate_series(1, 3);
--: ?! many
SELECT * FROM unnest(ARRAY[1, NULL]) WITH ORDINALITY;
--: ! many
SELECT * FROM unnest(ARRAY[1, 2]);
--: ?? many
SELECT * FROM unnest(ARRAY[1, 2], ARRAY[1]);
--: ?? at-least-one | rule rows-from
SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3));
--: ??! at-least-one
SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) WITH ORDINALITY;
--: ?? many
SELECT * FROM pairs();
--: ????? many
SELECT * FROM maybe();
--: ? one
SELECT * FROM lone();
--: ?! one
SELECT * FROM lone() WITH ORDINALITY;
--: ! one
SELECT * FROM abs(-1);
--: !? many
SELECT * FROM jsonb_each_text('{"a": null}');
--: ! many
SELECT * FROM jsonb_object_keys('{"a": null}');
--: ! many
SELECT * FROM jsonb_array_elements('[null]');
--: ? many
SELECT * FROM jsonb_array_elements_text('[null]');
--: ? many
SELECT * FROM json_to_recordset('[{}]') AS r (q int);
--: ! many
SELECT * FROM regexp_split_to_table('a b', ' ');
--: ! many
SELECT * FROM string_to_table('a,b', ',');
--: ? many
SELECT * FROM string_to_table('a,b', ',', 'b');
--: !! many
SELECT a.id, g FROM a, generate_series(1, a.y) AS g;
--: !? many
SELECT a.id, g FROM a LEFT JOIN LATERAL generate_series(2, a.y) AS g ON true;
--: ! many
SELECT * FROM generate_series(timestamp '2024-01-01', '2024-01-03', '1 day');
--: !! many
SELECT id, generate_series(1, x) FROM a;
--: ?? many
SELECT generate_series(1, 2), generate_series(1, 3);
--: ! many
SELECT * FROM generate_subscripts(ARRAY[4, NULL], 1);
