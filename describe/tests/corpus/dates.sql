-- Dates and times, which may be infinite.
CREATE TABLE d (d date NOT NULL, ts timestamptz NOT NULL, t timestamp, i interval NOT NULL);
INSERT INTO d VALUES ('2024-01-01', '2024-01-01', NULL, '1 day'), ('infinity', '-infinity', 'infinity', '0'), ('infinity', '-infinity', 'infinity', '0');

--: !!?! many
SELECT d, ts, t, i FROM d;
--: ?! many | rule infinite-date
SELECT extract(month FROM d), extract(year FROM d) FROM d;
--: ?! many
SELECT date_part('day', ts), extract(epoch FROM ts) FROM d;
--: ?? many
SELECT to_char(ts, 'YYYY'), to_char(d, 'DD') FROM d;
--: ? many
SELECT ts::time FROM d;
--: !? one
SELECT to_char(now(), 'YYYY'), to_char(now(), '');
--: !? one
SELECT extract(month FROM date '2024-01-01'), extract(month FROM date 'infinity');
--: !!! many
SELECT d + 1, ts::date, date_trunc('day', ts) FROM d;
--: !! many
SELECT isfinite(d), ts > now() FROM d;
--: ! one
SELECT extract(hour FROM now()) + extract(minute FROM localtime);
--: ? many | cautious
SELECT extract(month FROM d) FROM d WHERE isfinite(d);
--: ?! many
SELECT t + i, ts + i FROM d;
--: !!!! one
SELECT current_date, current_timestamp, localtime, clock_timestamp();
--: ! one
SELECT make_date(2024, 1, 31) + interval '1 day';
