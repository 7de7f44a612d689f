-- The ship is sold.
DELETE FROM crew
