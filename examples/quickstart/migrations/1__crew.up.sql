-- Who sails, and on which ship.
CREATE TABLE ship (
    id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE sailor (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name    text NOT NULL,
    nick    text,
    ship_id integer REFERENCES ship
);
