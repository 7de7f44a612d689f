-- MERGE, which returns rows since 17.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);

--: ?! many | since 17
MERGE INTO b USING a ON b.id = a.id WHEN MATCHED THEN UPDATE SET x = 1 WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING a.id, b.id;
--: !! many | since 17
MERGE INTO b USING a ON b.id = a.id WHEN MATCHED THEN UPDATE SET x = 1 WHEN NOT MATCHED THEN INSERT VALUES (a.id, 1, 1) RETURNING b.id, merge_action();
--: !! many | since 17
MERGE INTO b USING a ON b.id = a.id WHEN NOT MATCHED THEN INSERT VALUES (a.id, NULL, 1) RETURNING a.id, b.a_id;
--: ? many | since 17
MERGE INTO b USING a ON b.id = a.id WHEN MATCHED THEN UPDATE SET x = NULL RETURNING b.x;
--: ? many | since 17
MERGE INTO b USING a ON b.id = a.id WHEN MATCHED THEN DELETE RETURNING b.x;
--: ?? many | since 18
MERGE INTO b USING a ON b.id = a.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (a.id, 1, 1) RETURNING old.id, new.id;
--: !! optional | since 17
MERGE INTO b USING (SELECT 1 AS i) AS s ON b.id = s.i WHEN MATCHED THEN DO NOTHING WHEN NOT MATCHED THEN INSERT VALUES (s.i, 1, 1) RETURNING b.id, s.i;
--: !! many | since 17
WITH m AS (MERGE INTO b USING a ON b.id = a.id WHEN MATCHED THEN UPDATE SET x = 1 RETURNING b.id, a.y) SELECT * FROM m;
