-- Triggers that replace the row that is written.
CREATE FUNCTION nulled() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v = NULL; RETURN NEW; END';
CREATE TABLE t (k int NOT NULL, v int);
CREATE TRIGGER nulled BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION nulled();
CREATE TABLE u (k int NOT NULL, v int);
INSERT INTO u VALUES (1, 1), (1, 1);
CREATE TRIGGER nulled BEFORE UPDATE ON u FOR EACH ROW EXECUTE FUNCTION nulled();
CREATE TABLE behind (k int NOT NULL, v int);
CREATE TRIGGER nulled AFTER INSERT ON behind FOR EACH ROW EXECUTE FUNCTION nulled();
CREATE TABLE p (k int NOT NULL, v int) PARTITION BY LIST (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
INSERT INTO p VALUES (1, 1);
CREATE TRIGGER nulled BEFORE INSERT ON p2 FOR EACH ROW EXECUTE FUNCTION nulled();

--: !? optional | rule replaced-row
--> 2: a trigger of public.t may change it
INSERT INTO t VALUES (1, 1) RETURNING k, v;
--: !? many
UPDATE u SET v = 5 RETURNING k, v;
--: ? many
UPDATE u SET k = 5 WHERE v > 0 RETURNING v;
--: !! one
INSERT INTO u VALUES (1, 1) RETURNING k, v;
--: ! many
DELETE FROM u WHERE v > 0 RETURNING v;
--: !! one
INSERT INTO behind VALUES (1, 1) RETURNING k, v;
--: ? many
UPDATE p SET k = 2, v = 9 WHERE k = 1 RETURNING v;
--: ? optional
INSERT INTO p VALUES (2, 9) RETURNING v;
--: ! many
SELECT v FROM u WHERE v > 0;
--: ? optional
INSERT INTO t VALUES (1, 1) RETURNING v + 1;
