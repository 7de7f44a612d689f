-- Each rule about NULL in the smallest statement that needs it.
CREATE TABLE t (id int PRIMARY KEY, n int, y int NOT NULL, b bool NOT NULL, d date NOT NULL);
CREATE TABLE u (id int PRIMARY KEY, t_id int NOT NULL, v int);
INSERT INTO t VALUES (1, NULL, 1, true, 'infinity'), (2, 5, 2, false, '2024-02-29'), (3, NULL, 2, false, '2024-01-01');
INSERT INTO u VALUES (1, 1, NULL), (2, 1, 3);

--: ! many | rule stored-column
SELECT y FROM t;
--: ? many | rule outer-join
SELECT u.id FROM t LEFT JOIN u ON u.t_id = t.id;
--: ! many | rule merged-column
SELECT id FROM t FULL JOIN u USING (id);
--: ! many | rule strict-condition
SELECT n FROM t WHERE n > 1;
--: ! many | rule is-not-null
SELECT n FROM t WHERE n IS NOT NULL;
--: ! many | rule conjunction
SELECT n FROM t WHERE n > 1 AND b;
--: ? many | rule disjunction
SELECT n FROM t WHERE n > 1 OR b;
--: ! many | rule truth-test
SELECT n FROM t WHERE (n > 1) IS TRUE;
--: ! many | rule not-distinct
SELECT n FROM t WHERE n IS NOT DISTINCT FROM 1;
--: ? many | rule empty-array
SELECT n FROM t WHERE n = ALL ('{}'::int[]);
--: ? many | rule empty-subquery
SELECT n FROM t WHERE n = ALL (SELECT id FROM u WHERE id > 100);
--: ! many | rule same-expression
SELECT array_length(ARRAY[y], 2) FROM t WHERE array_length(ARRAY[y], 2) > 0;
--: ! many | rule cancelled-join
SELECT u.t_id FROM t LEFT JOIN u ON u.t_id = t.id WHERE u.v > 1;
--: ! many | rule always-matched
SELECT c FROM t LEFT JOIN (SELECT count(*) AS c FROM u) AS s ON true;
--: ! many | rule case-guard
SELECT CASE WHEN n > 1 THEN n ELSE 1 END FROM t;
--: ! many | rule having
SELECT n FROM t GROUP BY n HAVING n > 1;
--: ! many | rule built-in-function
SELECT y + 1 FROM t;
--: ? many | rule unknown-function
SELECT array_length(ARRAY[y], 2) FROM t;
--: ? many | rule null-argument
SELECT n + 1 FROM t;
--: ? many | rule infinite-date
SELECT extract(month FROM d) FROM t;
--: ! many | rule any-argument
SELECT coalesce(n, 1) FROM t;
--: ? many | rule case-branches
SELECT CASE WHEN b THEN 1 WHEN y > 1 THEN n ELSE 1 END FROM t;
--: ? many | rule case-else
SELECT CASE WHEN b THEN 1 END FROM t;
--: ! many | rule null-test
SELECT n IS NULL FROM t;
--: ! many | rule distinct-from
SELECT n IS DISTINCT FROM 1 FROM t;
--: ! many | rule constructor
SELECT ARRAY[n] FROM t;
--: ? many | rule null-element
SELECT y = ANY (ARRAY[1, n]) FROM t;
--: ! one | rule counting-aggregate
SELECT count(*) FROM t;
--: ! many | rule aggregate-of-rows
SELECT sum(y) FROM t GROUP BY n;
--: ? one | rule empty-group
SELECT sum(y) FROM t WHERE id > 100;
--: ? many | rule aggregate-filter
SELECT sum(y) FILTER (WHERE b) FROM t GROUP BY n;
--: ! many | rule window-function
SELECT row_number() OVER () FROM t;
--: ? many | rule window-frame
SELECT sum(y) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM t;
--: ? at-least-one | rule grouping-set
SELECT y FROM t GROUP BY ROLLUP (y);
--: ? many | rule folded-key
SELECT y + (2 - 1) FROM t GROUP BY id, ROLLUP (y + 1);
--: ! one | rule exists-subquery
SELECT EXISTS (SELECT FROM u);
--: ! one | rule scalar-subquery
SELECT (SELECT 1);
--: ? one | rule no-row
SELECT (SELECT y FROM t WHERE id = 7);
--: ? many | rule tested-subquery
SELECT y IN (SELECT v FROM u) FROM t;
--: ! many | rule union
SELECT y FROM t UNION SELECT id FROM u;
--: ! many | rule intersect
SELECT y FROM t INTERSECT SELECT v FROM u;
--: ! many | rule except
SELECT y FROM t EXCEPT SELECT v FROM u;
--: ! at-least-one | rule recursive-cte
WITH RECURSIVE r AS (SELECT 1 AS a UNION SELECT a + 1 FROM r WHERE a < 3) SELECT a FROM r;
--: ! at-least-one | rule values
VALUES (1), (2);
--: ! at-least-one | rule function-in-from
SELECT * FROM generate_series(1, 2);
--: ? at-least-one | rule rows-from
SELECT g FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) AS r (g, h);
--: ? one | since 18 | rule absent-row
INSERT INTO t VALUES (7, 1, 1, true, now()) RETURNING old.y;
--: ! many | rule assigned-column
UPDATE t SET n = 1 RETURNING n;
--: ! many | rule kept-column
DELETE FROM t WHERE n > 1 RETURNING n;
--: ! many | rule elements
SELECT unnest(ARRAY[1, 2]);
