-- Views, materialized ones among them, and rules.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE VIEW plain AS SELECT id, x, y FROM a;
CREATE TABLE base (id int PRIMARY KEY, x int);
CREATE VIEW simple AS SELECT id, x FROM base;
CREATE VIEW joined AS SELECT a.id, b.a_id FROM a LEFT JOIN b ON b.id = a.id;
CREATE VIEW filtered AS SELECT x FROM a WHERE x IS NOT NULL;
CREATE VIEW counted AS SELECT f, count(*) AS n, sum(y) AS s FROM a GROUP BY f;
CREATE VIEW rolled AS SELECT y FROM a GROUP BY ROLLUP (y);
CREATE VIEW nested AS SELECT id, a_id FROM joined;
CREATE MATERIALIZED VIEW stored AS SELECT id, y FROM a;
CREATE TABLE secured (id int NOT NULL, v int);
INSERT INTO secured VALUES (1, NULL), (1, 1);
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_some ON secured USING (v > 0);

--: !?! many
SELECT * FROM plain;
--: !? many
SELECT * FROM joined;
--: ! many
SELECT a_id FROM joined WHERE a_id > 0;
--: ! many
SELECT x FROM filtered;
--: ?!! many
SELECT * FROM counted;
--: ? at-least-one
SELECT y FROM rolled;
--: !? many
SELECT * FROM nested;
--: ?? many
--> 1: public.stored is not a table that enforces NOT NULL
SELECT id, y FROM stored;
--: ! many
SELECT id FROM stored WHERE id > 1;
--: !? many
SELECT * FROM secured;
--: !? one
INSERT INTO simple VALUES (60, NULL) RETURNING id, x;
--: !? optional
UPDATE plain SET y = 8 WHERE id = 1 RETURNING y, x;
--: !? many
SELECT plain.id, joined.id FROM plain LEFT JOIN joined ON joined.id = plain.id + 1;
--: ! many
SELECT plain FROM plain;
--: ? many
SELECT joined FROM plain LEFT JOIN joined ON joined.id = plain.id + 1;
