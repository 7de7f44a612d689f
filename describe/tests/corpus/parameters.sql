-- Parameters, and arrays that are given as one.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: ! one | rule parameter | with 1
SELECT $1::int;
--: ! many | with 1
SELECT y + $1 FROM a;
--: ? many | with 1
SELECT x + $1 FROM a;
--: ? many | with '{1, NULL}'
SELECT y = ANY ($1) FROM a;
--: ? many | with '{1, NULL}'
SELECT unnest($1::int[]);
--: ? many | with '{1, NULL}'
SELECT * FROM unnest($1::int[]);
--: ! one | with '{1, NULL}'
SELECT $1::int[];
--: ! one | with '{1, NULL}'
SELECT cardinality($1::int[]);
--: ! many | with 1
SELECT x FROM a WHERE x = $1;
--: ! many | with '{1, NULL}'
SELECT x FROM a WHERE x = ANY ($1);
--: !? optional | with 1
SELECT id, x FROM a WHERE id = $1;
--: ? many | with NULL
SELECT coalesce(x, $1) FROM a;
--: ! many | with 1, 2
SELECT y BETWEEN $1 AND $2 FROM a;
--: ! optional | with 1, 5
UPDATE a SET x = $2 WHERE id = $1 RETURNING y;
--: ! many | with 2
SELECT id FROM a ORDER BY id LIMIT $1;
--: ? many | with NULL
SELECT x FROM a WHERE $1::int IS NULL OR x = $1;
