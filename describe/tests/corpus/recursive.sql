-- Recursive CTEs.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE TABLE node (id int PRIMARY KEY, parent int, depth int NOT NULL, "name" text);
INSERT INTO node VALUES (1, NULL, 0, 'root'), (2, 1, 1, NULL), (3, 1, 1, 'x'), (4, 2, 2, 'x');

--: ! at-least-one | rule recursive-cte
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r;
--: ? at-least-one
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT nullif(n + 1, 3) FROM r WHERE n < 5) SELECT n FROM r;
--: !! many
WITH RECURSIVE r AS (SELECT id, 0 AS d FROM node WHERE parent IS NULL UNION ALL SELECT node.id, r.d + 1 FROM node JOIN r ON node.parent = r.id) SELECT * FROM r;
--: !? many
WITH RECURSIVE r AS (SELECT id, parent FROM node WHERE id = 4 UNION SELECT node.id, node.parent FROM node JOIN r ON r.parent = node.id) SELECT * FROM r;
--: !? many
WITH RECURSIVE r AS (SELECT id, 1 AS d FROM node WHERE id = 1 UNION ALL SELECT node.id, x.d FROM node JOIN r ON node.parent = r.id LEFT JOIN (SELECT 7 AS d) AS x ON false) SELECT * FROM r;
--: ?? at-least-one
WITH RECURSIVE r AS (SELECT 1 AS p, 1 AS q, 0 AS n UNION ALL SELECT q, NULL, n + 1 FROM r WHERE n < 3) SELECT p, q FROM r;
--: ! many
WITH RECURSIVE r AS (SELECT ARRAY[id] AS path, id FROM node WHERE parent IS NULL UNION ALL SELECT path || node.id, node.id FROM node JOIN r ON node.parent = r.id) SELECT path FROM r;
--: !! at-least-one
WITH RECURSIVE r AS (SELECT 1 AS n, 1 AS m UNION SELECT m, 1 FROM r) SELECT n, m FROM r;
--: ! one
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT count(*) FROM r;
--: ?! at-least-one
WITH RECURSIVE r (n, t) AS (SELECT NULL::int, 'a' UNION ALL SELECT 1, t || 'b' FROM r WHERE n IS NULL) SELECT n, t FROM r;
