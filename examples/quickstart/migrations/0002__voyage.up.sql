CREATE TABLE voyage (
    id          integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    captain     integer NOT NULL REFERENCES crew,
    destination text NOT NULL
);

INSERT INTO crew (name, email, nick) VALUES
    ('Grace', 'grace@example.org', 'Amazing Grace'),
    ('Ada', 'ada@example.org', NULL);
INSERT INTO voyage (captain, destination)
    SELECT id, 'Arlington' FROM crew WHERE name = 'Grace';
