-- How many rows writing statements return.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE FUNCTION skipped() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TABLE picky (id int);
CREATE TRIGGER skipped BEFORE INSERT ON picky FOR EACH ROW EXECUTE FUNCTION skipped();
CREATE TABLE part (id int NOT NULL) PARTITION BY LIST (id);
CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1);
CREATE TRIGGER skipped BEFORE INSERT ON part1 FOR EACH ROW EXECUTE FUNCTION skipped();

--: ! one
INSERT INTO n1 VALUES (1, 1) RETURNING x;
--: ! at-least-one
INSERT INTO n1 VALUES (1, 1), (2, 2) RETURNING x;
--: ? optional
INSERT INTO picky VALUES (1) RETURNING id;
--: ! optional
INSERT INTO part VALUES (1) RETURNING id;
--: ! optional
INSERT INTO b VALUES (1, 1, 1) ON CONFLICT DO NOTHING RETURNING id;
--: ! one
INSERT INTO b VALUES (1, 1, 1) ON CONFLICT (id) DO UPDATE SET x = 1 RETURNING id;
--: ! optional
INSERT INTO b VALUES (1, 1, 1) ON CONFLICT (id) DO UPDATE SET x = 1 WHERE b.x = 99 RETURNING id;
--: ! many
INSERT INTO n1 SELECT id FROM a RETURNING x;
--: ! one
INSERT INTO n1 SELECT count(*) FROM a RETURNING x;
--: ! optional
UPDATE a SET y = 2 WHERE id = 1 RETURNING id;
--: ! many
UPDATE a SET y = 2 WHERE y = 1 RETURNING id;
--: ! optional
DELETE FROM a WHERE id = 1 RETURNING id;
--: ! many
DELETE FROM a USING b WHERE a.id = b.a_id RETURNING a.id;
--: ! many
DELETE FROM a RETURNING id;
--: ! optional | since 17
MERGE INTO b USING (VALUES (1)) AS s (i) ON b.id = s.i WHEN MATCHED THEN UPDATE SET x = 1 WHEN NOT MATCHED THEN INSERT VALUES (i, 1, 1) RETURNING b.id;
