-- Domains: NOT NULL of a domain is not NOT NULL of a column.
CREATE DOMAIN filled AS int NOT NULL;
CREATE DOMAIN checked AS int CHECK (VALUE IS NOT NULL);
CREATE DOMAIN loose AS int;
CREATE TABLE d (id int PRIMARY KEY, m filled, n filled NOT NULL, c checked, l loose NOT NULL);
CREATE TABLE e (id int PRIMARY KEY);
INSERT INTO d VALUES (1, 1, 1, 1, 1), (2, 1, 1, 1, 1);
INSERT INTO e VALUES (1), (7);

--: !?!?! many | cautious
SELECT * FROM d;
--: ?? many
SELECT d.m, d.n FROM e LEFT JOIN d ON d.id = e.id;
--: ! many | rule domain-cast
SELECT nullif(id, 99)::filled FROM d;
--: ?! many
SELECT nullif(id, 99)::loose, id::loose FROM d;
--: ! many
SELECT id::checked FROM d;
--: ? many | cautious
SELECT nullif(id, 99)::checked FROM d;
--: ! many
SELECT m FROM d WHERE m > 0;
--: ! many
SELECT n + 1 FROM d;
--: ? one
SELECT (SELECT m FROM d WHERE false);
--: ?! one
SELECT NULL::loose, 5::filled;
--: ! many
SELECT coalesce(m, 0) FROM d;
