-- How many rows joins have.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE TABLE one (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a);
INSERT INTO one VALUES (1, 1), (2, 1);

--: !! optional
SELECT one.id, a.id FROM one JOIN a ON a.id = one.a_id WHERE one.id = 1;
--: !! many
SELECT one.id, a.id FROM one JOIN a ON a.id = one.a_id WHERE a.id = 1;
--: !? optional
SELECT one.id, a.id FROM one LEFT JOIN a ON a.id = one.a_id WHERE one.id = 1;
--: !? many
SELECT one.id, b.id FROM one LEFT JOIN b ON b.a_id = one.id WHERE one.id = 1;
--: ! many
SELECT a.id FROM a LEFT JOIN (SELECT 5 AS x) AS b ON a.f WHERE a.id = coalesce(b.x, 0) OR true;
--: ! many
SELECT a.id FROM a LEFT JOIN (SELECT 1 AS x) AS b ON a.f WHERE a.id = coalesce(b.x, 2);
--: !! optional
SELECT a.id, b.id FROM a, b WHERE a.id = 1 AND b.id = 3;
--: !! optional
SELECT a.id, b.id FROM a JOIN b USING (id) WHERE id = 3;
--: ?? many
SELECT a.id, b.id FROM a FULL JOIN b ON a.id = b.a_id;
--: !! optional
SELECT a.id, s.c FROM a, LATERAL (SELECT count(*) AS c FROM b WHERE b.a_id = a.id) AS s WHERE a.id = 1;
--: !? optional
SELECT a.id, s.id FROM a LEFT JOIN LATERAL (SELECT id FROM b WHERE b.a_id = a.id LIMIT 1) AS s ON true WHERE a.id = 1;
--: !! one
SELECT x.n, y.n FROM (SELECT count(*) AS n FROM a) AS x, (SELECT count(*) AS n FROM b) AS y;
--: !? one
SELECT x.n, y.id FROM (SELECT count(*) AS n FROM a) AS x LEFT JOIN (SELECT id FROM b WHERE id = 99) AS y ON true;
--: ! optional
SELECT a.id FROM a WHERE a.id = 1 AND EXISTS (SELECT FROM b WHERE b.a_id = a.id);
