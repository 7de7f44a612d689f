-- Grouping sets: keys that a set leaves out, and expressions that turn out to be such a key.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: ? at-least-one | rule grouping-set
--> 1: a grouping set may leave it out
SELECT y FROM a GROUP BY ROLLUP (y);
--: ?? at-least-one
SELECT y, id FROM a GROUP BY CUBE (y, id);
--: !? many
SELECT y, tn FROM a GROUP BY y, ROLLUP (tn);
--: ! many
SELECT y FROM a GROUP BY GROUPING SETS ((y, tn), (y));
--: ?? many
SELECT y, tn FROM a GROUP BY GROUPING SETS ((y), (tn));
--: !! at-least-one
SELECT count(*), grouping(y) FROM a GROUP BY ROLLUP (y);
--: ? at-least-one
SELECT sum(y) FROM a WHERE false GROUP BY ROLLUP (y);
--: ! many
SELECT sum(y) FROM a GROUP BY GROUPING SETS ((f), (tn));
--: ? at-least-one
SELECT y + 1 FROM a GROUP BY ROLLUP (y);
--: ! at-least-one
SELECT coalesce(y, 0) FROM a GROUP BY ROLLUP (y);
--: ? many | rule folded-key
SELECT y + (2 - 1) FROM a GROUP BY id, ROLLUP (y + 1);
--: ? at-least-one
SELECT y + 1 FROM a GROUP BY ROLLUP (y + 1);
--: ? many | until 17 | rule pulled-up-key
--: ! many | since 18
SELECT w + 0 FROM (SELECT y AS z, y AS w FROM a) AS s GROUP BY ROLLUP (z), w;
--: ? at-least-one
SELECT coalesce(a.id, b.id) FROM a FULL JOIN b USING (id) WHERE a.id > 0 GROUP BY ROLLUP (id);
--: ! many
SELECT y FROM a GROUP BY ROLLUP (y) HAVING y > 0;
--: ? at-least-one
SELECT y FROM a WHERE y > 0 GROUP BY ROLLUP (y);
--: ! many
SELECT y FROM a GROUP BY y;
--: ! many
SELECT y FROM a GROUP BY GROUPING SETS (y);
--: ? at-least-one
SELECT y FROM a GROUP BY GROUPING SETS (y, ());
--: !!? many
SELECT id, tn, x FROM a GROUP BY id;
--: ? at-least-one
SELECT (SELECT a.y) FROM a GROUP BY ROLLUP (y);
--: ? at-least-one
SELECT current_date + (2 - 1) FROM a GROUP BY ROLLUP (current_date + 1);
--: ?? at-least-one
SELECT y, max(y) OVER (PARTITION BY y) FROM a GROUP BY ROLLUP (y);
--: ? at-least-one
SELECT s.y FROM (SELECT y FROM a GROUP BY ROLLUP (y)) AS s;
--: ! many
SELECT DISTINCT y FROM a GROUP BY DISTINCT y;
