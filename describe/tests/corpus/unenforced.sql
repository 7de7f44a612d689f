-- Constraints that say more than the rows do: NOT VALID, NOT ENFORCED, foreign tables, functions that have changed.
CREATE FUNCTION fm(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE c (x int CHECK (fm(x) IS NOT NULL), y int CHECK (y IS NOT NULL), z int CHECK (z > 0), w int CHECK (w IS NOT NULL AND w > 0));
INSERT INTO c VALUES (NULL, 1, NULL, 1), (NULL, 1, NULL, 1);
CREATE OR REPLACE FUNCTION fm(int) RETURNS int LANGUAGE sql STRICT AS 'SELECT 1';
CREATE TABLE late (x int, y int);
INSERT INTO late VALUES (NULL, 1);
ALTER TABLE late ADD CHECK (x IS NOT NULL) NOT VALID;
ALTER TABLE late ADD CHECK (y IS NOT NULL) NOT VALID;
ALTER TABLE late VALIDATE CONSTRAINT late_y_check;
CREATE TABLE unvalidated (x int, y int);
INSERT INTO unvalidated VALUES (NULL, 1);
DO $$ BEGIN IF current_setting('server_version_num')::int >= 180000 THEN
    EXECUTE 'ALTER TABLE unvalidated ADD CONSTRAINT late NOT NULL x NOT VALID';
END IF; END $$;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE far (id int NOT NULL) SERVER nowhere;

--: ?!?! many
SELECT x, y, z, w FROM c;
--: ?! many
SELECT x, y FROM late;
--: !? one
INSERT INTO c VALUES (5, 1, NULL, 1) RETURNING y, z;
--: ! many
SELECT z FROM c WHERE z > 0;
--: ? many
SELECT c.y FROM late LEFT JOIN c ON c.x = late.x;
--: ! one
SELECT count(x) FROM c;
--: ? many | since 18
--> 1: NOT NULL of public.unvalidated.x is NOT VALID
SELECT x FROM unvalidated;
--: ? many | described
--> 1: public.far is not a table that enforces NOT NULL
SELECT id FROM far;
--: ! many | described
SELECT id FROM far WHERE id > 0;
