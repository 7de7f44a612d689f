-- What the statements of statements.sql speak of.
CREATE TYPE pair AS (a int, b int);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE t (id int PRIMARY KEY, x int, y int NOT NULL);
CREATE TABLE u (id int PRIMARY KEY, n text NOT NULL);
CREATE TABLE c (p pair NOT NULL, l text[] NOT NULL, d positive);
CREATE TABLE g (k int GENERATED ALWAYS AS IDENTITY, v int DEFAULT 7);
CREATE TABLE heir (z int) INHERITS (u);
CREATE VIEW w AS SELECT id, y, y + 1 AS more FROM t WHERE y > 0 WITH CHECK OPTION;
CREATE TABLE r (v int);
CREATE TABLE noted (v int);
CREATE RULE note AS ON INSERT TO r DO ALSO INSERT INTO noted VALUES (NEW.v);
CREATE FUNCTION named(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql STRICT IMMUTABLE AS 'SELECT a + b';
CREATE FUNCTION two() RETURNS SETOF record LANGUAGE sql AS 'SELECT 1, 2';
CREATE PROCEDURE act(INOUT a int) LANGUAGE sql AS 'SELECT a';
