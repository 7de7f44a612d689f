-- How many rows aggregates, LIMIT, OFFSET and their like leave.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: ! one
SELECT 1;
--: ! optional
SELECT 1 WHERE random() < 2;
--: ! one
SELECT count(*) FROM a;
--: ! optional
SELECT count(*) FROM a HAVING count(*) > 1;
--: ! optional
SELECT id FROM a LIMIT 1;
--: ! many
SELECT id FROM a LIMIT 2;
--: ! many
SELECT y FROM a ORDER BY y FETCH FIRST 1 ROW WITH TIES;
--: ! optional
SELECT count(*) FROM a OFFSET 1;
--: ! optional
SELECT 1 LIMIT 0;
--: ! many | with 1
SELECT id FROM a LIMIT $1;
--: ! at-least-one
VALUES (1), (2);
--: ! many
SELECT generate_series(1, 0);
--: ! many
SELECT unnest('{}'::int[]) IS NULL;
--: ! many
SELECT count(*) FROM a GROUP BY y;
--: ! one
SELECT count(*) FROM a GROUP BY ();
--: ! at-least-one
SELECT count(*) FROM a WHERE false GROUP BY ROLLUP (y);
--: ! optional
SELECT id FROM a WHERE id = 1 FOR UPDATE SKIP LOCKED;
--: ! one
SELECT DISTINCT count(*) FROM a;
--: ! optional
SELECT id FROM a WHERE id = 1 UNION SELECT id FROM b WHERE false AND id = 1 LIMIT 1;
--: ! one
SELECT (SELECT count(*) FROM a) + 1;
--: ! optional
SELECT count(*) FROM a EXCEPT SELECT 7;
--: ! optional
SELECT count(*) FROM a INTERSECT SELECT 7;
