-- RETURNING of UPDATE and DELETE.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: ! many
UPDATE n1 SET x = 5 RETURNING x;
--: ? many
UPDATE n1 SET x = NULL WHERE x > 0 RETURNING x;
--: ! many | rule kept-column
UPDATE n1 SET y = NULL WHERE x > 0 RETURNING x;
--: ? many
UPDATE n1 SET x = y WHERE x > 0 RETURNING x;
--: ! many
UPDATE n1 SET x = y WHERE y > 0 RETURNING x;
--: ! many
UPDATE n1 SET x = a.id FROM a WHERE a.id = n1.y RETURNING n1.x;
--: !? many
UPDATE n1 SET x = 5 FROM a LEFT JOIN b ON b.id = a.id RETURNING a.id, b.id;
--: !? optional
UPDATE a SET y = 9 WHERE id = 1 RETURNING id, x;
--: !? many
DELETE FROM a RETURNING id, x;
--: ! many
DELETE FROM n1 WHERE x > 0 RETURNING x;
--: !! many
DELETE FROM n1 USING a WHERE a.id = n1.x RETURNING a.id, n1.x;
--: ?! many | since 18
DELETE FROM a RETURNING new.id, old.id;
--: !! many | since 18
UPDATE a SET y = 9 RETURNING old.y, new.y;
--: !? many | since 18
UPDATE n1 SET x = 5 RETURNING new.x, old.x;
--: ?! many | since 18
UPDATE n1 SET x = NULL WHERE x > 0 RETURNING new.x, old.x;
--: !! many
UPDATE n1 SET (x, y) = (1, 2) RETURNING x, y;
--: ?? many
UPDATE n1 SET (x, y) = (SELECT 1, 2 WHERE false) RETURNING x, y;
--: ! many
UPDATE a SET x = coalesce(x, 0) RETURNING x;
--: ! many
UPDATE a SET x = y + 1 RETURNING x;
