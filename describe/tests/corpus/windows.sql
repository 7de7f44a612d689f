-- Window functions: what the frame holds.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: !!!! many | rule window-function
SELECT row_number() OVER w, rank() OVER w, dense_rank() OVER w, cume_dist() OVER w FROM a WINDOW w AS (ORDER BY id);
--: ?? many
--> 1: lag() without a default is NULL where there is no other row
SELECT lag(y) OVER w, lead(y) OVER w FROM a WINDOW w AS (ORDER BY id);
--: !? many
SELECT lag(y, 1, 0) OVER w, lag(y, 1, NULL) OVER w FROM a WINDOW w AS (ORDER BY id);
--: ? many
SELECT lag(x, 1, 0) OVER (ORDER BY id) FROM a;
--: ! many
SELECT sum(y) OVER () FROM a;
--: ! many
SELECT sum(y) OVER (PARTITION BY f ORDER BY id) FROM a;
--: ? many
SELECT sum(x) OVER (ORDER BY x NULLS FIRST) FROM a;
--: ? many | rule window-frame
--> 1: the frame of sum() may be without a row
SELECT sum(y) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM a;
--: ! many
SELECT sum(y) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM a;
--: ! many
SELECT sum(y) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM a;
--: ? many
SELECT sum(y) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) FROM a;
--: ? many
SELECT sum(y) OVER (PARTITION BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM a;
--: ? many
SELECT max(y) OVER (PARTITION BY id ORDER BY y RANGE UNBOUNDED PRECEDING EXCLUDE GROUP) FROM a;
--: ! many
SELECT count(*) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM a;
--: !! many
SELECT first_value(y) OVER w, last_value(y) OVER w FROM a WINDOW w AS (ORDER BY id);
--: ? many
SELECT first_value(x) OVER (ORDER BY x NULLS FIRST) FROM a;
--: ? many
SELECT first_value(y) OVER (ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING) FROM a;
--: ? many
SELECT nth_value(y, 2) OVER (ORDER BY id) FROM a;
--: !? many
SELECT ntile(2) OVER (ORDER BY id), ntile(NULL) OVER (ORDER BY id) FROM a;
--: ? many
SELECT sum(y) FILTER (WHERE f) OVER (PARTITION BY id) FROM a;
--: ! many
SELECT sum(sum(y)) OVER () FROM a GROUP BY f;
--: ! many
SELECT array_agg(x) OVER (ORDER BY id) FROM a;
--: ? many
SELECT stddev_samp(y) OVER (PARTITION BY id) FROM a;
--: ! many
SELECT percent_rank() OVER (ORDER BY b.id) FROM a LEFT JOIN b ON b.id = a.id;
