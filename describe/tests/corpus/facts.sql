-- What a condition proves of the rows that pass it.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: ! many | rule strict-condition
SELECT x FROM a WHERE x > 0;
--: ! many | rule is-not-null
SELECT x FROM a WHERE x IS NOT NULL;
--: !! many | rule conjunction
SELECT x, y FROM n1 WHERE x > 0 AND y > 0;
--: ?? many | rule disjunction
SELECT x, y FROM n1 WHERE x > 0 OR y > 0;
--: ! many
SELECT x FROM n1 WHERE x > 5 OR x < 3;
--: !? many
SELECT x, y FROM n1 WHERE x > 5 OR (x < 3 AND y IS NULL);
--: ! many
SELECT x FROM n1 WHERE NOT (x IS NULL OR y > 100);
--: ? many
SELECT x FROM n1 WHERE NOT (x IS NULL AND y IS NULL);
--: ! many
SELECT x FROM n1 WHERE NOT x > 5;
--: ! many | rule truth-test
SELECT x FROM n1 WHERE (x > 5) IS TRUE;
--: ! many
SELECT x FROM n1 WHERE (x > 5) IS FALSE;
--: ! many
SELECT x FROM n1 WHERE (x > 5) IS NOT UNKNOWN;
--: ? many
SELECT x FROM n1 WHERE (x > 5) IS NOT TRUE;
--: ? many
SELECT x FROM n1 WHERE (x > 5) IS UNKNOWN;
--: ! many
SELECT x FROM n1 WHERE (x IS NULL) IS NOT TRUE;
--: ! many
SELECT f FROM a WHERE f;
--: ! many
SELECT f FROM a WHERE NOT f;
--: ! many | rule not-distinct
SELECT x FROM n1 WHERE x IS NOT DISTINCT FROM 7;
--: ? many
SELECT x FROM n1 WHERE x IS DISTINCT FROM 7;
--: ! many
SELECT x FROM n1 WHERE x IS DISTINCT FROM NULL;
--: ? many
SELECT n1.x FROM n1, b WHERE n1.x IS NOT DISTINCT FROM b.x;
--: ! many
SELECT x FROM n1 WHERE x BETWEEN 1 AND 9;
--: ! many
SELECT x FROM n1 WHERE x IN (1, 7);
--: ! many
SELECT x FROM n1 WHERE x NOT IN (1, 9);
--: ! many
SELECT x FROM n1 WHERE x = ANY ('{1, 7}'::int[]);
--: ? many | rule empty-array
SELECT x FROM n1 WHERE x = ALL ('{}'::int[]);
--: ! many
SELECT x FROM n1 WHERE x IN (SELECT id FROM a);
--: ? many | rule empty-subquery
SELECT x FROM n1 WHERE x NOT IN (SELECT id FROM a WHERE id > 99);
--: ? many
SELECT x FROM n1 WHERE x > ALL (SELECT id FROM a WHERE id > 99);
--: ! many
SELECT x FROM n1 WHERE x > ANY (SELECT id FROM a);
--: ? many
SELECT x FROM n1 WHERE EXISTS (SELECT FROM a WHERE id = n1.x) OR y = 2;
--: !? many
SELECT x, y FROM n1 WHERE (x, y) < (5, 5);
--: !! many
SELECT x, y FROM n1 WHERE (x, y) = (7, 7);
--: ?? many
SELECT x, y FROM n1 WHERE (x, y) <> (7, 7);
--: !! many
SELECT x, y FROM n1 WHERE (x, y) IS NOT NULL;
--: ?? many
SELECT x, y FROM n1 WHERE NOT ((x, y) IS NULL);
--: ! many | rule same-expression
SELECT nullif(x, 1) FROM n1 WHERE nullif(x, 1) > 0;
--: !? many
SELECT nullif(x, 1), nullif(y, 1) FROM n1 WHERE nullif(x, 1) IS NOT NULL;
--: ? many
SELECT CASE WHEN random() < 0.5 THEN 1 END FROM a WHERE CASE WHEN random() < 0.5 THEN 1 END IS NOT NULL;
--: ? many
SELECT x FROM n1 WHERE coalesce(x, 1) = 1;
--: ! many
SELECT x FROM n1 WHERE x + y > 0;
--: ?! many
SELECT x, y FROM n1 WHERE CASE WHEN x IS NULL THEN y > 0 ELSE y > 3 END;
--: ! many
SELECT x FROM (SELECT x FROM n1 WHERE x > 0) AS s;
--: ! many
SELECT x FROM (SELECT x FROM n1) AS s WHERE x > 0;
--: ! many
SELECT s.x FROM (SELECT x FROM n1 OFFSET 0) AS s JOIN a ON a.id = s.x;
--: ? many
SELECT x FROM n1 WHERE true;
--: ! many
SELECT x FROM n1 WHERE x > NULL;
--: ! many
SELECT x FROM n1 WHERE abs(x) = 7 AND x::text LIKE '7%';
--: ? many
SELECT x FROM n1 WHERE concat(x, y) = '2';
