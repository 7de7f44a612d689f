-- Rows as values.
CREATE TYPE pair AS (l int, r int);
CREATE TABLE cp (id int PRIMARY KEY, c pair NOT NULL, m pair);
INSERT INTO cp VALUES (1, ROW (1, NULL), NULL), (2, ROW (NULL, NULL), ROW (1, 2)), (3, ROW (3, 3), NULL);

--: !!? many
SELECT * FROM cp;
--: ?? many
SELECT (c).l, (c).r FROM cp;
--: !! many
SELECT ROW (c, m), ROW (NULL, NULL) FROM cp;
--: !! many
SELECT c IS NULL, m IS NOT NULL FROM cp;
--: ! many
SELECT m FROM cp WHERE m IS NOT NULL;
--: ? many
SELECT (m).l FROM cp WHERE (m).r > 0 OR id = 1;
--: ! many
SELECT (m).l FROM cp WHERE (m).l > 0;
--: ! many
SELECT (cp).id FROM cp;
--: !? many
SELECT (ROW (1, NULL)::pair).l, (ROW (1, NULL)::pair).r FROM cp;
--: ! many
SELECT c = ROW (1, 2)::pair FROM cp;
--: ! many
SELECT array_agg(m) FROM cp GROUP BY id;
--: ?? many
SELECT i.id, i FROM cp AS o LEFT JOIN cp AS i ON i.id = o.id + 1;
