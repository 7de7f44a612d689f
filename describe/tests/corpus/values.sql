-- Rows of VALUES.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: !! at-least-one | rule values
VALUES (1, 'a'), (2, 'b');
--: !? at-least-one
VALUES (1, 'a'), (2, NULL);
--: ! one
VALUES (1);
--: !? at-least-one
SELECT * FROM (VALUES (1, NULL), (2, 3)) AS v (p, q);
--: ! many
SELECT v.q FROM (VALUES (1, NULL), (2, 3)) AS v (p, q) WHERE v.q > 0;
--: !? many
SELECT a.id, v.p FROM a LEFT JOIN (VALUES (1), (9)) AS v (p) ON v.p = a.id;
--: ?! many
SELECT v.* FROM a, LATERAL (VALUES (a.x, a.y)) AS v;
--: ! at-least-one
VALUES ((SELECT count(*) FROM a)), (2);
--: ? at-least-one
VALUES ((SELECT id FROM a WHERE id = 99)), (2);
--: !? at-least-one
SELECT * FROM (VALUES (1, 2), (3, nullif(4, 4))) AS v;
--: !? one | with 1, NULL
SELECT * FROM (VALUES ($1::int, nullif($2::int, 4))) AS v;
--: ! at-least-one
SELECT column1 FROM (VALUES (1), (1.5)) AS v ORDER BY 1;
