-- UNION, INTERSECT and EXCEPT.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE TYPE own_type AS (v int);
CREATE TYPE other_type AS (v int);
CREATE FUNCTION nothing(other_type) RETURNS own_type LANGUAGE sql AS 'SELECT NULL::own_type';
CREATE CAST (other_type AS own_type) WITH FUNCTION nothing(other_type) AS IMPLICIT;
CREATE TABLE own (c own_type NOT NULL);
CREATE TABLE other (d other_type NOT NULL);
INSERT INTO own VALUES (ROW (1));
INSERT INTO other VALUES (ROW (2));

--: ! many | rule union
SELECT id FROM a UNION SELECT id FROM b;
--: ? many
SELECT id FROM a UNION SELECT x FROM b;
--: ? at-least-one
SELECT id FROM a UNION ALL SELECT NULL;
--: ! at-least-one
SELECT id FROM a UNION ALL SELECT 5;
--: ! many | rule intersect
SELECT x FROM a INTERSECT SELECT id FROM b;
--: ! many
SELECT id FROM a INTERSECT ALL SELECT x FROM b;
--: ? many
SELECT x FROM a INTERSECT SELECT x FROM b;
--: ! many | rule except
SELECT id FROM a EXCEPT SELECT x FROM b;
--: ? many
SELECT x FROM a EXCEPT SELECT id FROM b;
--: ? many
SELECT x FROM a EXCEPT ALL SELECT x FROM n1;
--: ?! many
SELECT x, y FROM a UNION SELECT id, a_id FROM b;
--: ? many
(SELECT id FROM a INTERSECT SELECT id FROM b) UNION SELECT x FROM n1;
--: ! many
(SELECT x FROM a EXCEPT SELECT 7) INTERSECT SELECT id FROM b;
--: ! at-least-one
SELECT id FROM a UNION ALL SELECT count(*) FROM b ORDER BY 1;
--: ! at-least-one
SELECT 1 UNION SELECT 1;
--: ! at-least-one
SELECT 1 UNION ALL SELECT 2;
--: ! many
SELECT s.id FROM (SELECT id FROM a UNION SELECT id FROM b) AS s WHERE s.id > 1;
--: ! many
SELECT s.x FROM (SELECT x FROM a UNION SELECT x FROM b) AS s WHERE s.x > 1;
--: ! at-least-one
SELECT y FROM a UNION SELECT 1.5;
--: ? at-least-one
SELECT tn::text FROM a UNION SELECT NULL::varchar;
--: ? many | rule branch-cast
SELECT c FROM own UNION SELECT d FROM other;
