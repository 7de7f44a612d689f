-- RETURNING of INSERT.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE TABLE dflt (id serial PRIMARY KEY, n int DEFAULT 5, m int);

--: !?!?! one
INSERT INTO a VALUES (50, NULL, 1, NULL, 'z') RETURNING *;
--: ! one | rule assigned-column
INSERT INTO n1 VALUES (1, NULL) RETURNING x;
--: ? one
INSERT INTO n1 VALUES (1, NULL) RETURNING y;
--: !! at-least-one
INSERT INTO n1 VALUES (1, 1), (2, 2) RETURNING x, y;
--: !? at-least-one
INSERT INTO n1 VALUES (1, 1), (2, NULL) RETURNING x, y;
--: ?! one
INSERT INTO n1 (y) VALUES (1) RETURNING x, y;
--: !! many
INSERT INTO n1 SELECT id, y FROM a RETURNING x, y;
--: ?! many
INSERT INTO n1 SELECT x, y FROM a RETURNING x, y;
--: !! one
INSERT INTO n1 VALUES (1, 1) RETURNING ctid, x + y;
--: !! optional
INSERT INTO b VALUES (1, 1, 1) ON CONFLICT DO NOTHING RETURNING id, a_id;
--: !? one
INSERT INTO b VALUES (1, 7, 1) ON CONFLICT (id) DO UPDATE SET a_id = 9 RETURNING id, x;
--: !? one | cautious
INSERT INTO b VALUES (1, 7, 1) ON CONFLICT (id) DO UPDATE SET x = excluded.x RETURNING id, x;
--: !? optional
INSERT INTO b VALUES (1, 7, 1) ON CONFLICT (id) DO UPDATE SET a_id = 9 WHERE b.a_id = 8 RETURNING id, x;
--: !? one | since 18 | rule absent-row
--> 2: the row that RETURNING speaks of may be absent
INSERT INTO a VALUES (50, NULL, 1, NULL, 'z') RETURNING new.id, old.id;
--: ?! one | since 18
INSERT INTO b VALUES (1, 7, 1) ON CONFLICT (id) DO UPDATE SET a_id = 9 RETURNING old.id, new.id;
--: ! one
INSERT INTO b VALUES (50, 7, 1) RETURNING (SELECT count(*) FROM a);
--: ! one | with 50, NULL
INSERT INTO b VALUES ($1, $2, 1) RETURNING id;
--: ! one
INSERT INTO dflt DEFAULT VALUES RETURNING id;
--: !!? one
INSERT INTO dflt DEFAULT VALUES RETURNING id, n, m;
