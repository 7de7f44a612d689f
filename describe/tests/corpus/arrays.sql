-- Arrays: the array itself, and what it holds.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE TABLE arr (id int NOT NULL, full_ int[] NOT NULL, maybe int[]);
INSERT INTO arr VALUES (1, '{1, NULL}', NULL), (2, '{}', '{NULL}'), (2, '{{1, 2}, {3, 4}}', '{7}');

--: !? many
SELECT full_, maybe FROM arr;
--: ?? many
SELECT full_[1], full_[99] FROM arr;
--: !? many
SELECT full_[1:1], maybe[1:1] FROM arr;
--: ?? many
SELECT array_length(full_, 1), array_upper(full_, 3) FROM arr;
--: !! many
SELECT cardinality(full_), array_to_string(full_, ',') FROM arr;
--: ? many
SELECT array_position(full_, 7) FROM arr WHERE id = 1;
--: ! many
SELECT array_positions(full_, 7) FROM arr WHERE id = 1;
--: !! many
SELECT full_ || 1, 1 || full_ FROM arr WHERE id = 1;
--: ! many
SELECT array_append(maybe, NULL) FROM arr;
--: ![!] many | rule constructor elements
SELECT ARRAY[y, id] FROM a;
--: ! many
SELECT ARRAY[x, y] FROM a;
--: ![!] one
SELECT '{1, 2}'::int[];
--: ! one
SELECT '{1, NULL}'::int[];
--: ![!] one
SELECT '{}'::int[];
--: ! many
SELECT ARRAY[ARRAY[x], ARRAY[y]] FROM a;
--: ![!] one
SELECT ARRAY(SELECT id FROM a);
--: ! one
SELECT ARRAY(SELECT x FROM a);
--: ! one
SELECT ARRAY(SELECT ARRAY[1, NULL]);
--: ?! many | rule null-element
SELECT y = ANY (full_), y = ANY ('{1, 2}') FROM a, arr WHERE arr.id = 1;
--: ? many
SELECT y = ALL ('{1, NULL}'::int[]) FROM a;
--: ! many
SELECT y = ANY (ARRAY[1, id]) FROM a;
--: ? many
SELECT y = ANY (ARRAY[7, x]) FROM a;
--: ![!] one
SELECT string_to_array('a,b', ',');
--: ! one
SELECT string_to_array('a,b', ',', 'b');
--: ![!] many
SELECT regexp_split_to_array(tn, 'b') FROM a;
--: ! many
SELECT maybe IS NULL OR 7 = ANY (full_) IS TRUE FROM arr;
--: ! many
SELECT full_ @> '{1}' FROM arr;
--: ![!]? many
SELECT ARRAY[y]::text[], (ARRAY[y])[2] FROM a;
