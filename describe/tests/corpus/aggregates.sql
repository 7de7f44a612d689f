-- Aggregates: over rows and over none.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: !! one | rule counting-aggregate
SELECT count(*), count(x) FROM a WHERE false;
--: ?? one | rule empty-group
--> 1: sum() over no rows is NULL
SELECT sum(y), max(tn) FROM a WHERE false;
--: !! many | rule aggregate-of-rows
SELECT sum(y), max(tn) FROM a GROUP BY f;
--: ? many
SELECT sum(x) FROM a GROUP BY id;
--: ? many | rule aggregate-filter
--> 1: FILTER may leave sum() without a row
SELECT sum(y) FILTER (WHERE f) FROM a GROUP BY id;
--: ! many
SELECT count(*) FILTER (WHERE f) FROM a GROUP BY id;
--: ? many
SELECT stddev_samp(y) FROM a GROUP BY id;
--: ??? many
SELECT corr(y, id), var_samp(y), regr_slope(y, id) FROM a GROUP BY id;
--: !! many
SELECT stddev_pop(y), var_pop(y) FROM a GROUP BY f;
--: ! many
SELECT array_agg(x) FROM a GROUP BY f;
--: ![!] many
SELECT array_agg(y) FROM a GROUP BY f;
--: ?[!] one
SELECT array_agg(y) FROM a WHERE false;
--: !? many
SELECT string_agg(tn, ','), string_agg(x::text, ',') FROM a GROUP BY id;
--: !! many
SELECT bool_and(y > 1), every(id > 0) FROM a GROUP BY f;
--: ? many
SELECT bool_or(f) FROM a GROUP BY id;
--: ! many
SELECT avg(y) + min(id) FROM a GROUP BY tn;
--: ! one
SELECT coalesce(sum(y), 0) FROM a WHERE false;
--: !? many
SELECT tn, max(x) FROM a GROUP BY tn;
--: ?! many
SELECT f, count(*) FROM a GROUP BY f;
--: ! many | rule having
SELECT x FROM a GROUP BY x HAVING x > 0;
--: ! many
SELECT f FROM a GROUP BY f HAVING f IS NOT NULL;
--: ? many
SELECT x FROM a GROUP BY x HAVING count(*) > 0;
--: !! many
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY y), mode() WITHIN GROUP (ORDER BY tn) FROM a GROUP BY f;
--: ? one
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY y) FROM a WHERE false;
--: ? many
SELECT mode() WITHIN GROUP (ORDER BY x) FROM a GROUP BY id;
--: ! many
SELECT rank(2) WITHIN GROUP (ORDER BY x) FROM a GROUP BY f;
--: ! many
SELECT sum(x) FROM a WHERE x > 0 GROUP BY f;
--: ? many
SELECT sum(b.a_id) FROM a LEFT JOIN b ON b.id = a.id GROUP BY a.id;
--: ! many
SELECT sum(coalesce(x, 0)) FROM a GROUP BY f;
--: ! many
SELECT sum(DISTINCT y) FROM a GROUP BY f;
--: ? optional
SELECT max(y) FROM a WHERE false HAVING count(*) = 0;
--: ? optional | cautious
SELECT max(y) FROM a HAVING count(*) > 0;
