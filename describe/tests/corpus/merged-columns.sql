-- Columns that USING and NATURAL merge.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: !?? many
SELECT id, a.x, b.x FROM a LEFT JOIN b USING (id);
--: ! many | rule merged-column
SELECT id FROM a FULL JOIN b USING (id);
--: ? many
SELECT x FROM a FULL JOIN b USING (x);
--: ! many
SELECT id FROM a RIGHT JOIN b USING (id);
--: !? many
SELECT id, a.id FROM a RIGHT JOIN b USING (id);
--: ?? many
SELECT a.id, b.id FROM a FULL JOIN b USING (id);
--: !! many
SELECT id, x FROM a NATURAL JOIN b;
--: !! many
SELECT id, coalesce(a.id, b.id) FROM a FULL JOIN b USING (id) WHERE a.y > 0;
--: ! many
SELECT id FROM a FULL JOIN b USING (id) FULL JOIN b AS c USING (id);
--: ? many
SELECT c.id FROM a FULL JOIN b USING (id) FULL JOIN b AS c USING (id);
--: ! many
SELECT id FROM a FULL JOIN b USING (id) WHERE id > 2;
--: ! many
SELECT x FROM a JOIN n1 USING (x);
--: ?? many
SELECT x, n1.y FROM a LEFT JOIN n1 USING (x);
--: !! many
SELECT j.id, id + 1 FROM a JOIN b USING (id) AS j;
--: ? many
SELECT y FROM a FULL JOIN n1 USING (y);
