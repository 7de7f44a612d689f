-- Tables that inherit, and partitions.
CREATE TABLE parent (id int PRIMARY KEY, v int NOT NULL, c int CHECK (c IS NOT NULL) NO INHERIT, k int CHECK (k IS NOT NULL));
CREATE TABLE child (extra int) INHERITS (parent);
INSERT INTO parent VALUES (1, 1, 1, 1);
INSERT INTO child VALUES (1, 2, NULL, 2, NULL), (1, 2, NULL, 2, NULL);
CREATE TABLE p (k int NOT NULL, v int, w int NOT NULL) PARTITION BY LIST (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p (v NOT NULL) FOR VALUES IN (2);
INSERT INTO p VALUES (1, NULL, 1), (2, 2, 2);

--: ! many
SELECT v FROM parent;
--: ?! many
SELECT c, k FROM parent;
--: !! many
SELECT c, k FROM ONLY parent;
--: !? many
SELECT id, extra FROM child;
--: !? many
SELECT v, c FROM child;
--: !?! many
SELECT * FROM p;
--: ! many
SELECT v FROM p2;
--: ? many
SELECT v FROM p1;
--: !!! many
SELECT tableoid, ctid, parent FROM parent;
--: !!! one
INSERT INTO p VALUES (1, 5, 1) RETURNING k, v, w;
--: !! many
UPDATE p SET v = 3 WHERE k = 1 RETURNING k, v;
--: ! many
UPDATE p SET k = 2, v = 3 WHERE k = 1 RETURNING v;
--: ? many
DELETE FROM p WHERE k = 1 RETURNING v;
--: ! many
SELECT v FROM p WHERE v > 0;
