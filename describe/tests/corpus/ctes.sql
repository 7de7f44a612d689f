-- Common table expressions, those that write among them.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: !? many
WITH c AS (SELECT id, x FROM a) SELECT * FROM c;
--: ! many
WITH c AS (SELECT id, x FROM a WHERE x > 0) SELECT x FROM c;
--: ? many
WITH c AS MATERIALIZED (SELECT a.id, b.a_id FROM a LEFT JOIN b ON b.id = a.id) SELECT a_id FROM c;
--: !? many
WITH c AS (SELECT id FROM a), d AS (SELECT c.id, b.a_id FROM c LEFT JOIN b USING (id)) SELECT * FROM d;
--: ? many
WITH c AS (SELECT id FROM b) SELECT c.id FROM a LEFT JOIN c ON c.id = a.id;
--: !? many
WITH w AS (UPDATE a SET y = 9 RETURNING id, x) SELECT * FROM w;
--: ! many
WITH w AS (DELETE FROM b RETURNING id) SELECT * FROM w;
--: !! one
WITH w AS (INSERT INTO b VALUES (50, NULL, 1) RETURNING id, a_id) SELECT * FROM w;
--: ! one
WITH w AS (INSERT INTO b VALUES (50, NULL, 1) RETURNING id) SELECT count(*) FROM w;
--: !! many
WITH c (p, q) AS (SELECT id, y FROM a) SELECT q, p FROM c;
--: !! many
WITH c AS (SELECT id FROM a) SELECT id, (SELECT count(*) FROM c) FROM c;
--: ! many
WITH c AS (SELECT 1 AS one) SELECT one FROM c, a;
--: ? many
WITH c AS (SELECT x FROM a UNION SELECT id FROM b) SELECT x FROM c;
