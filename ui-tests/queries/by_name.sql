-- Everyone of a name, the oldest hands first.
SELECT id, nick
  FROM crew
 WHERE name = $name
 ORDER BY joined;
