SELECT id FROM crew;

SELECT name FROM crew;
