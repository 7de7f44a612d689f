-- Joins: what the nullable side of an outer join loses, and what gives it back.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: !? many | rule outer-join
--> 2: b is on the nullable side of a LEFT JOIN
SELECT a.id, b.id FROM a LEFT JOIN b ON b.id = a.id;
--: ?! many
--> 1: a is on the nullable side of a RIGHT JOIN
SELECT a.id, b.id FROM a RIGHT JOIN b ON b.id = a.id;
--: ?? many
SELECT a.id, b.id FROM a FULL JOIN b ON b.id = a.id;
--: !! many
SELECT a.id, b.id FROM a JOIN b ON b.id = a.id;
--: !! many
SELECT a.id, b.id FROM a CROSS JOIN b;
--: !! many
SELECT a.id, b.id FROM a, b WHERE a.id = b.id;
--: !?? many
SELECT a.id, b.id, c.id FROM a LEFT JOIN (b JOIN b AS c ON c.id = b.id) ON b.id = a.id;
--: !?? many
SELECT a.id, b.id, c.id FROM a LEFT JOIN b ON b.id = a.id LEFT JOIN b AS c ON c.id = b.id;
--: !!! many
SELECT a.id, b.id, c.id FROM a LEFT JOIN b ON b.id = a.id JOIN b AS c ON c.id = b.id;
--: !!! many | rule cancelled-join
SELECT a.id, b.id, b.a_id FROM a LEFT JOIN b ON b.id = a.id WHERE b.a_id = 1;
--: !!! many
SELECT a.id, b.id, b.a_id FROM a LEFT JOIN b ON b.id = a.id WHERE b.x IS NOT NULL;
--: !?? many
SELECT a.id, b.id, b.x FROM a LEFT JOIN b ON b.id = a.id WHERE b.x IS NULL;
--: !? many
SELECT a.id, b.id FROM a LEFT JOIN b ON b.id = a.id WHERE coalesce(b.x, 0) = 0;
--: !? many
SELECT a.id, b.id FROM a LEFT JOIN b ON b.id = a.id WHERE b.x = 3 OR a.id = 2;
--: !? many | cautious
SELECT a.id, b.id FROM a LEFT JOIN b ON b.id = a.id WHERE b.x = 3 OR b.a_id = 1;
--: !! many
SELECT a.id, b.id FROM a FULL JOIN b ON b.id = a.id WHERE a.y > 0 AND b.a_id > 0;
--: !? many
SELECT a.id, b.id FROM a FULL JOIN b ON b.id = a.id WHERE a.y > 0;
--: ?! many
SELECT a.id, b.id FROM a FULL JOIN b ON b.id = a.id WHERE b.a_id > 0;
--: !? many
SELECT a.id, b.id FROM a LEFT JOIN b ON b.id = a.id AND b.id IS NOT NULL;
--: !? many
SELECT a.id, b.a_id FROM a LEFT JOIN b ON false;
--: !? many
SELECT a.id, s.n FROM a LEFT JOIN (SELECT id, 5 AS n FROM b) AS s ON s.id = a.id;
--: !! many | rule always-matched
SELECT a.id, s.n FROM a LEFT JOIN LATERAL (SELECT count(*) AS n FROM b WHERE b.a_id = a.id) AS s ON true;
--: !? many
SELECT a.id, s.n FROM a LEFT JOIN LATERAL (SELECT count(*) AS n FROM b WHERE b.a_id = a.id) AS s ON a.f;
--: !? many
SELECT a.id, s.id FROM a LEFT JOIN LATERAL (SELECT b.id FROM b WHERE b.a_id = a.id LIMIT 1) AS s ON true;
--: !! many
SELECT a.id, s.id FROM a, LATERAL (SELECT b.id FROM b WHERE b.a_id = a.id) AS s;
--: !?! many
SELECT a.id, b.id, b IS NULL FROM a LEFT JOIN b ON b.id = a.id ORDER BY b.id NULLS FIRST;
--: !? many
SELECT a.id, b FROM a LEFT JOIN b ON b.id = a.id;
--: !? many
SELECT DISTINCT ON (a.id) a.id, b.id FROM a LEFT JOIN b ON b.id = a.id ORDER BY a.id LIMIT 3;
--: !? many
WITH j AS (SELECT a.id, b.a_id FROM a LEFT JOIN b ON b.id = a.id) SELECT * FROM j;
--: ! many
WITH j AS (SELECT a.id, b.a_id FROM a LEFT JOIN b ON b.id = a.id) SELECT a_id FROM j WHERE a_id > 0;
--: ?! many
SELECT b.ctid, a.ctid FROM a LEFT JOIN b ON b.id = a.id;
--: !? many
SELECT a.id, b.x + a.y FROM a JOIN b ON true;
--: !! many
SELECT a.x, b.x FROM a JOIN b ON a.x < b.x;
