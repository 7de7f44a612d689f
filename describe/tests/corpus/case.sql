-- CASE: its branches, its ELSE, and what its conditions prove.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: ? many | rule case-else
SELECT CASE WHEN y > 1 THEN y END FROM a;
--: ? many
--> 1: a CASE without ELSE, or with ELSE NULL, may be NULL
SELECT CASE WHEN y > 1 THEN y ELSE NULL END FROM a;
--: ! many
SELECT CASE WHEN y > 1 THEN y ELSE 0 END FROM a;
--: ? many
SELECT CASE WHEN y > 1 THEN x ELSE 0 END FROM a;
--: ? many | rule case-branches
SELECT CASE WHEN y > 2 THEN 1 WHEN y > 1 THEN x ELSE 0 END FROM a;
--: ? many
SELECT CASE WHEN y > 2 THEN 0 ELSE x END FROM a;
--: ! many | rule case-guard
SELECT CASE WHEN x IS NOT NULL THEN x ELSE 0 END FROM a;
--: ! many
SELECT CASE WHEN x IS NULL THEN 0 ELSE x END FROM a;
--: ! many
SELECT CASE WHEN x > 1 THEN x ELSE 0 END FROM a;
--: ? many
SELECT CASE WHEN x > 1 OR y = 2 THEN x ELSE 0 END FROM a;
--: ! many
SELECT CASE WHEN x > 1 AND y = 3 THEN x ELSE 0 END FROM a;
--: ? many
SELECT CASE WHEN x > 1 THEN 0 ELSE x END FROM a;
--: ! many
SELECT CASE WHEN NOT (x IS NULL) THEN x ELSE 0 END FROM a;
--: ! many
SELECT CASE y WHEN 1 THEN 1 ELSE 2 END FROM a;
--: ? many
SELECT CASE x WHEN 1 THEN NULL ELSE x END FROM a;
--: ? many | cautious
SELECT CASE x WHEN 1 THEN x ELSE 2 END FROM a;
--: ! many
SELECT CASE WHEN x IS NULL AND y > 0 THEN 0 WHEN x IS NULL THEN 1 ELSE x END FROM a;
--: ! many
SELECT CASE WHEN x IS NULL OR f IS NULL THEN 0 ELSE x END FROM a;
--: ? many
SELECT CASE WHEN x IS NULL AND f IS NULL AND y = 9 THEN 0 ELSE x END FROM a;
--: ! many
SELECT CASE WHEN false THEN NULL ELSE 1 END FROM a;
--: ! many
SELECT CASE WHEN b.id IS NULL THEN 0 ELSE b.a_id END FROM a LEFT JOIN b ON b.id = a.id;
--: ?? many
SELECT CASE WHEN x IS NOT NULL THEN 1 ELSE x END, CASE WHEN x IS NOT NULL THEN f ELSE true END FROM a;
--: ? many | cautious
SELECT x FROM a WHERE CASE WHEN x > 0 THEN true ELSE false END;
--: ! many
SELECT CASE WHEN f THEN CASE WHEN f THEN f ELSE true END ELSE false END FROM a;
