-- Operators, functions and casts over values that may or may not be NULL.
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
CREATE TABLE b (id int PRIMARY KEY, x int, a_id int NOT NULL);
CREATE TABLE n1 (x int, y int);
INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c'), (4, 1, 1, true, 'a');
INSERT INTO b VALUES (1, NULL, 1), (3, 3, 1), (9, 4, 7);
INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7), (7, 7), (NULL, NULL);
CREATE FUNCTION nothing(int) RETURNS int LANGUAGE sql AS 'SELECT NULL::int';
CREATE FUNCTION strictly(int) RETURNS int LANGUAGE sql STRICT AS 'SELECT nullif($1, 1)';
CREATE FUNCTION silent(text, int) RETURNS bool LANGUAGE sql AS 'SELECT NULL::bool';
CREATE OPERATOR = (LEFTARG = text, RIGHTARG = int, FUNCTION = silent);

--: !!! many | rule built-in-function
SELECT id + 1, y * y, -y FROM a;
--: ??? many | rule null-argument
SELECT x + 1, x * y, -x FROM a;
--: ?? many
--> 1: public.nothing() may return NULL
SELECT nothing(id), strictly(id) FROM a;
--: !!!! many
SELECT tn || 'x', upper(tn), length(tn), substr(tn, 1, 1) FROM a;
--: ?? many
SELECT tn || x, NULL || tn FROM a;
--: !! many
SELECT concat(x, f), concat_ws(',', x, f) FROM a;
--: ?! many
SELECT concat_ws(NULL, x), format('%s %s', x, f) FROM a;
--: !? many
SELECT quote_nullable(x), quote_literal(x) FROM a;
--: !? many
SELECT y = 1, x = 1 FROM a;
--: !? many
SELECT y BETWEEN 1 AND 2, x BETWEEN 1 AND 2 FROM a;
--: !? many
SELECT tn LIKE 'a%', tn LIKE NULL FROM a;
--: !? many
SELECT NOT y > 1, NOT f FROM a;
--: ?! many
SELECT f AND y > 0, y > 1 AND id > 1 FROM a;
--: ?! many
SELECT f OR y > 99, y > 1 OR id > 1 FROM a;
--: ? many | cautious
SELECT f OR NOT coalesce(f, false) FROM a;
--: !!!! many | rule null-test
SELECT x IS NULL, x IS NOT NULL, f IS TRUE, f IS NOT UNKNOWN FROM a;
--: !! many | rule distinct-from
SELECT x IS DISTINCT FROM 1, x IS NOT DISTINCT FROM NULL FROM a;
--: ? many
SELECT tn IS DISTINCT FROM 1 FROM a;
--: !! many | rule any-argument
SELECT coalesce(x, y), coalesce(NULL, x, 0) FROM a;
--: ? many
SELECT coalesce(x, NULL) FROM a;
--: !! many
SELECT greatest(x, y), least(y, x, NULL) FROM a;
--: ? many
SELECT greatest(x, NULL) FROM a;
--: ? many
--> 1: NULLIF may be NULL
SELECT nullif(y, 1) FROM a;
--: !!!! one
SELECT 1, 'a', true, now();
--: ?? one
SELECT NULL, NULL::int;
--: !!! many
SELECT y::text, y::bigint, y::numeric(10, 2) FROM a;
--: ?? many
SELECT x::text, x::bigint FROM a;
--: !!! many
SELECT tn::varchar(10), tn::bpchar, tn::name FROM a;
--: !? many
SELECT y IN (1, 2), x IN (1, 2) FROM a;
--: ? many
SELECT y IN (7, NULL) FROM a;
--: ?? one
SELECT current_setting('no.setting', true), inet_client_addr();
--: ?! one
SELECT current_schema, current_user;
--: ?!! many
SELECT substring(tn from '(z)'), split_part(tn, ',', 2), left(tn, 1) FROM a;
--: ? many | rule unknown-function
SELECT regexp_match(tn, 'z') FROM a;
--: !!! many
SELECT md5(tn), repeat(tn, 0), strpos(tn, 'z') FROM a;
--: ?? one
SELECT lower(int4range 'empty'), upper(int4range '(,)');
--: !! one
SELECT isempty(int4range 'empty'), int4range(1, 5) && int4range(7, 9);
--: !? many
SELECT num_nulls(x, f), num_nonnulls(VARIADIC NULL::int[]) FROM a;
--: !! one
SELECT pg_typeof(NULL), version();
--: ? one
SELECT pg_get_viewdef(0::oid);
--: ?! one
SELECT to_regclass('no_such'), 'a'::regclass;
--: ! many
SELECT y & 1 | id FROM a;
--: ?? many | with NULL
SELECT y = $1, coalesce(x, $1) FROM a;
