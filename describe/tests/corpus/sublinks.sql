-- Subqueries in expressions.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: !! many | rule exists-subquery
SELECT EXISTS (SELECT FROM b WHERE b.id = a.id), ARRAY(SELECT x FROM n1) FROM a;
--: ! many | rule scalar-subquery
SELECT (SELECT count(*) FROM b WHERE b.a_id = a.id) FROM a;
--: ? many | rule no-row
--> 1: a subquery may have no row
SELECT (SELECT b.id FROM b WHERE b.id = a.id) FROM a;
--: ? many
SELECT (SELECT max(b.id) FROM b WHERE b.id = a.id) FROM a;
--: ! many
SELECT (SELECT y) FROM a;
--: ? many
SELECT (SELECT x) FROM a;
--: ? many
SELECT (SELECT y WHERE y > 1) FROM a;
--: ! one
SELECT (VALUES (1));
--: ? one
SELECT (SELECT id FROM a LIMIT 1 OFFSET 99);
--: ! many
SELECT y IN (SELECT id FROM b) FROM a;
--: ? many
SELECT x IN (SELECT id FROM b) FROM a;
--: ? many | rule tested-subquery
SELECT y IN (SELECT x FROM n1) FROM a;
--: ? many
SELECT y NOT IN (SELECT x FROM n1) FROM a;
--: ! many
SELECT y = ANY (SELECT id FROM b) FROM a;
--: ! many
SELECT y > ALL (SELECT id FROM b) FROM a;
--: ? many
SELECT y > ALL (SELECT x FROM b) FROM a;
--: ? many
SELECT (y, x) IN (SELECT id, id FROM b) FROM a;
--: ! many
SELECT (y, id) IN (SELECT id, a_id FROM b) FROM a;
--: ? many
SELECT x IN (SELECT x FROM n1) FROM a WHERE x IN (SELECT id FROM a);
--: ! many
SELECT coalesce((SELECT b.x FROM b WHERE b.id = a.id), 0) FROM a;
--: ! many
SELECT (SELECT count(*) FROM b GROUP BY ()) FROM a;
--: ? many
SELECT (SELECT count(*) FROM b WHERE b.id = a.id GROUP BY b.id) FROM a;
--: ? many
SELECT (SELECT count(*) FROM b WHERE b.id = a.id HAVING count(*) > 0) FROM a;
--: ! one
SELECT (SELECT 1 UNION ALL SELECT 2 LIMIT 1);
--: ! many | cautious
SELECT (SELECT s.y FROM (SELECT a.y) AS s) FROM a;
